import { isTerminal, type Phase } from '../api/phase.ts';
import type { QueueEntry } from '../api/ports/store.ts';

/** Phases in which a session exists or is being made: they hold a place, admitted or not (I9). */
const holdsPlace = (phase: Phase): boolean =>
  phase === 'Starting' || phase === 'Running' || phase === 'BackingOff' || phase === 'Waiting';

/** Phases that need no place: it is free at once. */
const needsNone = (phase: Phase): boolean => isTerminal(phase) || phase === 'Suspended' || phase === 'Pending';

/** Without a place of its own, and its session may live still: it takes up room until that is gone (I9). */
const isEnding = ({ phase, admittedAt }: QueueEntry): boolean => phase === 'Terminating' && admittedAt === null;

const wantsPlace = (entry: QueueEntry): boolean =>
  entry.admittedAt === null && !entry.suspend && !entry.deleting && entry.waitsFor.length === 0;

/** The larger priority first (failure 61), then the older, then by name. */
export const byRank = (a: QueueEntry, b: QueueEntry): number =>
  b.priority - a.priority || a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1);

/**
 * Can it be that this change of a Project's phase lets anybody in, or gives a place back? Who has a place keeps it,
 * whatever he does with it, until he needs none.
 */
export const concernsAdmission = (hasPlace: boolean, to: Phase): boolean => !hasPlace || needsNone(to);

export interface AdmissionPlan {
  readonly admit: readonly string[];
  readonly release: readonly string[];
}

/**
 * Who gets a place in a queue of `maxConcurrent` places, and who gives one back. Running Projects that
 * hold none (adopted, or imported) take one even beyond the limit: nothing is ever stopped for room.
 */
export const planAdmission = (entries: readonly QueueEntry[], maxConcurrent: number): AdmissionPlan => {
  const release = entries.filter((entry) => entry.admittedAt !== null && needsNone(entry.phase));
  const adopt = entries.filter((entry) => entry.admittedAt === null && holdsPlace(entry.phase));
  const admitted = entries.filter((entry) => entry.admittedAt !== null).length;
  const taken = admitted - release.length + adopt.length + entries.filter(isEnding).length;
  const wanting = entries.filter(wantsPlace);
  const checked = wanting.filter((entry) => entry.phase === 'Pending' && !entry.heldByPreflight);
  const enter = wanting
    .filter((entry) => entry.phase === 'Queued')
    .sort(byRank)
    // One that is still being checked has its place kept from those of lower priority, so that priority is not a
    // race; its equals do not wait for it, for its check may hang (failure 64).
    .filter((entry, before) => {
      const kept = checked.filter(({ priority }) => priority > entry.priority).length;
      return before + kept < maxConcurrent - taken;
    });
  return { admit: [...adopt, ...enter].map((entry) => entry.uid), release: release.map((entry) => entry.uid) };
};
