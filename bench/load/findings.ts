import type { Usage } from './usage.ts';
import type { Mark } from './fleet.ts';

/** What a stage found that should not be: sentences. Empty when all was as expected. */
export type Complaints = readonly string[];

/** CPU of controller and tmux servers over a span of time, in milliseconds. */
export interface Spent {
  readonly ms: number;
  readonly controllerMs: number;
  readonly tmuxMs: number;
}

/** How the controller did in a stage, by its own metrics. */
export interface Passes {
  readonly passes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

/** A stage in which something was done and waited for. */
export interface Step {
  readonly name: string;
  readonly what: string;
  /** Until all was as it should be. */
  readonly ms: number;
  readonly spent: Spent;
  readonly passes: Passes;
  readonly complaints: Complaints;
}

/** Some more Projects, declared when those before ran. */
export interface Rung extends Step {
  /** In all, from the first rung on. */
  readonly declared: number;
  readonly running: number;
  /** Running Projects over time, from its first manifest written. */
  readonly marks: readonly Mark[];
  /** From a manifest written to its Project Running, of each that came, in milliseconds. */
  readonly latenciesMs: readonly number[];
  readonly controller: Usage;
  readonly tmux: Usage;
  /** What the kernel says that can still be had. */
  readonly availableBytes: number;
}

export interface Ramp extends Step {
  readonly rungs: readonly Rung[];
  readonly running: number;
  /** Running Projects over time, from the first manifest written. */
  readonly marks: readonly Mark[];
  /** From a manifest written to its Project Running, of each, in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** Why it ended before all were declared, or before all ran; null when all run. */
  readonly endedBy: string | null;
  /** Why the others do not run, with how many; empty when all do. */
  readonly held: readonly (readonly [why: string, count: number])[];
}

export interface Hold {
  readonly spent: Spent;
  /** Rows that were written meanwhile; 0 when converged is silent (I7). */
  readonly written: number;
  readonly controller: Usage;
  readonly tmux: Usage & { readonly servers: number };
  /** What stands around each command: wrappers, pipes of logs, and commands, by program. */
  readonly around: readonly { readonly program: string; readonly count: number; readonly bytes: number }[];
  readonly databaseBytes: number;
  readonly walBytes: number;
  readonly scrapeMs: readonly number[];
  readonly listMs: readonly number[];
  readonly oneMs: readonly number[];
}

/** Bare tmux with as many sessions, by control mode, on as many servers. */
export interface Bare {
  readonly sessions: number;
  readonly ms: number;
  readonly rssBytes: number;
}

export interface Findings {
  /** The machine and the programs, in words. */
  readonly machine: string;
  /** Load average of the machine before the run. */
  readonly busyAtStart: number;
  readonly bare: Bare;
  readonly ramp: Ramp;
  readonly hold: Hold;
  readonly steps: readonly Step[];
}
