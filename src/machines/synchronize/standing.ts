import type { NewEvent } from '../../api/event.ts';
import type { Mismatch, StandingMismatch, SyncSource } from '../../api/mismatch.ts';
import { newNotices, noticeKey } from '../manifests/notices.ts';
import type { Comparison } from './compare.ts';
import { isMending, restsOn } from './kinds.ts';

/** In so many passes a critical mismatch may be seen before people are told that nothing mends it. */
const PASSES = 3;
/** A mismatch that comes and goes does not alert more often. */
const COOL_DOWN_MS = 3_600_000;

export interface StandingCase {
  /** What stood after the last pass. */
  readonly before: readonly StandingMismatch[];
  readonly found: Comparison;
  /** Uids that were left for the next pass. */
  readonly moving: ReadonlySet<string>;
  /** A mismatch counts once in so long, however often hints have it looked at. */
  readonly countEveryMs: number;
  readonly mending: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Standing {
  readonly now: readonly StandingMismatch[];
  readonly events: readonly NewEvent[];
}

/**
 * What stands after a pass, and what is to be told of it: what is new once, what has cleared once, and of what is
 * critical and stays, once that it does.
 */
export const standingAfter = (c: StandingCase): Standing => {
  const before = new Map(c.before.map((each) => [keyOf(each.mismatch), each]));
  const standing = c.found.mismatches.map((mismatch) => stand(c, mismatch, before.get(keyOf(mismatch))));
  const stands = new Set(standing.map(({ mismatch }) => keyOf(mismatch)));
  const others = c.before.filter(({ mismatch }) => !stands.has(keyOf(mismatch)));
  const isOver = (each: StandingMismatch): boolean => each.clearedAt !== null || couldBeSeen(c, each.mismatch);
  return {
    now: [
      ...standing,
      ...others.filter((each) => !isOver(each)),
      ...others.filter(isOver).flatMap((each) => remembered(c, each)),
    ],
    events: [
      ...newcomers(c, standing).map((mismatch) => announcement(c, mismatch)),
      ...standing.filter(({ alertedAt }) => alertedAt === c.at).map(unresolved),
      ...others.filter((each) => each.clearedAt === null && isOver(each)).map(clearing),
    ],
  };
};

/** What did not stand after the pass before. */
const newcomers = ({ before }: StandingCase, standing: readonly StandingMismatch[]): readonly Mismatch[] => {
  const said = new Set(before.filter(({ clearedAt }) => clearedAt === null).map(({ mismatch }) => keyOf(mismatch)));
  const mismatches = standing.map(({ mismatch }) => mismatch);
  const fresh = new Set(newNotices(said, mismatches.map(notice)).map(noticeKey));
  return mismatches.filter((mismatch) => fresh.has(keyOf(mismatch)));
};

const notice = ({ type, subject, decision, message }: Mismatch): NewEvent => ({
  type: 'Normal',
  reason: type,
  message: `${message} (${decision})`,
  object: subject,
});

const keyOf = (mismatch: Mismatch): string => noticeKey(notice(mismatch));

/** While mending is off, what would be mended is told as that. */
const announcement = ({ mending }: StandingCase, mismatch: Mismatch): NewEvent => {
  if (mending || !isMending(mismatch)) return notice(mismatch);
  const { type, message, decision, subject } = mismatch;
  return {
    type: 'Normal',
    reason: 'StateSyncDryRun',
    message: `${type}: ${message} (would be: ${decision})`,
    object: subject,
  };
};

const unresolved = ({ mismatch: { type, subject, message }, passes }: StandingMismatch): NewEvent => ({
  type: 'Warning',
  reason: 'StateMismatchUnresolved',
  message: `${type}, after ${passes} passes: ${message}`,
  object: subject,
});

/** Who was alerted is told that it is over; else it is for the record. */
const clearing = ({ mismatch, since, alertedAt }: StandingMismatch): NewEvent => ({
  type: 'Normal',
  reason: alertedAt !== null && alertedAt >= since ? 'StateMismatchCleared' : 'StateAgrees',
  message: `${mismatch.type} no more`,
  object: mismatch.subject,
});

const stand = (c: StandingCase, mismatch: Mismatch, before: StandingMismatch | undefined): StandingMismatch => {
  if (before === undefined || before.clearedAt !== null) {
    const alertedAt = before?.alertedAt ?? null;
    return { mismatch, since: c.at, passes: 1, countedAt: c.at, alertedAt, clearedAt: null };
  }
  // A clock that was set back must not keep it from counting.
  const counts = before.passes < PASSES && Math.abs(c.at - before.countedAt) >= c.countEveryMs;
  const next = { ...before, mismatch, ...(counts ? { passes: before.passes + 1, countedAt: c.at } : {}) };
  return isDue(c, next) ? { ...next, alertedAt: c.at } : next;
};

const isDue = ({ at }: StandingCase, { mismatch, passes, alertedAt, since }: StandingMismatch): boolean =>
  mismatch.severity === 'Critical' &&
  passes >= PASSES &&
  (alertedAt === null || (alertedAt < since && at - alertedAt >= COOL_DOWN_MS));

/** Not to be found is no news while its sources do not answer, or its Project is on the move. */
const couldBeSeen = ({ found, moving }: StandingCase, mismatch: Mismatch): boolean => {
  const silent = new Set<SyncSource>(found.skipped.map(({ source }) => source));
  return (
    !restsOn(mismatch).some((source) => silent.has(source)) && !(mismatch.uid !== null && moving.has(mismatch.uid))
  );
};

/** What alerted lately is kept, so that it does not do so again at once. */
const remembered = ({ at }: StandingCase, each: StandingMismatch): readonly StandingMismatch[] =>
  each.alertedAt !== null && at - each.alertedAt < COOL_DOWN_MS ? [{ ...each, clearedAt: each.clearedAt ?? at }] : [];
