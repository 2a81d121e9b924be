import type { ProjectRow } from '../../../src/api/project.ts';
import type { Reader } from '../installation.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

const ALL = 1_000_000;
/** What was told longer ago is dropped: by the wall clock, which somebody may have set forward. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** The Project's events that were told, or told again, at this time or later. */
const since = (reader: Reader, { name }: ProjectRow, at: number) =>
  reader.events({ object: `Project/${name}`, limit: ALL }).filter(({ lastAt }) => lastAt >= at);

const hasRecord = (reader: Reader, { uid, memory }: ProjectRow): boolean =>
  reader.attempt(uid, memory.attempt) !== null;

/** I5: judged by what is recorded in the moment of the act, or of the commit that ends something. */
export const everythingTold = ({ world, installation }: Scene): Judge => ({
  deed({ who, act, session }) {
    const { reader } = installation;
    if (who !== 'controller' || act !== 'SessionKilled' || session === null || reader === null) return null;
    if (reader.quarantined().some(({ uid }) => uid === session.uid)) return null;
    const row = reader.project(session.uid);
    if (row?.memory.stop === null || row === null) return null;
    const sinceAt = row.memory.stop.since.wallMs;
    if (world.kernel.now().wallMs - sinceAt >= KEPT_MS) return null;
    // It was told in the database that was lost since.
    if (row.createdAt > sinceAt) return null;
    const told = since(reader, row, sinceAt).some(({ reason }) => reason === 'Killing');
    return told ? null : `${nameOf(row)} was killed, and no event tells of it`;
  },

  committed({ before, after, isLost }, reader) {
    if (isLost || before === null || after === null) return null;
    const { wallMs } = world.kernel.now();
    const { phase, reason } = after.memory;
    const isNews = phase !== before.memory.phase && (phase === 'Failed' || phase === 'Completed');
    if (isNews && since(reader, after, wallMs).length === 0) {
      return `${nameOf(after)} is ${phase} (${reason}), and no event tells of it`;
    }
    // A number may also be taken back from what is left of an attempt whose record was lost.
    const began = after.memory.attempt > before.memory.attempt && hasRecord(reader, after);
    if (began && since(reader, after, wallMs).length === 0) {
      return `attempt ${after.memory.attempt} of ${nameOf(after)} began, and no event tells of it`;
    }
    return null;
  },
});
