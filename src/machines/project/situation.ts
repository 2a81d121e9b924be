import type { Case } from '../../api/decision.ts';
import { primaryOf, type Spec, type WindowSpec } from '../../api/manifest.ts';
import type { Memory } from '../../api/memory.ts';
import type { ListedPane, ObservedRun, OwnedSession, ProcessIdentity } from '../../api/observation.ts';
import { valueOf } from '../../api/seen.ts';
import { elapsedMs, type Now } from '../../api/time.ts';
import { type ExitVerdict, exitVerdict } from '../exit-verdict.ts';
import { specHash } from '../spec-hash.ts';

/** What a window is, session and journal taken together. */
export interface WindowState {
  readonly name: string;
  readonly pane: ListedPane | null;
  readonly run: ObservedRun | null;
  readonly alive: boolean;
}

/** How the newest attempt lost its primary, or its session. */
export type Death =
  /** The command came to its own end; `key` names the run, so that it is counted once. */
  | { readonly how: 'Exited'; readonly key: string; readonly exitCode: number | null; readonly verdict: ExitVerdict }
  /** The session went away under a living server. */
  | { readonly how: 'Vanished'; readonly key: string }
  /** The machine or the tmux server went down: nobody's failure. */
  | { readonly how: 'ServerDied' | 'Rebooted' };

/** A case, read once: the words the rules are written in. Pure; every rule sees the same. */
export interface Situation extends Case {
  readonly memory: Memory;
  readonly spec: Spec;
  readonly hash: string;
  /** The live session that carries our uid; null also while that is Unknown. */
  readonly session: OwnedSession | null;
  /** Proven: no session carries our uid. */
  readonly sessionAbsent: boolean;
  /** What could not be observed and matters, for people; null when all is known. */
  readonly unknown: string | null;
  /** Live processes of ours outside any live pane. */
  readonly remains: readonly ProcessIdentity[];
  readonly primaryWindow: WindowSpec;
  /** State of the window whose end decides: the attempt's own primary. */
  readonly primary: WindowState;
  readonly windows: readonly WindowState[];
  readonly death: Death | null;
  /** The session was made from another spec than today's. */
  readonly drifted: boolean;
  /** Running time used up, in milliseconds, over all attempts. */
  readonly ranMs: number;
}

const windowState = (name: string, c: Case): WindowState => {
  const panes = valueOf(c.observation.session)?.panes ?? [];
  // A session that people made and we adopted has no runs of ours: its first window stands for the primary.
  const adopted = Object.keys(c.observation.runs).length === 0;
  const pane = panes.find((candidate) => candidate.windowName === name) ?? (adopted ? panes[0] : undefined) ?? null;
  const run = c.observation.runs[name] ?? null;
  // A journal of another life of the pane says nothing of this one: only the newest run counts.
  return { name, pane, run, alive: run ? run.alive : pane !== null && !pane.dead };
};

/**
 * Names one life of a window, so that its end is counted once. The pane's process and the wrapper are one;
 * a run that was prepared and never begun is not another life.
 */
export const lifeOf = (attempt: number, state: WindowState): string =>
  `${attempt}/${state.run?.wrapper?.pid ?? state.pane?.pid ?? 'gone'}`;

/** Of a session that was made by half: its end is nobody's. */
const neverBegan = ({ pane, run }: WindowState): boolean => pane === null && run?.wrapper == null;

const exited = (attempt: number, state: WindowState, spec: Spec, window: WindowSpec): Death => {
  const exitCode = state.run?.exitCode ?? null;
  const policy = window.restartPolicy ?? spec.restartPolicy;
  return {
    how: 'Exited',
    key: lifeOf(attempt, state),
    exitCode,
    verdict: neverBegan(state) ? 'Ignore' : exitVerdict(exitCode, spec.exitPolicy, policy),
  };
};

const deathOf = (c: Case, session: OwnedSession | null, primary: WindowState, window: WindowSpec): Death | null => {
  const { attempt, observation, now, project } = c;
  if (session) {
    const ended = !primary.alive && (primary.run !== null || primary.pane === null || primary.pane.dead);
    return ended ? exited(session.tags.attempt, primary, project.spec, window) : null;
  }
  if (!attempt || attempt.endedAt !== null || observation.session.seen !== 'Absent') return null;
  const ran = attempt.startedAt !== null || Object.values(observation.runs).some((run) => run.wrapper !== null);
  if (!ran) return null;
  // An end of its own counts as that, whatever became of the session afterwards.
  const ownEnd = primary.run?.exitCode != null && !primary.run.signalled;
  if (ownEnd) return exited(attempt.attempt, primary, project.spec, window);
  if (attempt.bootId !== now.bootId) return { how: 'Rebooted' };
  const server = valueOf(observation.server);
  const sameServer =
    attempt.server !== null &&
    server !== undefined &&
    server.pid === attempt.server.pid &&
    server.startTicks === attempt.server.startTicks;
  return sameServer ? { how: 'Vanished', key: `${attempt.attempt}/gone` } : { how: 'ServerDied' };
};

/** Running time of the primary's present run: up to its end where that is known, never over a reboot. */
const presentRunMs = (since: Now | null, primary: WindowState, now: Now): number => {
  if (since === null) return 0;
  const bootedAt = now.wallMs - now.monotonicMs;
  const elapsed = since.bootId === now.bootId ? elapsedMs(since, now) : Math.max(0, bootedAt - since.wallMs);
  const endedAt = primary.alive ? null : (primary.run?.endedAt ?? null);
  return endedAt === null ? elapsed : Math.min(elapsed, Math.max(0, endedAt - since.wallMs));
};

const unknownOf = ({ observation }: Case): string | null => {
  if (observation.session.seen === 'Unknown') return observation.session.reason;
  // Whether a session went away alone or with its server is a judgement, and needs its own evidence.
  if (observation.server.seen === 'Unknown') return observation.server.reason;
  if (observation.remains.seen === 'Unknown') return observation.remains.reason;
  if (observation.untagged.seen === 'Unknown') return observation.untagged.reason;
  return null;
};

/**
 * The state file may know a newer attempt than the row, when power was lost and the database with its last
 * commits: a number that was used is not used again.
 */
const attemptKnown = ({ project, observation }: Case): number => {
  const file = valueOf(observation.stateFile);
  return Math.max(project.memory.attempt, file?.uid === project.uid ? file.attempt : 0);
};

export const classify = (given: Case): Situation => {
  const { project, observation, now } = given;
  const { spec } = project;
  const memory = { ...project.memory, attempt: attemptKnown(given) };
  const c = { ...given, attempt: given.attempt?.attempt === memory.attempt ? given.attempt : null };
  const session = valueOf(observation.session) ?? null;
  const primaryWindow = spec.session.windows.find((window) => window.name === memory.primary) ?? primaryOf(spec);
  const primary = windowState(memory.primary ?? primaryWindow.name, c);
  const hash = specHash(project.name, spec);
  return {
    ...c,
    memory,
    spec,
    hash,
    session,
    sessionAbsent: observation.session.seen === 'Absent',
    unknown: unknownOf(c),
    remains: valueOf(observation.remains) ?? [],
    primaryWindow,
    primary,
    windows: spec.session.windows.map((window) => windowState(window.name, c)),
    death: deathOf(c, session, primary, primaryWindow),
    drifted: session !== null && session.tags.specHash !== hash,
    ranMs: memory.ranMs + presentRunMs(memory.runningSince, primary, now),
  };
};
