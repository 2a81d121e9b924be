import { elapsedMs } from '../../api/time.ts';
import { valueOf } from '../../api/seen.ts';
import type { Situation } from './situation.ts';

/** Milliseconds of running since the last beat of this run, or since its start where none came yet. */
export const silentMs = (s: Situation): number => {
  const running = s.memory.runningSince ? elapsedMs(s.memory.runningSince, s.now) : 0;
  const beat = valueOf(s.observation.heartbeat)?.lastBeatAt ?? null;
  // A beat from before this run, or one a clock jump puts into the future, makes no silence longer than the run.
  return beat === null ? running : Math.min(running, Math.max(0, s.now.wallMs - beat));
};

/** Beats have been missing for longer than the spec allows. Unknown is not stale (failure 36); only files are judged. */
export const heartbeatStale = (s: Situation): boolean => {
  const { heartbeat } = s.spec;
  if (heartbeat?.source !== 'File' || s.memory.runningSince === null || s.observation.heartbeat.seen === 'Unknown')
    return false;
  const everBeat = valueOf(s.observation.heartbeat)?.lastBeatAt != null;
  const allowedSeconds = everBeat
    ? heartbeat.staleAfterSeconds
    : Math.max(heartbeat.initialDelaySeconds, heartbeat.staleAfterSeconds);
  return silentMs(s) >= allowedSeconds * 1000;
};

/** A beat came within the period: only then is the running time extended. */
export const beatsFreshly = (s: Situation): boolean =>
  s.spec.heartbeat !== undefined &&
  valueOf(s.observation.heartbeat)?.lastBeatAt != null &&
  silentMs(s) <= s.spec.heartbeat.periodSeconds * 1000;
