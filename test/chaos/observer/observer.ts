import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from '../arena.ts';
import type { Ledger, Window } from '../ledger.ts';
import { REPAIR_WITHIN_MS } from '../ledger.ts';
import { type Life, statOf } from '../proc.ts';
import { nowMs } from '../time.ts';
import type { Session } from '../tmux.ts';
import { sessionsAt } from '../tmux.ts';
import { Beats } from './beats.ts';
import { Bystanders } from './bystanders.ts';
import { type Living, livingOf, OwnProcesses } from './processes.ts';
import { OwnSessions } from './sessions.ts';

const BEATS_EVERY_MS = 50;
const LOOK_EVERY_MS = 250;

/** A run that is not seen for so long, though nothing was done to it, has ended. */
const MISSED_AFTER_MS = 2_000;
/** The session of a job that is done may take so long to go. */
const COMPLETE_AFTER_MS = 1_000;

/**
 * Looks at tmux, /proc and the signs of life, and judges. Nothing here is imported from the product or asked of it.
 */
export class Observer {
  readonly bystanders: Bystanders;
  readonly #arena: Arena;
  readonly #ledger: Ledger;
  readonly #beats: Beats;
  readonly #sessions: OwnSessions;
  readonly #processes = new OwnProcesses();
  readonly #missing = new Map<Window, number>();
  #stopped = false;
  #done: Promise<unknown> = Promise.resolve();
  #isCanaryDead = false;
  looks = 0;

  constructor(arena: Arena, ledger: Ledger) {
    this.#arena = arena;
    this.#ledger = ledger;
    this.#beats = new Beats(arena.beats, ledger);
    this.bystanders = new Bystanders(arena.bystanders, ledger);
    this.#sessions = new OwnSessions(
      ledger,
      () => arena.sessions(),
      (server, session) => this.bystanders.has(server, session),
    );
  }

  start(): void {
    this.#done = Promise.all([
      this.#every(BEATS_EVERY_MS, () => this.#beats.read()),
      this.#every(LOOK_EVERY_MS, () => this.#look()),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    this.#beats.close();
  }

  get beats(): number {
    return this.#beats.count;
  }

  async #every(pauseMs: number, work: () => void | Promise<void>): Promise<void> {
    while (!this.#stopped) {
      await work();
      await sleep(pauseMs);
    }
  }

  async #look(): Promise<void> {
    this.looks += 1;
    const beganAt = nowMs();
    const sockets = this.#arena.sockets();
    const listings = await Promise.all(sockets.map(sessionsAt));
    const answered = listings.filter((listing) => listing !== null);
    const sessions = answered.flat();
    // A server without any session at all cannot be told by its pid; ours always have the controller's quiet one.
    const byServer = Map.groupBy(sessions, ({ server }) => server);
    const living = livingOf(this.#arena.beats);
    this.#beats.read();
    this.bystanders.judge(byServer, beganAt);
    await this.#processes.judge(living, this.#arena.beats, this.#ledger);
    await this.#sessions.judge(sessions);
    this.#judgeWindows(living, sessions, answered.length === sockets.length && sockets.length > 0);
    if (!this.#isCanaryDead && existsSync(this.#arena.canary)) {
      this.#isCanaryDead = true;
      this.#ledger.violate('I2', 'a name was taken for a command');
    }
  }

  #judgeWindows(living: Living, sessions: readonly Session[], allAnswered: boolean): void {
    const withSession = new Set(sessions.map(({ project }) => project));
    const withProcess = new Set([...living.keys()].map((key) => key.split('/')[0]));
    // Of a server whose socket was unlinked nothing is seen: what runs on it is there all the same.
    const isGone = ({ project }: Window): boolean =>
      allAnswered && !withSession.has(project) && !withProcess.has(project);
    const now = nowMs();
    for (const window of this.#ledger.windows.values()) {
      const isAlive = living.has(window.key);
      if (window.doneAt !== null && !window.isComplete) {
        if (isGone(window) && now - window.doneAt > COMPLETE_AFTER_MS) {
          this.#ledger.tell(`${window.project} is complete`);
          this.#ledger.completed(window.project);
        }
        continue;
      }
      if (window.expected === 'None') {
        if (isGone(window) && window.broken !== null) this.#ledger.isGone(window.project);
        if (isAlive && window.broken === null) this.#ledger.mustNotRun(window);
        continue;
      }
      const isMissing = !isAlive && window.broken === null && !window.isComplete && window.life !== null;
      if (!isMissing) {
        this.#missing.delete(window);
        continue;
      }
      const since = this.#missing.get(window) ?? now;
      this.#missing.set(window, since);
      if (now - since > MISSED_AFTER_MS) this.#ledger.missed(window);
    }
    for (const window of this.#ledger.overdue()) {
      if (window.isOverdue) continue;
      window.isOverdue = true;
      const seconds = REPAIR_WITHIN_MS / 1000;
      const what = window.expected === 'Run' ? 'does not run' : 'is still there';
      this.#ledger.violate('convergence', `${window.key} ${what}, ${seconds} s after "${window.broken?.kind}"`);
    }
  }

  /** What is not as it should be at this moment, as people read it; empty when all is. */
  async troubles(): Promise<readonly string[]> {
    const living = livingOf(this.#arena.beats);
    const sessions = (await this.#arena.sessions()).filter(({ isControl }) => !isControl);
    const troubles: string[] = [];
    const now = nowMs();
    for (const window of this.#ledger.windows.values()) {
      const lives = living.get(window.key) ?? [];
      const own = sessions.filter(({ project }) => project === window.project);
      const shallRun = window.expected === 'Run' && window.doneAt === null && !window.isComplete;
      const say = (what: string): void => void troubles.push(`${window.key} ${what}`);
      if (!shallRun) {
        if (lives.length > 0) say('runs, and must not');
        if (own.length > 0) say(`has a session, and must not`);
        continue;
      }
      if (own.length !== 1) say(`has ${own.length} sessions`);
      const [life] = lives;
      if (lives.length !== 1 || life === undefined) say(`is run by ${lives.length} processes`);
      else if (now - window.lastBeatAt > 3_000) say('gives no sign of life');
      else if (!own.some(({ panes }) => panes.some(({ pid }) => isBelow(life, pid))))
        say('runs in no pane of its session');
    }
    return troubles;
  }
}

/** Is the process, or an ancestor of it, the one in the pane? */
const isBelow = (life: Life, pane: number): boolean => {
  for (let pid = life.pid; pid > 1; pid = statOf(pid)?.ppid ?? 0) if (pid === pane) return true;
  return false;
};
