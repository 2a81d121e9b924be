import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProjectObject } from '../../src/api/project.ts';
import { apiSocketOf, databaseOf } from '../../src/config.ts';
import type { Client } from '../../src/server/client.ts';
import { connect } from '../../src/server/connect.ts';
import { readStore } from '../../src/store/store.ts';
import { eventually } from './eventually.ts';

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));

/** What a manifest says beside its name; the rest is filled in. */
export type SpecInput = Record<string, unknown>;

/**
 * A real controller as its own process, over real tmux servers, files and a database, in a temporary
 * folder. `kill()` is kill -9; `close()` ends all that was started, by pid and by socket.
 */
export class ControllerProcess {
  readonly dir = mkdtempSync(join(tmpdir(), 'tl-'));
  /** The program; another version's may be given. */
  readonly #bin: string;
  /** For Node itself. */
  readonly #nodeFlags: readonly string[];
  readonly stateDir = join(this.dir, 's');
  readonly manifests = join(this.dir, 'm');
  readonly work = join(this.dir, 'w');
  readonly socket = join(this.stateDir, 'tmux.sock');
  #child: ChildProcess | null = null;
  #client: Client | null = null;
  /** All that the controller printed, of every life. */
  output = '';

  constructor(bin = BIN, nodeFlags: readonly string[] = []) {
    this.#bin = bin;
    this.#nodeFlags = nodeFlags;
    mkdirSync(this.manifests);
    mkdirSync(this.work);
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the controller is not running');
    return this.#child.pid;
  }

  /** Starts it and waits until it answers. */
  async start(...flags: string[]): Promise<this> {
    this.spawn(...flags);
    const child = this.#child;
    await eventually(
      async () => {
        if (child?.exitCode !== null) throw new Error(`the controller ended at once:\n${this.output}`);
        this.#client = await connect(this.#whereabouts());
        return this.#client.live;
      },
      { withinMs: 60_000 },
    );
    if (!flags.includes('--dry-run')) await this.#untilLinked();
    return this;
  }

