import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Arena } from './arena.ts';
import { DISK_FULL, type Ledger } from './ledger.ts';
import { cpuMsOf, type Life, lifeOf } from './proc.ts';
import { nowMs } from './time.ts';

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));

/** As systemd's RestartSec. */
const RESTART_MS = 100;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Runs the controller and brings it back whenever it ends, as systemd would. */
export class Supervisor {
  readonly #arena: Arena;
  readonly #ledger: Ledger;
  readonly #flags: readonly string[];
  #port = 0;
  #child: ChildProcess | null = null;
  #stopping = false;
  /** An end that was asked for is no surprise. */
  #isExpected = false;
  lives = 0;
  /** Of the lives that are over, in milliseconds. */
  #cpuMs = 0;

  constructor(arena: Arena, ledger: Ledger, flags: readonly string[]) {
    this.#arena = arena;
    this.#ledger = ledger;
    this.#flags = flags;
  }

  async start(): Promise<void> {
    this.#port = await freePort();
    this.#spawn();
  }

  get life(): Life | null {
    const pid = this.#child?.pid;
    return pid === undefined || this.#child?.exitCode !== null ? null : lifeOf(pid);
  }

  get cpuMs(): number {
    return this.#cpuMs + (this.life === null ? 0 : cpuMsOf(this.life.pid));
  }

  /** What comes next for it is our doing. */
  expectEnd(): void {
    this.#isExpected = true;
  }

  /** The command line of a controller, or of another verb, over this arena. */
  command(...words: readonly string[]): readonly [string, readonly string[]] {
    const { stateDir, manifests } = this.#arena;
    return [process.execPath, [BIN, ...words, '--state-dir', stateDir, '--manifests', manifests]];
  }

  get environment(): NodeJS.ProcessEnv {
    // Nothing of the person who runs this takes part.
    return { PATH: process.env['PATH'], HOME: this.#arena.dir, LANG: 'C.UTF-8' };
  }

  #spawn(): void {
    const listen = ['--listen', `127.0.0.1:${this.#port}`];
    const [file, args] = this.command('run', ...listen, ...this.#flags);
    const log = openSync(this.#arena.log, 'a');
    // In a group of its own: Ctrl-C is for who waits for the end.
    const child = spawn(file, args, { env: this.environment, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.#child = child;
    this.lives += 1;
    child.once('exit', (code, signal) => void this.#ended(code, signal));
  }

  async #ended(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (this.#stopping) return;
    const how = signal ?? `code ${code}`;
    this.#ledger.tell(`the controller has ended (${how})`);
    // Without room on its disk it cannot begin, and says so.
    const hasRoom = !this.#ledger.holds().includes(DISK_FULL);
    if (!this.#isExpected && hasRoom) this.#ledger.violate('controller', `the controller ended of itself (${how})`);
    this.#isExpected = false;
    await sleep(RESTART_MS);
    if (!this.#stopping) this.#spawn();
  }

  /** Waits until a controller that is not `former` says that it is ready; null when it does not in time. */
  async ready(former: number | null = null, withinMs = 30_000): Promise<number | null> {
    const deadline = nowMs() + withinMs;
    while (nowMs() < deadline) {
      if (this.#child?.pid !== former && (await this.#isReady())) return nowMs();
      await sleep(20);
    }
    return null;
  }

  async #isReady(): Promise<boolean> {
    return (await this.#ask('readyz')) !== null;
  }

  /** Does it say that it holds all resumes back, since most fail? What runs in chaos seldom runs well. */
  async isBreakerOpen(): Promise<boolean> {
    return (await this.#ask('metrics'))?.includes('\ntmuxlet_fleet_breaker_open 1\n') ?? false;
  }

  async #ask(path: string): Promise<string | null> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#port}/${path}`, { signal: AbortSignal.timeout(1_000) });
      return answer.ok ? await answer.text() : null;
    } catch {
      return null;
    }
  }

  /** Remembers what it has used before it is ended. */
  account(): void {
    this.#cpuMs = this.cpuMs;
  }

  stop(): void {
    this.#stopping = true;
  }
}
