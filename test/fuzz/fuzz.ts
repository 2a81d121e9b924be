import fc from 'fast-check';
import { messageOf } from '../../src/api/errors.ts';

/** An input of the program, as it is fed here. */
export interface FuzzOf<T> {
  /** What `--only` takes. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly claim: string;
  readonly arbitrary: fc.Arbitrary<T>;
  /** Cases that were found once, or that nobody should forget: run before all others, for ever. */
  readonly examples?: readonly T[];
  /** A case takes no longer, in milliseconds of work. Default: 3,000. */
  readonly withinMs?: number;
  /** How large a part of all cases it gets, beside the others. Default: 1. */
  readonly share?: number;
  /** No run has more of it than this: for what is slow. */
  readonly most?: number;
  /** A case that fails leaves its traces, so that no smaller one can be looked for after it. Default: false. */
  readonly leavesTraces?: boolean;
  /** Makes ready what the cases need: a folder, a server. */
  readonly open: () => Opened<T> | Promise<Opened<T>>;
}

export interface Opened<T> {
  /** Throws when what must hold does not. */
  readonly check: (value: T) => void | Promise<void>;
  readonly close?: () => void | Promise<void>;
}

export interface FuzzRun {
  readonly cases: number;
  readonly seed: number;
  /** Of a counterexample: runs it alone. */
  readonly path?: string | undefined;
  readonly onCase?: () => void;
}

export interface FuzzResult {
  readonly cases: number;
  /** Null when all held. */
  readonly failure: Failure | null;
}

export interface Failure {
  readonly seed: number;
  /** Null for one of the named examples. */
  readonly path: string | null;
  /** The smallest that was found, as code. */
  readonly counterexample: string;
  readonly message: string;
}

/** The same, whatever it is fed. */
export interface Fuzz extends Pick<FuzzOf<never>, 'name' | 'claim'> {
  readonly share: number;
  readonly most: number;
  run(run: FuzzRun): Promise<FuzzResult>;
}

const WITHIN_MS = 3000;
/** More of a counterexample than this nobody reads. */
const SHOWN = 3000;

export const fuzz = <T>({ name, claim, share = 1, most = Number.POSITIVE_INFINITY, ...rest }: FuzzOf<T>): Fuzz => ({
  name,
  claim,
  share,
  most,
  run: (run) => runFuzz(rest, run),
});

const runFuzz = async <T>(
  { arbitrary, examples = [], open, withinMs = WITHIN_MS, leavesTraces = false }: Omit<FuzzOf<T>, 'name' | 'claim'>,
  { cases, seed, path, onCase }: FuzzRun,
): Promise<FuzzResult> => {
  const opened = await open();
  let done = 0;
  const check = async (value: T): Promise<void> => {
    done += 1;
    onCase?.();
    await bounded(() => opened.check(value), withinMs);
  };
  try {
    for (const example of path === undefined ? examples : []) {
      try {
        await check(example);
      } catch (error) {
        return { cases: done, failure: { seed, path: null, counterexample: shown(example), message: told(error) } };
      }
    }
    const property = fc.asyncProperty(arbitrary, check);
    const numRuns = Math.max(1, cases - done);
    const result = await fc.check(property, {
      seed,
      numRuns,
      endOnFailure: leavesTraces,
      ...(path !== undefined && { path }),
    });
    if (!result.failed) return { cases: done, failure: null };
    return {
      cases: done,
      failure: {
        seed,
        path: result.counterexamplePath,
        counterexample: shown(result.counterexample?.[0]),
        message: told(result.errorInstance),
      },
    };
  } finally {
    await opened.close?.();
  }
};

/** Time passes in vain on a busy machine: what counts is the time this process has worked, and a long wait. */
const PATIENCE_MS = 30_000;

/** A case that never ends is found by whoever watches the process: here only one that waits, or ends late. */
const bounded = async (work: () => void | Promise<void>, withinMs: number): Promise<void> => {
  const before = process.cpuUsage();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const waitMs = PATIENCE_MS + withinMs;
    timer = setTimeout(() => reject(new Error(`it is not through after ${waitMs} ms`)), waitMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
  const { user, system } = process.cpuUsage(before);
  const workedMs = Math.round((user + system) / 1000);
  if (workedMs > withinMs) throw new Error(`it took ${workedMs} ms of work`);
};

const shown = (value: unknown): string => {
  const text = fc.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
};

const told = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
