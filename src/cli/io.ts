import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config.ts';

/** A terminal, a pipe or a file that is written to. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** The world of one call of the command line. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean; readonly setRawMode?: (on: boolean) => unknown };
  /** Data. */
  readonly stdout: Output;
  /** Messages. */
  readonly stderr: Output;
  readonly env: Environment;
  readonly cwd: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Aborted when nobody reads on: whatever follows or watches, ends. */
  readonly signal: AbortSignal;
}

/** This process's own. */
export const processIo = (env: Environment): Io => {
  const gone = new AbortController();
  // `tmuxlet events -w | head -1`: the reader has had enough, which is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone.abort();
  });
  const { stdin, stdout, stderr } = process;
  return { stdin, stdout, stderr, env, cwd: process.cwd(), now: Date.now, signal: gone.signal };
};
