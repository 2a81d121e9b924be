import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Processes } from '../../api/ports/processes.ts';
import { UID_MARKER } from '../processes/marker.ts';
import { DRAINED_WITHIN_MS, type Ending, keepOutput, type RunProgram, within } from './program.ts';

/** Runs programs as children of this process: where it has been started by hand, that is where sessions run too. */
export const runHere =
  (processes: Pick<Processes, 'identify' | 'signalTree'>): RunProgram =>
  async ({ argv: [file = '', ...args], cwd, env, timeoutMs }) => {
    const marker = `program-${crypto.randomUUID()}`;
    const child = spawn(file, args, {
      cwd,
      env: { ...env, [UID_MARKER]: marker },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A session of its own has no controlling terminal.
      detached: true,
    });
    const root = child.pid === undefined ? null : processes.identify(child.pid);
    const outputOf = keepOutput(child);
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const ending = new Promise<Ending>((resolve) => {
      child.once('error', ({ message }) => resolve({ how: 'NotStarted', message }));
      child.once('exit', (code, signal) => resolve({ how: 'Exited', code: code ?? 128 + signalNumber(signal) }));
    });

    const ended = await within(timeoutMs, ending, { how: 'TimedOut' } as const);
    if (ended.how === 'TimedOut') await processes.signalTree(marker, root === null ? [] : [root], 'SIGKILL');
    if (ended.how !== 'NotStarted') await within(DRAINED_WITHIN_MS, closed, undefined);
    child.stdout.destroy();
    child.stderr.destroy();
    return { ...ended, ...outputOf() };
  };

const signalNumber = (signal: NodeJS.Signals | null): number => (signal === null ? 0 : constants.signals[signal]);
