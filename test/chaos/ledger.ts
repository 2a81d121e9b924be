import { appendFileSync } from 'node:fs';
import type { Declared } from './fleet.ts';
import { RESET_MS } from './fleet.ts';
import { nowMs } from './time.ts';

/** What is broken when it is broken: I1 and I2 as in docs/architecture.md, and what else the observer judges. */
export type Rule = 'I1' | 'I2' | 'convergence' | 'needless' | 'completed' | 'lock' | 'controller';

export interface Violation {
  readonly rule: Rule;
  readonly message: string;
  /** What happened last before it. */
  readonly history: readonly string[];
}

/** A repair that took longer is a violation: from the last thing that was done to the window, or kept it from repair. */
export const REPAIR_WITHIN_MS = 60_000;

/** Signs of life come every 250 ms; on a busy machine later. */
const SILENCE_MS = 3_000;

/** Repairs that cannot be told by one fault's name. */
export const COMPOUNDED = 'several faults together';
export const AGAIN = 'again while it backs off';

/** What keeps from work whoever writes. */
export const DISK_FULL = 'disk full';

interface Break {
  readonly kind: string;
  readonly at: number;
  compounded: boolean;
}

/** What is known of a window from what was done to it and from its own signs of life. */
export interface Window {
  readonly key: string;
  readonly project: string;
  readonly role: Declared['role'];
  readonly isPrimary: boolean;
  expected: 'Run' | 'None';
  /** Since when the expectation stands, or a hold on it is over, or it was last touched. */
  since: number;
  broken: Break | null;
  /** When it was hit again before it was seen to be repaired. */
  hitAgainAt: number;
  life: string | null;
  startedAt: number;
  lastBeatAt: number;
  /** A job that has said that it is done. */
  doneAt: number | null;
  /** Its session was seen to be gone after that: from then on it must not run again. */
  isComplete: boolean;
  /** Told already. */
  isOverdue: boolean;
}

interface Hold {
  readonly kind: string;
  readonly covers: (window: Window) => boolean;
}

export interface Repair {
  readonly kind: string;
  readonly ms: number;
}

const HISTORY = 60;

/** The book of what was done, what is to be expected for it, and what came of it. */
export class Ledger {
  readonly windows = new Map<string, Window>();
  readonly injected = new Map<string, number>();
  readonly skipped = new Map<string, string>();
  readonly repairs: Repair[] = [];
  readonly violations: Violation[] = [];
  readonly #file: string;
  readonly #began = nowMs();
  readonly #history: string[] = [];
  readonly #holds = new Set<Hold>();
  /** When whole servers were ended, which may hit a life that has just begun. */
  readonly #shakes: number[] = [];

