import type { HeartbeatObservation } from '../../../api/heartbeat.ts';
import type { HeartbeatSpec } from '../../../api/manifest.ts';
import { valueOf } from '../../../api/seen.ts';
import { elapsedMs, type Now } from '../../../api/time.ts';
import type { Situation } from '../situation.ts';
import { freshMs, lateMs, periodMs, staleMs } from './times.ts';

/** Beats that can be judged: a run that goes on, beats that are asked for, and witnesses that answered (failure 36). */
export interface Pulse {
  readonly spec: HeartbeatSpec;
  readonly seen: HeartbeatObservation;
  readonly runningSince: Now;
}

export const pulseOf = (s: Situation): Pulse | null => {
  const { heartbeat } = s.spec;
  const seen = valueOf(s.observation.heartbeat);
  const { runningSince } = s.memory;
  if (!heartbeat || !seen || runningSince === null || s.session === null || s.death !== null) return null;
  return { spec: heartbeat, seen, runningSince };
};

/**
 * Milliseconds since the last beat. Before the first it counts from the beginning of the run, the initial delay
 * left out; and never from before we could have seen one.
 */
export const silentMs = ({ spec, seen, runningSince }: Pulse, now: Now): number => {
  if (seen.lastBeat !== null) return elapsedMs(seen.lastBeat, now);
  const running = Math.max(0, elapsedMs(runningSince, now) - spec.initialDelaySeconds * 1000);
  return seen.silentSince === null ? running : Math.min(running, elapsedMs(seen.silentSince, now));
};

export const watchedMs = ({ seen }: Pulse, now: Now): number => elapsedMs(seen.watchedSince, now);

/** We have watched since the run began, or for so long without a gap: what was not seen was not there. */
export const watchedFor = (pulse: Pulse, ms: number, now: Now): boolean =>
  watchedMs(pulse, now) >= Math.min(ms, elapsedMs(pulse.runningSince, now));

export const isLate = (pulse: Pulse, now: Now): boolean => silentMs(pulse, now) >= lateMs(pulse.spec);

/** After a start of ours or a pause nothing is stale before one whole period of watching. */
export const isStale = (pulse: Pulse, now: Now): boolean =>
  silentMs(pulse, now) >= staleMs(pulse.spec) && watchedFor(pulse, periodMs(pulse.spec), now);

/** A beat was seen, and no longer ago than an extension allows. */
export const isFresh = (pulse: Pulse, now: Now): boolean =>
  pulse.seen.lastBeat !== null && elapsedMs(pulse.seen.lastBeat, now) <= freshMs(pulse.spec);
