import type { Memory } from '../../../api/memory.ts';
import { elapsedMs } from '../../../api/time.ts';
import type { Situation } from '../situation.ts';
import { pulseOf, silentMs, watchedMs } from './silence.ts';
import { lateMs, periodMs, staleMs } from './times.ts';
import { ECHO_MS } from './watch.ts';

/** Milliseconds to every look that heartbeats ask for. */
export const beatMoments = (s: Situation, next: Memory): readonly number[] => {
  if (!s.spec.heartbeat || next.runningSince === null) return [];
  const period = periodMs(s.spec.heartbeat);
  const pulse = pulseOf(s);
  if (pulse === null) return [period];
  const silent = silentMs(pulse, s.now);
  const nudgedAt = next.heartbeat?.nudgedAt ?? null;
  const ahead = [
    lateMs(pulse.spec) - silent,
    staleMs(pulse.spec) - silent,
    period - watchedMs(pulse, s.now),
    ...(nudgedAt === null ? [] : [ECHO_MS - elapsedMs(nudgedAt, s.now)]),
  ];
  return [period, ...ahead.filter((ms) => ms > 0)];
};