  constructor(file: string, fleet: readonly Declared[]) {
    this.#file = file;
    for (const { name, role, windows } of fleet) {
      for (const [index, key] of windows.entries()) {
        this.windows.set(key, {
          key,
          project: name,
          role,
          isPrimary: index === 0,
          expected: role === 'Suspended' ? 'None' : 'Run',
          since: this.#began,
          broken: role === 'Suspended' ? null : { kind: 'first start', at: this.#began, compounded: false },
          hitAgainAt: Number.NEGATIVE_INFINITY,
          life: null,
          startedAt: Number.NEGATIVE_INFINITY,
          lastBeatAt: Number.NEGATIVE_INFINITY,
          doneAt: null,
          isComplete: false,
          isOverdue: false,
        });
      }
    }
  }

  tell(text: string): void {
    const line = `${((nowMs() - this.#began) / 1000).toFixed(3).padStart(8)} ${text}`;
    this.#history.push(line);
    if (this.#history.length > HISTORY) this.#history.shift();
    appendFileSync(this.#file, `${line}\n`);
  }

  violate(rule: Rule, message: string): void {
    this.tell(`VIOLATION of ${rule}: ${message}`);
    this.violations.push({ rule, message, history: [...this.#history] });
  }

  count(kind: string): void {
    this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
  }

  of(project: string): readonly Window[] {
    return [...this.windows.values()].filter((window) => window.project === project);
  }

  /** Something ends these runs now, and each must come back. */
  breaks(windows: readonly Window[], kind: string): void {
    const at = nowMs();
    for (const window of windows) {
      window.since = at;
      if (window.expected === 'None' || window.isComplete) continue;
      if (window.broken !== null) {
        window.broken.compounded = true;
        window.hitAgainAt = at;
      } else window.broken = { kind, at, compounded: this.isHeld(window) };
    }
  }

  /** A whole server ends: what has begun in this very moment may be gone with it. */
  shakes(): void {
    this.#shakes.push(nowMs());
    this.touch(() => true);
  }

  /** Something that may delay a repair: the time for it begins anew. */
  touch(covers: Hold['covers']): void {
    for (const window of this.windows.values()) {
      if (!covers(window)) continue;
      window.since = nowMs();
      if (window.broken !== null) window.broken.compounded = true;
    }
  }

  /** While it lasts no repair is expected of what it covers. Returns how it ends. */
  hold(kind: string, covers: Hold['covers'] = () => true): () => void {
    const hold = { kind, covers };
    this.#holds.add(hold);
    this.touch(covers);
    return () => {
      this.#holds.delete(hold);
      for (const window of this.windows.values()) if (covers(window)) window.since = nowMs();
    };
  }

  isHeld(window: Window): boolean {
    return [...this.#holds].some(({ covers }) => covers(window));
  }

  holds(): readonly string[] {
    return [...this.#holds].map(({ kind }) => kind);
  }

  /** From now on its windows shall run, or shall not. */
  expect(project: string, expected: Window['expected'], kind: string): void {
    const at = nowMs();
    for (const window of this.of(project)) {
      window.expected = expected;
      window.since = at;
      const compounded = this.isHeld(window) || window.broken !== null;
      window.broken = window.isComplete ? null : { kind, at, compounded };
    }
  }

  /** Nothing of a Project that shall not run is there any more. */
  isGone(project: string): void {
    for (const window of this.of(project)) this.#repaired(window, nowMs());
  }

  /** A job has done its work, and its session is gone. */
  completed(project: string): void {
    for (const window of this.of(project)) {
      window.isComplete = true;
      window.broken = null;
    }
  }

  mustNotRun(window: Window): void {
    this.violate('convergence', `${window.key} runs, and must not`);
    window.broken = { kind: COMPOUNDED, at: nowMs(), compounded: true };
    window.since = nowMs();
  }

  /** A run of a window has begun. */
  started(window: Window, life: string, at: number): void {
    const before = window.life;
    if (window.expected === 'None' && window.broken === null) {
      this.violate('convergence', `${window.key} runs as ${life}, and must not`);
    } else if (window.isComplete) {
      this.violate('completed', `${window.key} is complete, and runs again as ${life}`);
    } else if (window.broken === null && before !== null && !this.#wasShaken(window)) {
      this.violate('needless', `${window.key} was run again as ${life}: nothing was done to ${before}`);
    }
    if (window.expected === 'Run' && (window.broken === null || at >= window.broken.at)) this.#repaired(window, at);
    window.life = life;
    window.startedAt = at;
    window.lastBeatAt = at;
    if (window.isPrimary) for (const each of this.of(window.project)) each.doneAt = null;
  }

  /** A job says that its work is done; from now on its sidecars may end, too. */
  done(window: Window, at: number): void {
    for (const each of this.of(window.project)) each.doneAt = at;
  }

  #repaired(window: Window, at: number): void {
    const { broken } = window;
    window.broken = null;
    window.isOverdue = false;
    if (broken === null) return;
    const isCalm = broken.at - window.startedAt > RESET_MS + 500;
    const kind = broken.compounded ? COMPOUNDED : isCalm ? broken.kind : AGAIN;
    this.repairs.push({ kind, ms: at - broken.at });
  }

  /**
   * A life that ended together with its server, or by a second blow, before that could be told of it; or began in that
   * moment, and if it hears no signal goes on for a while without its session.
   */
  #wasShaken({ hitAgainAt, startedAt, lastBeatAt }: Window): boolean {
    return [...this.#shakes, hitAgainAt].some((at) =>
      [startedAt, lastBeatAt].some((sign) => at > sign - SILENCE_MS / 2 && at < sign + SILENCE_MS),
    );
  }

  /** A run that is not there, though nobody has done anything to it. */
  missed(window: Window): void {
    const explained = this.#wasShaken(window) || this.isHeld(window);
    if (!explained) this.violate('needless', `${window.key}: ${window.life} has ended, and nothing was done to it`);
    window.broken = { kind: COMPOUNDED, at: nowMs(), compounded: true };
    window.since = nowMs();
  }

  /** What should have been repaired long ago. */
  overdue(): readonly Window[] {
    const latest = nowMs() - REPAIR_WITHIN_MS;
    return [...this.windows.values()].filter(
      (window) => window.broken !== null && !this.isHeld(window) && window.since < latest,
    );
  }

  /** Not yet as it should be. */
  open(): readonly Window[] {
    return [...this.windows.values()].filter(({ broken }) => broken !== null);
  }
}
