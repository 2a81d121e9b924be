import type { Memory } from '../../../api/memory.ts';
import { elapsedMs } from '../../../api/time.ts';
import type { Situation } from '../situation.ts';
import { isFresh, pulseOf, watchedFor, watchedMs } from './silence.ts';
import { freshMs } from './times.ts';

/** Completions an adaptive extension looks back on, and how many it wants before it believes them. */
const KEPT_COMPLETIONS = 20;
const ENOUGH_COMPLETIONS = 3;

/** The running times of the newest completions with this one: what an adaptive extension learns from. */
export const withCompletion = (s: Situation): Pick<Memory, 'completedMs'> => ({
  completedMs: [...s.memory.completedMs, Math.round(s.ranMs)].slice(-KEPT_COMPLETIONS),
});

/** The value that nine of ten do not exceed (nearest rank). */
const ninthDecile = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1] ?? 0;

/**
 * An extension that ends where nine of ten completions of this Project had ended; at least `leastMs`, since
 * beats say that it gets on, and at most `fullMs`. With too few completions it is the full one.
 */
export const adaptedMs = (
  fullMs: number,
  leastMs: number,
  completedMs: readonly number[],
  allowedMs: number,
): number =>
  completedMs.length < ENOUGH_COMPLETIONS
    ? fullMs
    : Math.min(fullMs, Math.max(leastMs, ninthDecile(completedMs) - allowedMs));

/**
 * Running time allowed, in milliseconds; null for no limit. Beyond activeDeadlineSeconds it ends with the last
 * extension, or already when no beat came for extensionSeconds (systemd's EXTEND_TIMEOUT_USEC).
 */
export const allowedMs = (s: Situation, { extendedMs }: Pick<Memory, 'extendedMs'> = s.memory): number | null => {
  const { activeDeadlineSeconds, heartbeat } = s.spec;
  if (activeDeadlineSeconds === undefined) return null;
  const original = activeDeadlineSeconds * 1000;
  const extended = original + extendedMs;
  const lastBeat = pulseOf(s)?.seen.lastBeat ?? null;
  if (extendedMs === 0 || !heartbeat || lastBeat === null) return extended;
  const ranAtBeat = s.ranMs - elapsedMs(lastBeat, s.now);
  return Math.max(original, Math.min(extended, ranAtBeat + heartbeat.extensionSeconds * 1000));
};

const canExtend = ({ spec: { heartbeat }, memory }: Situation): boolean =>
  heartbeat !== undefined && heartbeat.extensionSeconds > 0 && memory.extensions < heartbeat.maxExtensions;

/**
 * Milliseconds until we have watched long enough to tell whether beats come: a deadline that beats could move is
 * not reached before, so that a restart of the controller costs nobody his extension.
 */
export const undecidedMs = (s: Situation): number => {
  const pulse = pulseOf(s);
  if (pulse === null || !canExtend(s) || isFresh(pulse, s.now)) return 0;
  const wanted = freshMs(pulse.spec);
  return watchedFor(pulse, wanted, s.now) ? 0 : wanted - watchedMs(pulse, s.now);
};

/** The running time allowed is used up. */
export const isOverdue = (s: Situation): boolean => {
  const allowed = allowedMs(s);
  if (s.session === null || s.death !== null || s.memory.runningSince === null || allowed === null) return false;
  return s.ranMs >= allowed && undecidedMs(s) === 0;
};

/** By how much the deadline moves now, in milliseconds; 0 when it does not. */
export const extensionMs = (s: Situation): number => {
  const pulse = pulseOf(s);
  if (pulse === null || !canExtend(s) || !isFresh(pulse, s.now)) return 0;
  const { extensionSeconds, adaptive } = pulse.spec;
  const full = extensionSeconds * 1000;
  return adaptive ? adaptedMs(full, freshMs(pulse.spec), s.memory.completedMs, allowedMs(s) ?? 0) : full;
};
