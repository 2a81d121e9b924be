import type { Kernel } from '../kernel/kernel.ts';

export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT';

/** Whose processes are ours. */
export const USER = 'tmuxlet';

/** How a process ended. */
export type Exit = { readonly code: number } | { readonly signal: number };

export const SIGNAL_NUMBERS: Readonly<Record<Signal, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
  SIGCONT: 18,
  SIGSTOP: 19,
};

/** As a shell reports it: 128 + n for signal n. */
export const codeOf = (exit: Exit): number => ('code' in exit ? exit.code : 128 + exit.signal);

/** What a process executes. */
export interface Program {
  readonly argv: readonly string[];
  /** Called once, at birth. */
  begin?(process: Process): void;
  /** Does it live on for now, or does the signal end it? Default: it ends. */
  signalled?(process: Process, signal: Signal): 'Lives' | 'Dies';
  /** Somebody types a line at its terminal. */
  typed?(process: Process, line: string): void;
  /** Called once, after its end. */
  ended?(process: Process, exit: Exit): void;
  /** It stays a zombie until somebody takes note: the server of tmux does not always. */
  readonly isAwaited?: boolean;
}

/** A terminal, as one pane has it. Its leader is the first process in it. */
export class Terminal {
  readonly processes = new Set<Process>();
  leader: Process | null = null;

  /** The other end is closed: the leader hears of it, and nobody has the terminal any more. */
  hangUp(): void {
    const { leader } = this;
    this.#leave();
    leader?.signal('SIGHUP');
    // A stopped one is to hear it.
    leader?.signal('SIGCONT');
  }

  /** The leader has ended: those in the foreground hear of it, and nobody has the terminal any more. */
  leaderEnded(): void {
    const others = [...this.processes].filter((process) => process !== this.leader);
    this.#leave();
    for (const process of others) process.signal('SIGHUP');
  }

  #leave(): void {
    for (const process of this.processes) process.terminal = null;
    this.processes.clear();
    this.leader = null;
  }
}

/**
 * One process. Signals reach it at once, unless it is stopped (all but KILL and CONT then wait) or sleeps in the
 * kernel (all wait).
 */
export class Process {
  readonly pid: number;
  readonly startTicks: number;
  readonly program: Program;
  /** As /proc shows it: that of its last exec. */
  environment: Readonly<Record<string, string>>;
  readonly user: string;
  ppid: number;
  /** Null: none, or lost. */
  terminal: Terminal | null;
  state: 'Running' | 'Stopped' | 'Zombie' | 'Gone' = 'Running';
  exit: Exit | null = null;
  /** Tick at which it last went on after it could not run; what had waited for it is done in that moment. */
  wentOnAt: number | null = null;
  readonly #kernel: Kernel;
  readonly #changed: (process: Process) => void;
  #isBlocked = false;
  #ranMs = 0;
  #runsSince: number | null;
  readonly #waiting: (() => void)[] = [];

  constructor(parts: {
    readonly pid: number;
    readonly startTicks: number;
    readonly ppid: number;
    readonly program: Program;
    readonly environment: Readonly<Record<string, string>>;
    readonly user: string;
    readonly terminal: Terminal | null;
    readonly kernel: Kernel;
    /** Its state has changed. */
    readonly changed: (process: Process) => void;
  }) {
    this.pid = parts.pid;
    this.startTicks = parts.startTicks;
    this.ppid = parts.ppid;
    this.program = parts.program;
    this.environment = parts.environment;
    this.user = parts.user;
    this.terminal = parts.terminal;
    this.#kernel = parts.kernel;
    this.#changed = parts.changed;
    this.#runsSince = this.#kernel.tick;
    if (this.terminal !== null) {
      this.terminal.leader ??= this;
      this.terminal.processes.add(this);
    }
  }

  get isLive(): boolean {
    return this.state === 'Running' || this.state === 'Stopped';
  }

  /** How long it has been neither stopped nor ended. */
  get ranMs(): number {
    return this.#ranMs + (this.#runsSince === null ? 0 : this.#kernel.tick - this.#runsSince);
  }

  /** Something it does by itself in a while, if it still lives and runs then. */
  after(ms: number, work: () => void): void {
    this.#kernel.after(ms, () => this.whenItRuns(work));
  }

  /** It does this now, or as soon as it goes on; never when it has ended. */
  whenItRuns(work: () => void): void {
    if (!this.isLive) return;
    if (this.state === 'Stopped' || this.#isBlocked) this.#waiting.push(() => this.whenItRuns(work));
    else work();
  }

  signal(signal: Signal): void {
    if (!this.isLive) return;
    const waits = this.#isBlocked || (this.state === 'Stopped' && signal !== 'SIGKILL' && signal !== 'SIGCONT');
    if (waits) this.#waiting.push(() => this.signal(signal));
    else if (signal === 'SIGSTOP') this.#become('Stopped');
    else if (signal === 'SIGCONT') this.#goOn();
    else if (signal === 'SIGKILL' || (this.program.signalled?.(this, signal) ?? 'Dies') === 'Dies') {
      this.end({ signal: SIGNAL_NUMBERS[signal] });
    }
  }

  /** Sleeps in the kernel (state D): nothing reaches it before that is over. */
  block(ms: number): void {
    if (!this.isLive || this.#isBlocked) return;
    this.#isBlocked = true;
    this.#kernel.after(ms, () => {
      this.#isBlocked = false;
      this.#goOn();
    });
  }

  /** Another program takes its place, with this environment. */
  execute(environment: Readonly<Record<string, string>>): void {
    this.environment = environment;
    this.#changed(this);
  }

  end(exit: Exit): void {
    if (!this.isLive) return;
    this.exit = exit;
    this.#waiting.length = 0;
    const { terminal } = this;
    terminal?.processes.delete(this);
    this.terminal = null;
    this.#become(this.program.isAwaited ? 'Zombie' : 'Gone');
    if (terminal?.leader === this) terminal.leaderEnded();
    this.program.ended?.(this, exit);
  }

  /** Its parent has taken note of its end. */
  reap(): void {
    if (this.state !== 'Zombie') return;
    this.#become('Gone');
  }

  /** The machine stops: nothing in it has time for anything. */
  vanish(): void {
    this.#become('Gone');
    this.terminal = null;
    this.#waiting.length = 0;
  }

  #goOn(): void {
    if (!this.isLive || this.#isBlocked) return;
    this.#become('Running');
    this.wentOnAt = this.#kernel.tick;
    for (const work of this.#waiting.splice(0)) work();
  }

  #become(state: Process['state']): void {
    this.#ranMs = this.ranMs;
    this.#runsSince = state === 'Running' ? this.#kernel.tick : null;
    this.state = state;
    this.#changed(this);
  }
}
