import type { HeartbeatView } from '../../server/views/heartbeat.ts';
import { ageText, spanText } from './age.ts';

/** The lines of `describe` about beats; none where no heartbeat is asked for. */
export const heartbeatFacts = (beats: HeartbeatView | null, nowMs: number): [string, string | null][] => {
  if (beats === null) return [];
  const { source, lastBeatAt, stale, sequence, progress, extensions, maxExtensions, deadlineAt } = beats;
  const last = lastBeatAt === null ? 'none seen' : `${ageText(lastBeatAt, nowMs)} ago`;
  const left = deadlineAt === null ? null : deadlineAt - nowMs;
  return [
    ['Heartbeat', `${last} (${source}${sequence === null ? '' : `, number ${sequence}`})${stale ? ', stale' : ''}`],
    ['Progress', progress],
    ['Extensions', maxExtensions === 0 ? null : `${extensions} of ${maxExtensions}`],
    ['Deadline', left === null ? null : left > 0 ? `in ${spanText(left)} of running` : 'reached'],
  ];
};
