import type { NewEvent } from '../../api/event.ts';
import type { Mismatch, StandingMismatch } from '../../api/mismatch.ts';
import type { Store } from '../../api/ports/store.ts';
import type { HeldLock, StateFiles } from '../../api/ports/world.ts';
import { compare } from '../../machines/synchronize/compare.ts';
import { stateFileIn } from '../../machines/synchronize/state-files.ts';
import { type LockParts, takeLock } from '../project-lock.ts';
import { lookAround, type LookParts } from './look-around.ts';

export interface ArchiveParts extends LookParts, LockParts {
  readonly store: Store;
  readonly stateFiles: StateFiles;
}

/** So long must a state file be seen to be nobody's: a manifest may only be away for a moment. */
const ARCHIVE_AFTER_MS = 10_000;

/** Milliseconds until a state file may be archived; null for a mismatch that is no such thing. */
export const archiveDueMs = ({ mismatch, since, clearedAt }: StandingMismatch, at: number): number | null =>
  clearedAt === null && mismatch.decision === 'Archive' && stateFileIn(mismatch) !== null
    ? Math.max(0, since + ARCHIVE_AFTER_MS - at)
    : null;

/**
 * Moves state files to the archive that are nobody's. Under the locks of their names everything is looked at once
 * more, and only what is still so is done (failure 4). What somebody else has the lock of waits for the next pass.
 */
export const archiveStateFiles = async (parts: ArchiveParts, due: readonly Mismatch[]): Promise<void> => {
  const held = new Map<string, HeldLock>();
  try {
    const names = due.map(stateFileIn).filter((name) => name !== null);
    for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
      const lock = takeLock(parts, name, 'archive');
      if (lock !== null) held.set(name, lock);
    }
    if (held.size === 0) return;
    const { mismatches } = compare(await lookAround(parts, parts.clock.now().monotonicMs));
    for (const mismatch of mismatches) {
      const name = stateFileIn(mismatch);
      if (name === null || !held.has(name) || mismatch.decision !== 'Archive') continue;
      await parts.stateFiles.archive(name);
      tell(parts, mismatch);
    }
  } finally {
    for (const lock of held.values()) lock.release();
  }
};

const tell = ({ store, clock, trace }: ArchiveParts, { subject, message }: Mismatch): void => {
  const event: NewEvent = { type: 'Normal', reason: 'StateFileArchived', message, object: subject };
  store.transaction((writes) => writes.recordEvent(event, clock.now().wallMs));
  trace({ trace: 'EventRecorded', event });
};
