import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../proc.ts';
import { nowMs } from '../time.ts';
import { type Fault, within } from './fault.ts';

const ended = (kind: string, signal: NodeJS.Signals, weight: number): Fault => ({
  kind,
  weight,
  group: 'controller',
  async inject({ supervisor, ledger }) {
    const { life } = supervisor;
    if (life === null) return false;
    ledger.tell(`${kind} (${life.pid})`);
    const release = ledger.hold(kind);
    const began = nowMs();
    supervisor.account();
    supervisor.expectEnd();
    send(life, signal);
    const readyAt = await supervisor.ready(life.pid);
    release();
    if (readyAt === null) ledger.violate('controller', `${kind}: no new one was ready within 30 s`);
    else ledger.repairs.push({ kind, ms: readyAt - began });
    return true;
  },
});

const stopped: Fault = {
  kind: 'controller stopped for a while',
  weight: 3,
  group: 'controller',
  async inject({ supervisor, ledger }, random) {
    const { life } = supervisor;
    if (life === null) return false;
    ledger.tell(`controller stopped (${life.pid})`);
    const release = ledger.hold('controller stopped');
    send(life, 'SIGSTOP');
    await sleep(random.int(500, 8_000));
    send(life, 'SIGCONT');
    ledger.tell('controller goes on');
    release();
    return true;
  },
};

/** It must find the first, even one that stands still, and leave with 75. */
const second: Fault = {
  kind: 'second controller started',
  weight: 1.5,
  group: 'controller',
  async inject({ supervisor, ledger }, random) {
    const { life } = supervisor;
    if (life === null) return false;
    const standsStill = random.chance(0.5);
    ledger.tell(`second controller started${standsStill ? ', the first stopped' : ''}`);
    const release = ledger.hold('second controller');
    if (standsStill) send(life, 'SIGSTOP');
    const [file, args] = supervisor.command('run', '--listen', '127.0.0.1:0');
    const child = spawn(file, args, { env: supervisor.environment, stdio: 'ignore', detached: true });
    const exit = once(child, 'exit');
    const isOver = await within(15_000, () => child.exitCode !== null);
    if (!isOver) child.kill('SIGKILL');
    await exit;
    if (standsStill) send(life, 'SIGCONT');
    release();
    if (!isOver) ledger.violate('controller', 'a second controller went on beside the first');
    else if (child.exitCode !== 75)
      ledger.violate('controller', `a second controller ended with ${child.exitCode}, not 75`);
    return true;
  },
};

export const controllers: readonly Fault[] = [
  ended('controller killed', 'SIGKILL', 7),
  ended('controller ended by SIGTERM', 'SIGTERM', 2),
  stopped,
  second,
];
