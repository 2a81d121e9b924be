import type { Memory } from '../../api/memory.ts';
import { elapsedMs, remainingMs } from '../../api/time.ts';
import { TELLS_WITHIN_MS } from './about-to-run.ts';
import { allowedMs, undecidedMs } from './heartbeat/extension.ts';
import { beatMoments } from './heartbeat/moments.ts';
import type { Situation } from './situation.ts';
import { retentionLeftMs, rungMs } from './stop.ts';

/** How often to look for what no event tells of, a journal's first line or the last process gone: often at first. */
const pollMs = (sinceMs: number): number => Math.min(200, Math.max(10, sinceMs / 4));

const left = (totalMs: number, usedMs: number): number => Math.max(0, totalMs - usedMs);

/** Milliseconds to every moment at which time alone may change the decision. */
const moments = (s: Situation, next: Memory): readonly number[] => {
  const { spec, now } = s;
  const found: number[] = [];
  const waits = [next.notBefore, ...Object.values(next.sidecars).map((sidecar) => sidecar.notBefore)];
  found.push(...waits.map((wait) => remainingMs(wait, now)).filter((ms) => ms > 0));
  if (next.startingSince) {
    const starting = elapsedMs(next.startingSince, now);
    found.push(left(spec.startDeadlineSeconds * 1000, starting));
    if (s.session) found.push(Math.min(pollMs(starting), left(TELLS_WITHIN_MS, starting)));
  }
  if (next.repair) {
    const untried = remainingMs(next.repair.wait, now);
    found.push(untried > 0 ? untried : left(spec.startDeadlineSeconds * 1000, elapsedMs(next.repair.since, now)));
  }
  if (next.stop) {
    found.push(pollMs(elapsedMs(next.stop.since, now)));
    const rungLeft = left(rungMs(s, next.stop.rung), elapsedMs(next.stop.since, now));
    if (rungLeft > 0) found.push(rungLeft);
  }
  if (next.runningSince) {
    const ran = elapsedMs(next.runningSince, now);
    const allowed = allowedMs(s, next);
    if (allowed !== null) found.push(Math.max(left(allowed, next.ranMs + ran), undecidedMs(s)));
    if (next.failures > 0) found.push(left(spec.backoff.resetAfterSeconds * 1000, ran));
    found.push(...beatMoments(s, next));
  }
  // What ends a session looks by itself whether it is gone; until then neither of the two can change anything.
  if (next.finishedSince && next.stop === null) {
    const ttl = spec.ttlSecondsAfterFinished;
    if (s.session) found.push(retentionLeftMs(s));
    else if (ttl !== undefined && s.mending && s.project.manifestError === null)
      found.push(left(ttl * 1000, elapsedMs(next.finishedSince, now)));
  }
  return found;
};

/**
 * When to look again at the latest, in milliseconds; null when only a change can matter. What is overdue is looked at
 * at once by a plan that has changed something; to one that has not, the next look would show the same.
 */
export const nextLookMs = (s: Situation, next: Memory, hasChanged: boolean): number | null => {
  const all = moments(s, next).filter((ms) => ms > 0 || hasChanged);
  return all.length === 0 ? null : Math.min(...all);
};
