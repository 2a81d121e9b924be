import { isTerminal } from '../../../src/api/phase.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

/** I9: judged by what lives, in the moment a session is made. */
export const withinRoom = ({ installation, setup, truth }: Scene): Judge => {
  /** The queue in which each Project has got its place: who is moved while he runs brings it along, and keeps it. */
  const places = new Map<string, { readonly queue: string; readonly admittedAt: number | null }>();
  const roomOf = (queue: string): number => (queue === 'narrow' ? setup.narrow : setup.maxConcurrent);

  return {
    deed(deed) {
      const { who, act, session } = deed;
      if (truth.isLate(deed) || who !== 'controller' || act !== 'SessionCreated' || session === null) return null;
      const rows = installation.reader?.projects() ?? [];
      const row = rows.find(({ uid }) => uid === session.uid);
      if (row === undefined) return null;
      const { admittedAt } = row;
      const { queue } = row.spec;
      if (places.get(row.uid)?.admittedAt !== admittedAt) places.set(row.uid, { queue, admittedAt });
      const running = rows.filter(
        (
          each, // What is finished has given its place back, however long its session takes to end.
        ) =>
          !isTerminal(each.memory.phase) &&
          // One that came back just now, by its session's tags, has not been looked at yet.
          each.memory.phase !== 'Pending' &&
          each.spec.queue === queue &&
          places.get(each.uid)?.queue === queue &&
          truth.sessionsOf(each.uid).length > 0,
      );
      const room = roomOf(queue);
      return running.length <= room
        ? null
        : `${nameOf(row)} was started, and now ${running.length} sessions run in queue ${queue} with room for ${room}: ${running.map(({ name, memory }) => `${name} ${memory.phase}`).join(', ')}`;
    },
  };
};
