import type { DecisionsOf, Mismatch } from '../../api/mismatch.ts';
import type { StateFile } from '../../api/observation.ts';
import type { StateFileEntry } from '../../api/ports/world.ts';
import type { ProjectRow } from '../../api/project.ts';
import { valueOf } from '../../api/seen.ts';
import { mismatch } from './kinds.ts';
import type { Situation } from './look.ts';

const subjectOf = (name: string): string => `StateFile/${name}.json`;

/** The name of the state file that a mismatch is about; null when it is about something else. */
export const stateFileIn = ({ subject }: Pick<Mismatch, 'subject'>): string | null =>
  /^StateFile\/(.+)\.json$/.exec(subject)?.[1] ?? null;

/** State files, the rows of their Projects, and the sessions that carry their uids. */
export const compareStateFiles = (s: Situation): readonly Mismatch[] =>
  (valueOf(s.stateFiles) ?? []).flatMap((entry) => {
    const row = s.rowsByName.get(entry.name) ?? null;
    // A row that cannot be read may be all that the file says, or not.
    if (s.unreadable.has(entry.name) || (row !== null && s.moving.has(row.uid))) return [];
    switch (entry.file.seen) {
      case 'Absent':
        return [];
      case 'Unknown':
        return [torn(s, entry, row, entry.file.reason)];
      case 'Present':
        return row === null ? [orphaned(s, entry.file.value)] : stale(s, entry.file.value, row);
    }
  });

const torn = (s: Situation, { name }: StateFileEntry, row: ProjectRow | null, reason: string): Mismatch => {
  if (row !== null) return mismatch('TornStateFile', subjectOf(name), 'Rewrite', reason, row.uid);
  const decision = s.declared.seen === 'Present' && !s.declared.value.has(name) ? 'Archive' : 'Hold';
  return mismatch('TornStateFile', subjectOf(name), decision, reason, null);
};

/** Evidence stays where it is as long as anything may need it (failure 3): what is archived, nobody can ask for any more. */
const orphaned = (s: Situation, file: StateFile): Mismatch => {
  const [decision, message] = judge(s, file);
  return mismatch('OrphanedStateFile', subjectOf(file.name), decision, message, null);
};

const judge = (s: Situation, { uid, name }: StateFile): readonly [DecisionsOf['OrphanedStateFile'], string] => {
  if (s.declared.seen !== 'Present') return ['Hold', 'no row, and whether a manifest declares it could not be read'];
  if (s.declared.value.has(name)) return ['Adopt', 'no row, and a manifest declares it: it tells who that is'];
  const session = sessionOf(s, uid);
  if (session !== null) return ['Hold', `no row, and ${session}`];
  return ['Archive', 'no row, no manifest and no session: its Project is gone'];
};

/** A session that the file may be needed for; null when it is known that there is none. */
const sessionOf = (s: Situation, uid: string): string | null => {
  const name = s.sessionsByUid.get(uid)?.[0]?.name;
  if (name !== undefined) return `session ${name} carries its uid`;
  return s.unlisted.size > 0 ? 'a tmux server that may have its session does not answer' : null;
};

const stale = (s: Situation, file: StateFile, row: ProjectRow): readonly Mismatch[] => {
  const subject = subjectOf(row.name);
  if (file.uid !== row.uid) {
    const session = sessionOf(s, file.uid);
    const message = `it is of an earlier Project of that name, ${file.uid}`;
    const found = session === null ? message : `${message}, and ${session}`;
    return [mismatch('StaleStateFile', subject, session === null ? 'Archive' : 'Hold', found, row.uid)];
  }
  // It is written after the row: while a start or a stop is under way it may be behind.
  const { attempt, phase } = row.memory;
  if (phase === 'Starting' || phase === 'Terminating' || row.memory.stop !== null) return [];
  if (file.attempt === attempt && file.memory.phase === phase) return [];
  const says = `it says attempt ${file.attempt}, ${file.memory.phase}`;
  return [mismatch('StaleStateFile', subject, 'Rewrite', `${says}; the row says ${attempt}, ${phase}`, row.uid)];
};
