import type { Session } from '../machine/tmux-server.ts';
import { isKnownAs, type Judge, nameOf, type Scene } from './scene.ts';

/** A session that has been there for so long was to be seen. */
const SEEN_MS = 120_000;

/** I9: starts come in waves; who has a session has started. */
export const startsInWaves = ({ installation, setup, truth }: Scene): Judge => ({
  deed(deed) {
    const { who, act, session } = deed;
    const { reader } = installation;
    if (truth.isLate(deed)) return null;
    if (who !== 'controller' || act !== 'SessionCreated' || session === null || reader === null) return null;
    const starting = reader
      .projects()
      .filter(({ uid, memory }) => memory.phase === 'Starting' && truth.sessionsOf(uid).length === 0);
    const count = starting.length + 1;
    return count <= setup.maxConcurrentStarts
      ? null
      : `session "${session.name}" is the ${count}th start at one time, and ${setup.maxConcurrentStarts} are allowed`;
  },
});

/** I1: what is known of a Project by its session or its state file is taken up again, and not made a second time. */
export const lostIsAdopted = ({ world, installation, truth }: Scene): Judge => {
  /** Since when each session is there. */
  const since = new WeakMap<Session, number>();
  /** When each row was made. */
  const made = new Map<string, number>();
  return {
    committed({ before, after }) {
      if (before === null && after !== null) made.set(after.uid, world.kernel.tick);
      return null;
    },
    deed({ who, act, session }) {
      const live = session === null ? null : truth.sessionOf(session);
      if (who !== 'controller' || act !== 'SessionCreated' || session === null || live === null) return null;
      since.set(live, world.kernel.tick);
      const { reader } = installation;
      const row = reader?.projects().find(({ uid }) => uid === session.uid);
      if (row === undefined || reader === null || reader.quarantined().length > 0) return null;
      const other = world.machine.tmux.sessions.find((each) => {
        const uid = truth.uidOf(each);
        const isOld = (since.get(each) ?? world.kernel.tick) < (made.get(row.uid) ?? 0) - SEEN_MS;
        return (
          uid !== null &&
          uid !== row.uid &&
          isKnownAs(each, uid) &&
          isOld &&
          each.options.get('@tmuxlet_project') === row.name
        );
      });
      return other === undefined
        ? null
        : `${nameOf(row)} was started, and its session "${other.name}" lives, of another uid`;
    },
  };
};

/** I4: a start that is tried again has the name it was committed with, unless somebody has taken that meanwhile. */
export const namesAreKept = (_: Scene): Judge => {
  /** Whose sessions ever had a name. */
  const owners = new Map<string, Set<string>>();
  /** The name of each start that no session was seen of, by uid and attempt. */
  const meant = new Map<string, string>();
  const note = (name: string, uid: string): void => {
    owners.set(name, (owners.get(name) ?? new Set()).add(uid));
  };
  return {
    deed({ act, session, detail }) {
      if (act === 'SessionCreated' && session !== null) note(session.name, session.uid);
      if (act === 'SessionRenamed') note(detail, 'whoever');
      return null;
    },
    committed({ after, isLost }, reader) {
      if (isLost) meant.clear();
      if (after === null || after.memory.attempt === 0) return null;
      const attempt = reader.attempt(after.uid, after.memory.attempt);
      if (attempt === null) return null;
      const key = `${after.uid}/${attempt.attempt}`;
      // Somebody has taken it out of the record.
      if (attempt.sessionName === null) meant.delete(key);
      if (attempt.sessionName === null) return null;
      const was = meant.get(key);
      if (attempt.sessionId !== null || attempt.endedAt !== null) meant.delete(key);
      else meant.set(key, attempt.sessionName);
      if (was === undefined || was === attempt.sessionName || attempt.sessionId !== null) return null;
      const others = [...(owners.get(was) ?? [])].filter((uid) => uid !== after.uid);
      return others.length > 0
        ? null
        : `attempt ${attempt.attempt} of ${nameOf(after)} was to be session ${was}, and is now to be ${attempt.sessionName}`;
    },
  };
};
