import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Phase } from '../../src/api/phase.ts';
import type { StoreReader } from '../../src/api/ports/store.ts';
import type { ProjectRow } from '../../src/api/project.ts';
import { readStore } from '../../src/store/store.ts';
import { ControllerProcess } from '../../test/helpers/controller.ts';
import { eventually } from '../../test/helpers/eventually.ts';
import { type Marked, markedProcesses } from './marked-processes.ts';
import type { LoadOptions } from './options.ts';

/** Between two looks at how far it is: each is one statement over an index. */
const LOOK_MS = 50;
/** Nothing that is waited for takes longer than this. */
const LIMIT_MS = 15 * 60_000;

/** How many Projects there were of a phase at a time, counted from when it was begun to wait. */
export interface Mark {
  readonly ms: number;
  readonly count: number;
}

/** The Projects of a run, and the controller that keeps them. */
export class Fleet {
  /** The names of all Projects that are to be declared. */
  readonly planned: readonly string[];
  readonly #declared = new Set<string>();
  readonly controller: ControllerProcess;
  readonly #options: LoadOptions;
  #reader: (StoreReader & { close(): void }) | null = null;

  /** Whoever waits stops waiting when this comes. */
  readonly signal: AbortSignal;

  constructor(options: LoadOptions, signal: AbortSignal) {
    this.#options = options;
    this.signal = signal;
    this.planned = Array.from({ length: options.projects }, (_, index) => `p${index + 1}`);
    // Whoever asks for profiles reaches the inspector at a port of its own.
    this.controller = new ControllerProcess(undefined, options.profiles === null ? [] : ['--inspect-port=127.0.0.1:0']);
  }

  /** Starts the controller, or starts it again. Resolves when it answers. */
  async start(): Promise<void> {
    const { projects, starts, openFiles } = this.#options;
    const flags = ['--max-concurrent', String(projects), '--max-concurrent-starts', String(starts)];
    const lives = (): number => this.controller.output.split('controller started').length;
    const before = lives();
    await this.controller.start(...flags, '--metrics-projects', String(Math.max(2000, projects)));
    // It answers on its socket a moment before it says so.
    await eventually(() => lives() > before, { withinMs: 30_000, signal: this.signal });
    if (openFiles !== null) {
      execFileSync('prlimit', ['--pid', String(this.controller.pid), `--nofile=${openFiles}:${openFiles}`]);
    }
    this.#reader ??= readStore(this.controller.database);
  }

  declare(name: string, terminationGracePeriodSeconds = 3): void {
    const session = { windows: [{ name: 'main', command: this.#options.command }] };
    this.controller.declare(name, { session, terminationGracePeriodSeconds });
    this.#declared.add(name);
  }

  /** The names of those that have been declared so far. */
  get names(): readonly string[] {
    return [...this.#declared];
  }

  get reader(): StoreReader {
    if (this.#reader === null) throw new Error('the controller has not been started');
    return this.#reader;
  }

  rows(): readonly ProjectRow[] {
    return this.reader.projects();
  }

  inPhase(phase: Phase): number {
    return this.reader
      .phaseCounts()
      .filter((each) => each.phase === phase)
      .reduce((sum, { projects }) => sum + projects, 0);
  }

  /** Every process of our Projects, by /proc. */
  processes(): readonly Marked[] {
    return markedProcesses(new Set(this.rows().map(({ uid }) => uid)));
  }

  /**
   * Waits until `count` gives what is wanted, and notes how it got there. Gives up when it stood still for so long as
   * the options say; who called finds what is missing.
   */
  async until(wanted: number, count: () => number): Promise<readonly Mark[]> {
    const began = performance.now();
    const marks: Mark[] = [];
    let movedAt = began;
    let writtenAt = began;
    let revision = this.reader.revision();
    const patienceMs = this.#options.stallSeconds * 1000;
    for (;;) {
      const now = performance.now();
      const mark = { ms: now - began, count: count() };
      if (mark.count !== marks.at(-1)?.count) movedAt = now;
      // Many Projects are checked before the first of them runs; but what fails again and again is written down, too.
      if (this.reader.revision() !== revision) writtenAt = now;
      revision = this.reader.revision();
      marks.push(mark);
      const isStuck = now - Math.max(movedAt, writtenAt) > patienceMs || now - movedAt > 4 * patienceMs;
      if (mark.count === wanted || isStuck || mark.ms > LIMIT_MS) return marks;
      await pause(LOOK_MS, undefined, { signal: this.signal });
    }
  }

  async close(): Promise<void> {
    this.#reader?.close();
    await this.controller.close();
  }
}
