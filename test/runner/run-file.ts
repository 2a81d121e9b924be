import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeScratch } from './scratch.ts';

/** How one test file's process ended. */
export interface FileEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the runner killed it: still testing at the time-out, or through with its tests but not ending. */
  readonly stopped: 'TimeOut' | 'AfterSummary' | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly output: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly timeoutMs: number;
  readonly env: NodeJS.ProcessEnv;
  /** Aborting kills the file's process group. */
  readonly signal: AbortSignal;
}

/** A file whose tests are through has this long to end; writing coverage takes its time. */
const LINGER_MS = 10_000;
/** What uvu writes last. */
const SUMMARY_END = '\n  Duration:  ';
/** A daemon of its own session may hold our pipe for ever: it is listened to this long after the end. */
const DRAIN_MS = 1_000;

const preload = fileURLToPath(new URL('./preload.ts', import.meta.url));

/** Runs one test file with a process group and a temporary folder of its own, of which nothing is left afterwards. */
export async function runFile(file: string, { timeoutMs, env, signal }: RunOptions): Promise<FileEnd> {
  const startedAt = performance.now();
  const scratch = makeScratch();
  const child = spawn(process.execPath, ['--import', preload, file], {
    detached: true,
    env: { ...env, TMPDIR: scratch.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '', output: '' };
  let stopped: FileEnd['stopped'] = null;
  let linger: NodeJS.Timeout | undefined;

  const stop = (why: FileEnd['stopped']): void => {
    stopped = why;
    killGroup(child.pid);
  };
  const abort = (): void => killGroup(child.pid);
  signal.addEventListener('abort', abort);
  const timeout = setTimeout(() => stop('TimeOut'), timeoutMs);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      text.output += chunk;
      if (linger === undefined && text.stdout.includes(SUMMARY_END)) {
        clearTimeout(timeout);
        linger = setTimeout(() => stop('AfterSummary'), Math.min(LINGER_MS, timeoutMs));
      }
    });
  }

  const closed = once(child, 'close');
  const [exitCode, killedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timeout);
  clearTimeout(linger);
  signal.removeEventListener('abort', abort);
  killGroup(child.pid);
  await scratch.remove();

  const drained = new AbortController();
  const giveUp = setTimeout(() => drained.abort(), DRAIN_MS);
  await Promise.race([closed, once(drained.signal, 'abort')]);
  clearTimeout(giveUp);
  child.stdout.destroy();
  child.stderr.destroy();
  return { exitCode, signal: killedBy, stopped, ...text, ms: performance.now() - startedAt };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}
