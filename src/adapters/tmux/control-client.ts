import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { TmuxError } from '../../api/ports/tmux.ts';
import { classify } from './classify.ts';
import { toArguments, toLine } from './command.ts';
import type { TmuxCommand, TmuxCommands } from './command.ts';
import { controlParser } from './control-parser.ts';
import type { ControlMessage } from './control-parser.ts';
import type { ClientOptions } from './link.ts';

export interface ControlClientOptions extends ClientOptions {
  /** What the client does first; must attach it to a session. */
  readonly first: TmuxCommands;
  /** May the client start a server where there is none? */
  readonly mayStart: boolean;
  readonly onNotification: (name: string) => void;
  readonly onEnd: () => void;
}

interface Question {
  /** The answer to this ends the answer to the question. */
  readonly marker: string;
  readonly lines: string[];
  failure: TmuxError | null;
  overdue: boolean;
  readonly answer: (lines: readonly string[]) => void;
  readonly fail: (error: TmuxError) => void;
  readonly cancelDeadline: () => void;
}

const marked = (marker: string): TmuxCommand => ['display-message', '-p', marker];

/** How long a client that is asked to go may take, before it is asked more firmly. */
const FAREWELL_MS = 1000;

/** How long the last words of a client that has ended may take to arrive. */
const LAST_WORDS_MS = 100;

/**
 * A control-mode client (`tmux -C`): commands go in by lines, answers and notifications come out.
 *
 * INVARIANTS
 * - The server answers in the order of the lines. Each question is followed by a command that prints a marker
 *   of its own, so that an answer ends where its marker comes, however many blocks it has: nothing is counted.
 * - A question whose deadline has passed keeps its place until it is answered, and until then no other is put:
 *   what the server has not taken yet is not piled up, to be done all at once when it wakes.
 * - The client is never killed, which can crash the server or wedge it: its input is closed, then TERM. It has
 *   a process group of its own, so that nobody's Ctrl-C kills it either.
 */
export class ControlClient {
  /** The answer to what the client did first. */
  readonly ready: Promise<readonly string[]>;
  readonly #options: ControlClientOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #nonce = crypto.randomUUID();
  readonly #questions: Question[] = [];
  #asked = 0;
  #isOpen = true;
  #lastWords = '';

  constructor(options: ControlClientOptions) {
    this.#options = options;
    const { tmux, socket, configFile, env, mayStart, first } = options;
    const marker = this.#newMarker();
    const flags = ['-u', '-S', socket, '-f', configFile, ...(mayStart ? [] : ['-N']), '-C'];
    // The server is in `/` too, so that it holds no file system.
    this.#child = spawn(tmux, [...flags, ...toArguments([...first, marked(marker)])], {
      env,
      cwd: '/',
      detached: true,
      stdio: 'pipe',
    });
    this.#child.stdout?.setEncoding('utf8').on(
      'data',
      controlParser((message) => this.#take(message)),
    );
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-1000);
    });
    // Its end says all there is to say of a pipe that broke.
    this.#child.stdin?.on('error', () => {});
    this.#ended = this.#untilEnd();
    this.ready = this.#await(marker);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False once the client has ended or was told to. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * The lines that the commands print. Rejects with the first failure; what follows it is not run.
   * Not to be called before `ready`: the server might take the line before what the client does first.
   */
  async run(commands: TmuxCommands): Promise<readonly string[]> {
    if (!this.#isOpen) throw new TmuxError('Unreachable', 'the control client has ended');
    if (this.#questions[0]?.overdue) {
      throw new TmuxError('TimedOut', 'tmux has still not answered an earlier command');
    }
    const marker = this.#newMarker();
    this.#child.stdin?.write(`${toLine(commands)}\n${toLine([marked(marker)])}\n`);
    return this.#await(marker);
  }

  /** Ends the client. Takes no longer than two farewells, whatever the server does. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#child.stdin?.end();
    if (await this.#within(this.#ended, FAREWELL_MS)) return;
    this.#child.kill('SIGTERM');
    if (await this.#within(this.#ended, FAREWELL_MS)) return;
    // A server that is stopped keeps its client from going; it goes when the server goes on.
    this.#failAll('it was left to end by itself');
    for (const pipe of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) pipe?.destroy();
    this.#child.unref();
  }

  #newMarker(): string {
    return `${this.#nonce} ${++this.#asked}`;
  }

  #await(marker: string): Promise<readonly string[]> {
    const { clock, deadlineMs } = this.#options;
    return new Promise((answer, fail) => {
      const question: Question = {
        marker,
        lines: [],
        failure: null,
        overdue: false,
        answer,
        fail,
        cancelDeadline: clock.after(deadlineMs, () => {
          question.overdue = true;
          fail(new TmuxError('TimedOut', `tmux did not answer within ${deadlineMs} ms`));
        }),
      };
      this.#questions.push(question);
    });
  }

  #take(message: ControlMessage): void {
    if (message.kind === 'Notification') return this.#options.onNotification(message.name);
    const question = this.#questions[0];
    if (question === undefined) return;
    const text = message.lines.join('\n');
    if (message.failed) question.failure ??= classify(text);
    else if (text !== question.marker) question.lines.push(...message.lines);
    else {
      this.#questions.shift();
      question.cancelDeadline();
      if (question.failure === null) question.answer(question.lines);
      else question.fail(question.failure);
    }
  }

  async #untilEnd(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    await new Promise<void>((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', (error) => {
        this.#lastWords = error.message;
        resolve();
      });
    });
    this.#isOpen = false;
    await this.#within(closed, LAST_WORDS_MS);
    this.#failAll(this.#lastWords.trim() || 'without a word');
    this.#options.onEnd();
  }

  #failAll(why: string): void {
    for (const question of this.#questions.splice(0)) {
      question.cancelDeadline();
      question.fail(question.failure ?? new TmuxError('Unreachable', `the control client ended: ${why}`));
    }
  }

  /** Does it happen in this time? */
  #within(event: Promise<void>, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => resolve(false));
      void event.then(() => resolve(true)).then(cancel);
    });
  }
}
