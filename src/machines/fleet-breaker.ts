import type { Breaker } from '../api/breaker.ts';
import type { ResumeRow } from '../api/ports/store.ts';
import { elapsedMs, type Now } from '../api/time.ts';
import type { NewEvent } from '../api/event.ts';

/** How a recent resume of some Project goes. */
export type Resume = ResumeRow;

export interface BreakerPlan {
  readonly breaker: Breaker;
  readonly event: NewEvent | null;
  readonly requeueAfterMs: number | null;
}

/** Resumes older than this say nothing of how things are now. */
export const RESUME_WINDOW_MS = 600_000;
const LEAST_RESUMES = 5;
/** A run that has lasted so long goes well; of a probe it shows that the trouble is over. */
const PROBE_MS = 20_000;
const FIRST_WAIT_MS = 10_000;
const MAX_WAIT_MS = 300_000;

const about = (type: NewEvent['type'], reason: string, message: string): NewEvent => ({
  type,
  reason,
  message,
  object: 'Controller',
});

const waitMs = (tries: number): number => Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));

const close = (now: Now): BreakerPlan => ({
  breaker: { state: 'Closed', since: now, probe: null, tries: 0 },
  event: about('Normal', 'FleetBreakerClosed', 'a probe runs well: resumes go on'),
  requeueAfterMs: null,
});

const failingOf = (resumes: readonly Resume[]): readonly Resume[] =>
  resumes.filter(({ outcome }) => outcome === 'Failing').toSorted((a, b) => (a.name < b.name ? -1 : 1));

const whenClosed = (breaker: Breaker, resumes: readonly Resume[], now: Now): BreakerPlan => {
  const judged = resumes.filter(
    ({ outcome, resumedAt }) => outcome !== 'UnderWay' && resumedAt >= breaker.since.wallMs,
  );
  const bad = judged.filter(({ outcome }) => outcome !== 'Well').length;
  const [first] = failingOf(judged);
  if (!first || judged.length < LEAST_RESUMES || bad * 2 <= judged.length) {
    return { breaker, event: null, requeueAfterMs: null };
  }
  const message = `${bad} of ${judged.length} resumes fail: all are held, ${first.name} probes`;
  return {
    breaker: { state: 'Open', since: now, probe: { uid: first.uid, since: now }, tries: 0 },
    event: about('Warning', 'FleetBreakerOpen', message),
    requeueAfterMs: PROBE_MS,
  };
};

const whenOpen = (breaker: Breaker, resumes: readonly Resume[], now: Now): BreakerPlan => {
  const { probe } = breaker;
  const failing = failingOf(resumes);
  // Nobody is left who fails: there is nothing to protect from any more.
  if (failing.length === 0 && probe === null) return close(now);
  const probing = probe && resumes.find(({ uid }) => uid === probe.uid);
  if (probe && probing) {
    const leftMs = PROBE_MS - elapsedMs(probe.since, now);
    if (leftMs > 0) return { breaker, event: null, requeueAfterMs: leftMs };
    if (probing.outcome === 'Well') return close(now);
    if (probing.outcome === 'UnderWay') return { breaker, event: null, requeueAfterMs: PROBE_MS };
  }
  if (probe) {
    const tries = breaker.tries + 1;
    return { breaker: { ...breaker, since: now, probe: null, tries }, event: null, requeueAfterMs: waitMs(tries) };
  }
  const leftMs = waitMs(breaker.tries) - elapsedMs(breaker.since, now);
  if (leftMs > 0) return { breaker, event: null, requeueAfterMs: leftMs };
  // Another one each time: the first may have a trouble of its own.
  const next = failing[breaker.tries % failing.length];
  if (!next) return close(now);
  return { breaker: { ...breaker, probe: { uid: next.uid, since: now } }, event: null, requeueAfterMs: PROBE_MS };
};

/**
 * A fleet-wide breaker: when more than half of at least five recent resumes fail, all further ones are held and
 * one Project probes at a time, so that a recovery does not become the amplifier (failure 70).
 */
export const planBreaker = (breaker: Breaker, resumes: readonly Resume[], now: Now): BreakerPlan => {
  const judged = resumes.map((resume) => (isYoung(resume, now) ? { ...resume, outcome: 'UnderWay' as const } : resume));
  return breaker.state === 'Closed' ? whenClosed(breaker, judged, now) : whenOpen(breaker, judged, now);
};

/** What fails again and again runs for a moment each time. */
const isYoung = ({ outcome, runningSince }: Resume, now: Now): boolean =>
  outcome === 'Well' && runningSince !== null && elapsedMs(runningSince, now) < PROBE_MS;

/** Why this Project's resume is held; null when it is not. */
export const heldByFleet = (breaker: Breaker, uid: string): string | null =>
  breaker.state === 'Open' && breaker.probe?.uid !== uid
    ? 'most resumes of the fleet fail; they are held while one Project probes'
    : null;
