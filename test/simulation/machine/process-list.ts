import type { ProcessIdentity } from '../../../src/api/observation.ts';
import type { ProcessSketch } from './ledger.ts';
import { Process, USER } from './process.ts';
import type { Program, Terminal } from './process.ts';
import type { Surroundings } from './surroundings.ts';

/** Of the first process after a boot. */
const FIRST_PID = 300;
const LAST_PID = 32_767;
/** How often a new process gets the number of one that ended lately. */
const RECYCLED = 0.05;
const TICK_MS = 10;

export interface Birth {
  readonly program: Program;
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: ours. */
  readonly user?: string;
  /** Default: init. */
  readonly parent?: Process | null;
  readonly terminal?: Terminal | null;
}

/** All processes of the machine. */
export class ProcessList {
  readonly #surroundings: Surroundings;
  readonly #byPid = new Map<number, Process>();
  #nextPid = FIRST_PID;
  #freed: { readonly pid: number; readonly startTicks: number }[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Zombies included. */
  get all(): readonly Process[] {
    return [...this.#byPid.values()];
  }

  /** Zombies left out. */
  get live(): readonly Process[] {
    return this.all.filter((process) => process.isLive);
  }

  /** Of a live one or a zombie. */
  byPid(pid: number): Process | null {
    return this.#byPid.get(pid) ?? null;
  }

  /** This very one, if it lives. */
  find({ pid, startTicks }: ProcessIdentity): Process | null {
    const process = this.byPid(pid);
    return process?.isLive && process.startTicks === startTicks ? process : null;
  }

  spawn({ program, environment = {}, user = USER, parent = null, terminal = null }: Birth): Process {
    const { kernel } = this.#surroundings;
    const startTicks = Math.floor(kernel.now().monotonicMs / TICK_MS);
    const process = new Process({
      pid: this.#newPid(startTicks),
      startTicks,
      ppid: parent?.pid ?? 1,
      program,
      environment,
      user,
      terminal,
      kernel,
      changed: (changed) => this.#after(changed),
    });
    this.#byPid.set(process.pid, process);
    this.#surroundings.changed();
    program.begin?.(process);
    return process;
  }

  /** Nothing is left, and numbers begin anew: those of the boot before come again. */
  reboot(): void {
    for (const process of this.#byPid.values()) process.vanish();
    this.#byPid.clear();
    this.#freed = [];
    this.#nextPid = FIRST_PID;
  }

  #after(process: Process): void {
    this.#surroundings.changed();
    if (process.isLive) return;
    if (process.state === 'Gone') {
      this.#byPid.delete(process.pid);
      this.#freed.push({ pid: process.pid, startTicks: process.startTicks });
      if (this.#freed.length > 20) this.#freed.shift();
    }
    for (const child of this.#byPid.values()) if (child.ppid === process.pid) child.ppid = 1;
  }

  #newPid(startTicks: number): number {
    if (this.#surroundings.random.chance(RECYCLED)) {
      // The kernel gives no number twice within a tick.
      const place = this.#freed.findIndex((freed) => freed.startTicks < startTicks && !this.#byPid.has(freed.pid));
      const [freed] = place < 0 ? [] : this.#freed.splice(place, 1);
      if (freed !== undefined) return freed.pid;
    }
    while (this.#byPid.has(this.#nextPid)) this.#nextPid += 1;
    if (this.#nextPid > LAST_PID) this.#nextPid = FIRST_PID;
    while (this.#byPid.has(this.#nextPid)) this.#nextPid += 1;
    return this.#nextPid++;
  }
}

export const sketchOf = ({ pid, startTicks, environment }: Process): ProcessSketch => ({
  pid,
  startTicks,
  uid: environment['TMUXLET_UID'] ?? null,
  window: environment['TMUXLET_WINDOW'] ?? null,
});
