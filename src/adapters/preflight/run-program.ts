import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Processes } from '../../api/ports/processes.ts';
import { UID_MARKER } from '../processes/marker.ts';

/** Of a program's output only the end is kept, in characters. */
const KEPT = 4096;

/** How long the end of the output may come after the end of the program; a daemon it left may hold the pipe. */
const DRAINED_WITHIN_MS = 250;

export interface Program {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment; null for the controller's own. */
  readonly env: Readonly<Record<string, string>> | null;
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
 * Runs a program that nobody can talk to: it has no input, and no terminal to ask a question on (failure
 * 49). When its time is over it is killed with all that it started.
 */
export const runProgram = async (
  { argv: [file = '', ...args], cwd, env, timeoutMs }: Program,
  processes: Processes,
): Promise<Ended> => {
  const marker = `preflight-${crypto.randomUUID()}`;
  const child = spawn(file, args, {
    cwd,
    env: env === null ? undefined : { ...env, [UID_MARKER]: marker },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own has no controlling terminal.
    detached: true,
  });
  const root = child.pid === undefined ? null : processes.identify(child.pid);

  let output = '';
  let stdout = '';
  const keep = (kept: string, text: string): string => (kept + text).slice(-KEPT);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = keep(stdout, text);
    output = keep(output, text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = keep(output, text);
  });
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
  return { ...ended, output: output.trim(), stdout: stdout.trim() };
};

const signalNumber = (signal: NodeJS.Signals | null): number => (signal === null ? 0 : constants.signals[signal]);

/** What comes first: the promise's value, or the other one after so many milliseconds. */
const within = async <T, L>(ms: number, promise: Promise<T>, late: L): Promise<T | L> => {
  const over = new AbortController();
  try {
    return await Promise.race([promise, setTimeout(ms, late, { signal: over.signal })]);
  } finally {
    over.abort();
  }
};
