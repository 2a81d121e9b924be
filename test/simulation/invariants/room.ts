import { isTerminal } from '../../../src/api/phase.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

/** I9: judged by what lives, in the moment a session is made. */
export const withinRoom = ({ installation, setup, truth }: Scene): Judge => {
  /** The queue that each Project was in when its session was made: one that is moved later brings it along. */
  const queues = new Map<string, string>();
  const roomOf = (queue: string): number => (queue === 'narrow' ? setup.narrow : setup.maxConcurrent);

  return {
    deed(deed) {
      const { who, act, session } = deed;
      if (truth.isLate(deed) || who !== 'controller' || act !== 'SessionCreated' || session === null) return null;
      const rows = installation.reader?.projects() ?? [];
      const row = rows.find(({ uid }) => uid === session.uid);
      if (row === undefined) return null;
      const { queue } = row.spec;
      queues.set(row.uid, queue);
      const running = rows.filter(
        (
          each, // What is finished has given its place back, however long its session takes to end.
        ) =>
          !isTerminal(each.memory.phase) &&
          each.spec.queue === queue &&
          queues.get(each.uid) === queue &&
          truth.sessionsOf(each.uid).length > 0,
      );
      const room = roomOf(queue);
      return running.length <= room
        ? null
        : `${nameOf(row)} was started, and now ${running.length} sessions run in queue ${queue} with room for ${room}: ${running.map(({ name, memory }) => `${name} ${memory.phase}`).join(', ')}`;
    },
  };
};
