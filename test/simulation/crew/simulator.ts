import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Schedule } from '../schedule.ts';
import type { Outcome } from '../simulate.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** So much is kept of what a process says before it dies. */
const LAST_WORDS = 2_000;

/**
 * Makes runs in a process of its own, one after the other. One that does not end, or takes its process with it, breaks
 * an invariant too.
 */
export class Simulator {
  readonly #worker: string;
  readonly #timeoutMs: number;
  #child: ChildProcess | null = null;
  #lastWords = '';

  /** `worker` is `crew/worker.ts` in the copy of the project that is to be simulated; default: here. */
  constructor({ worker = WORKER, timeoutMs }: { readonly worker?: string; readonly timeoutMs: number }) {
    this.#worker = worker;
    this.#timeoutMs = timeoutMs;
  }

  /** To be called again only when the run before has ended. */
  async run(schedule: Schedule): Promise<Outcome> {
    const child = (this.#child ??= this.#start());
    const over = new AbortController();
    const timeout = setTimeout(() => child.kill('SIGKILL'), this.#timeoutMs);
    const since = performance.now();
    try {
      child.send(schedule);
      return await Promise.race([
        once(child, 'message', { signal: over.signal }).then(([outcome]) => outcome as Outcome),
        once(child, 'close', { signal: over.signal }).then(() => this.#lost(schedule, performance.now() - since)),
      ]);
    } finally {
      clearTimeout(timeout);
      over.abort();
    }
  }

  /** Ends what is under way, within the time that a run has. */
  end(): void {
    this.#child?.kill('SIGTERM');
  }

  #start(): ChildProcess {
    const child = fork(this.#worker, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#lastWords = '';
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#lastWords = `${this.#lastWords}${text}`.slice(-LAST_WORDS)));
    return child;
  }

  #lost({ steps }: Schedule, ms: number): Outcome {
    this.#child = null;
    const violation =
      ms >= this.#timeoutMs
        ? { invariant: 'it ends', message: `no end within ${this.#timeoutMs / 1000} s` }
        : { invariant: 'no crash', message: this.#lastWords };
    return { violation, step: steps.length, last: [], digest: '', tick: 0 };
  }
}