  /**
   * Servers of an earlier life have its control client: that of tmux 3.3a can crash when a session is made or ended
   * while such a client still says who it is. A server that does not answer has none.
   */
  async #untilLinked(): Promise<void> {
    for (const socket of this.sockets) {
      await eventually(
        () =>
          tmuxAt(socket, 'list-sessions') === '' ||
          tmuxAt(socket, 'list-clients', '-F', '#{client_control_mode}').includes('1'),
      );
    }
  }

  /** Starts it and waits for nothing. */
  spawn(...flags: string[]): ChildProcess {
    const args = [
      ...this.#nodeFlags,
      this.#bin,
      'run',
      '--state-dir',
      this.stateDir,
      '--manifests',
      this.manifests,
      '--listen',
      '127.0.0.1:0',
      ...flags,
    ];
    // A home of its own: nothing of the person who runs the tests takes part.
    const env = { PATH: process.env['PATH'], HOME: this.dir, LANG: 'C.UTF-8', ...coverage() };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (this.output += String(data)));
    this.#child = child;
    return child;
  }

  /** Where it listens in this life, as it says itself. */
  get url(): string {
    const url = [...this.output.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].at(-1)?.[0];
    if (url === undefined) throw new Error('the controller has not said where it listens');
    return url;
  }

  get client(): Client {
    if (this.#client === null) throw new Error('the controller was not started');
    return this.#client;
  }

  /** kill -9, and nothing is cleaned up. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As an operator ends it. Returns the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#client?.close();
    this.#client = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  /** What was covered is written by a process that ends of itself; without coverage there is nothing to wait for. */
  async #endForGood(): Promise<void> {
    if ('NODE_V8_COVERAGE' in coverage()) {
      const late = new AbortController();
      await Promise.race([this.stop(), setTimeout(10_000, null, { signal: late.signal })]);
      late.abort();
    }
    await this.kill();
  }

  /** Writes a manifest of one Project: window `main` running `command`, unless the spec says otherwise. */
  declare(name: string, spec: SpecInput = {}, metadata: Record<string, unknown> = {}): void {
    const manifest = {
      apiVersion: 'tmuxlet.dev/v1',
      kind: 'Project',
      metadata: { name, ...metadata },
      spec: {
        path: this.work,
        terminationGracePeriodSeconds: 3,
        session: { windows: [{ name: 'main', command: 'exec sleep 100000' }] },
        ...spec,
      },
    };
    writeFileSync(join(this.manifests, `${name}.json`), JSON.stringify(manifest, null, 2));
  }

  undeclare(name: string): void {
    rmSync(join(this.manifests, `${name}.json`));
  }

  async project(name: string): Promise<ProjectObject | undefined> {
    return (await this.client.projects()).items.find((project) => project.metadata.name === name);
  }

  /** Waits until a Project is as the check wants it; the error shows how it was last. */
  async until(name: string, check: (project: ProjectObject) => boolean, withinMs = 60_000): Promise<ProjectObject> {
    return eventually(
      async () => {
        const project = await this.project(name);
        if (project && check(project)) return project;
        const { phase, reason, message, attempt } = project?.status ?? {};
        throw new Error(`${name} is ${phase ?? 'not there'} (${reason}: ${message}), attempt ${attempt}`);
      },
      { withinMs, everyMs: 25 },
    );
  }

  async untilPhase(name: string, phase: string, withinMs?: number): Promise<ProjectObject> {
    return this.until(name, (project) => project.status.phase === phase, withinMs);
  }

  /** Waits until every Project is in a phase. */
  async untilAll(phase: string, count: number, withinMs = 60_000): Promise<readonly ProjectObject[]> {
    return eventually(
      async () => {
        const { items } = await this.client.projects();
        const there = items.filter((project) => project.status.phase === phase);
        if (there.length === count) return items;
        const others = items.filter((project) => project.status.phase !== phase).slice(0, 3);
        const told = others.map(({ metadata, status }) => `${metadata.name} ${status.phase}: ${status.message}`);
        throw new Error(`${there.length} of ${count} ${phase}; not yet: ${told.join('; ')}`);
      },
      { withinMs, everyMs: 50 },
    );
  }

  /** Waits until every Project runs in its second attempt. */
  async untilAllResumed(withinMs: number): Promise<void> {
    await eventually(
      async () => {
        const { items } = await this.client.projects();
        return items.every(({ status }) => status.phase === 'Running' && status.attempt === 2);
      },
      { withinMs },
    );
  }

  async reasons(name: string): Promise<readonly string[]> {
    return (await this.client.events({ object: `Project/${name}` })).items.map((event) => event.reason);
  }

  /** Sockets of the tmux servers, by the files that are there. */
  get sockets(): readonly string[] {
    if (!existsSync(this.stateDir)) return [];
    return readdirSync(this.stateDir)
      .filter((file) => /^tmux\.sock(\.\d+)?$/.test(file))
      .map((file) => join(this.stateDir, file));
  }

  /** A command to the first tmux server; empty output where no server is. */
  tmux(...args: string[]): string {
    return tmuxAt(this.socket, ...args);
  }

  /** Our sessions on all servers: project name, session name, session id. */
  sessions(): readonly { readonly project: string; readonly name: string; readonly id: string }[] {
    return this.sockets.flatMap((socket) =>
      tmuxAt(socket, 'list-sessions', '-F', '#{@tmuxlet_project}|#{session_id}|#{session_name}')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('|'))
        .map((line) => {
          const [project = '', id = '', name = ''] = line.split('|');
          return { project, id, name };
        }),
    );
  }

  /** Pids of live processes that carry this Project's uid. */
  async processesOf(name: string): Promise<readonly number[]> {
    const uid = (await this.project(name))?.metadata.uid;
    return uid === undefined ? [] : markedProcesses(uid);
  }

  serverPids(): readonly number[] {
    return this.sockets
      .map((socket) => Number(tmuxAt(socket, 'display-message', '-p', '#{pid}')))
      .filter((pid) => pid > 0);
  }

  /** Was a request carried out? By the database, as any reader sees it. */
  acknowledged(id: string): boolean {
    const store = readStore(this.database);
    try {
      return store.command(id)?.acknowledgedAt != null;
    } finally {
      store.close();
    }
  }

  get database(): string {
    return databaseOf(this.stateDir);
  }

  /** Ends controller, tmux servers and what they left. */
  async close(): Promise<void> {
    await this.#endForGood();
    for (const socket of this.sockets) tmuxAt(socket, 'kill-server');
    for (const pid of processesUnder(this.stateDir)) killIfThere(pid);
    rmSync(this.dir, { recursive: true, force: true });
  }

  #whereabouts(): Parameters<typeof connect>[0] {
    return {
      stateDir: this.stateDir,
      socket: apiSocketOf(this.stateDir),
      database: this.database,
      tmuxSocket: this.socket,
      locks: () => [],
    };
  }
}

const tmuxAt = (socket: string, ...args: string[]): string => {
  try {
    return execFileSync('tmux', ['-S', socket, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    });
  } catch {
    return '';
  }
};

/** Where V8 writes what was covered, when the tests are run with --coverage. */
const coverage = (): { readonly NODE_V8_COVERAGE?: string } => {
  const folder = process.env['NODE_V8_COVERAGE'];
  return folder === undefined ? {} : { NODE_V8_COVERAGE: folder };
};

const environments = (): readonly (readonly [pid: number, environ: string])[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [[Number(name), readFileSync(`/proc/${name}/environ`, 'utf8')] as const];
      } catch {
        return [];
      }
    });

export const markedProcesses = (uid: string): readonly number[] =>
  environments().flatMap(([pid, environ]) => (environ.split('\0').includes(`TMUXLET_UID=${uid}`) ? [pid] : []));

const processesUnder = (stateDir: string): readonly number[] =>
  environments().flatMap(([pid, environ]) =>
    environ.split('\0').includes(`TMUXLET_STATE_DIR=${stateDir}`) ? [pid] : [],
  );

const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with its server in the meantime.
  }
};

/** Runs a body with a controller that is closed afterwards, whatever happens. */
export const withController = async (body: (controller: ControllerProcess) => Promise<void>): Promise<void> => {
  const controller = new ControllerProcess();
  try {
    await body(controller);
  } catch (error) {
    if (error instanceof Error) error.message += `\n--- the controller said ---\n${controller.output.slice(-3000)}`;
    throw error;
  } finally {
    await controller.close();
  }
};
