import { setTimeout } from 'node:timers/promises';
import type { Readable } from 'node:stream';

/** A program that nobody can talk to: it has no input, and no terminal to ask a question on (failure 49). */
export interface Program {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export type Ending =
  /** With 128 + n as the code for signal n. */
  | { readonly how: 'Exited'; readonly code: number }
  | { readonly how: 'TimedOut' }
  | { readonly how: 'NotStarted'; readonly message: string };

/** With the end of what it wrote: all of it together, and what went to standard output alone. */
export type Ended = Ending & { readonly output: string; readonly stdout: string };

/**
 * Runs a program to its end. When its time is over it is killed with all that it started. Rejects when the place
 * where it is to run cannot be reached.
 */
export type RunProgram = (program: Program) => Promise<Ended>;

/** Of a program's output only the end is kept, in characters. */
const KEPT = 4096;

/** How long the end of the output may come after the end of the program; a daemon it left may hold the pipe. */
export const DRAINED_WITHIN_MS = 250;

/** Keeps the end of what a program writes. */
export const keepOutput = (from: { readonly stdout: Readable; readonly stderr: Readable }) => {
  let output = '';
  let stdout = '';
  const keep = (kept: string, text: string): string => (kept + text).slice(-KEPT);
  from.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = keep(stdout, text);
    output = keep(output, text);
  });
  from.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = keep(output, text);
  });
  return () => ({ output: output.trim(), stdout: stdout.trim() });
};

/** What comes first: the promise's value, or the other one after so many milliseconds. */
export const within = async <T, L>(ms: number, promise: Promise<T>, late: L): Promise<T | L> => {
  const over = new AbortController();
  try {
    return await Promise.race([promise, setTimeout(ms, late, { signal: over.signal })]);
  } finally {
    over.abort();
  }
};
