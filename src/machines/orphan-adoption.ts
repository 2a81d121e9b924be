import type { ListedSession } from '../api/observation.ts';
import type { Phase } from '../api/phase.ts';
import type { Attempt, ProjectRow } from '../api/project.ts';
import type { Namesake } from './orphans.ts';

/** A Project in one of these has no session and wants one. */
const WITHOUT_SESSION: readonly Phase[] = ['Pending', 'Queued', 'BackingOff'];

const obstacleOf = (row: ProjectRow, attempt: Attempt | null, listed: readonly ListedSession[]): string | null => {
  if (row.deletion !== null) return 'it is being deleted';
  if (row.spec.suspend) return 'it is suspended';
  if (listed.some(({ tags }) => tags?.uid === row.uid)) return 'it has a session';
  if (!WITHOUT_SESSION.includes(row.memory.phase)) return `it is ${row.memory.phase}`;
  return attempt !== null && attempt.endedAt === null ? 'a start of it is under way' : null;
};

/** The Project of an orphan's name. It takes the orphan over only when nothing of its own could be doubled (I1). */
export const namesakeOf = (row: ProjectRow, attempt: Attempt | null, listed: readonly ListedSession[]): Namesake => ({
  uid: row.uid,
  obstacle: obstacleOf(row, attempt, listed),
});
