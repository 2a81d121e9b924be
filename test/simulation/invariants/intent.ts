import { type Judge, nameOf, type Scene } from './scene.ts';

/** I4: the committed row says it, in the moment it is done. */
export const intentFirst = ({ world, installation, truth }: Scene): Judge => {
  /** How often, by the stop it was for. */
  const typed = new Map<string, number>();
  return {
    deed(deed) {
      const { who, act, session, detail } = deed;
      const { reader } = installation;
      if (truth.isLate(deed)) return null;
      if (who !== 'controller' || session === null || reader === null || session.uid === '') return null;
      const { uid, name } = session;
      const quarantined = reader.quarantined().some((each) => each.uid === uid);
      const row = quarantined ? null : reader.project(uid);
      const shard = world.machine.tmux.shardOf(session.socket);
      if (quarantined) return null;

      if (act === 'SessionCreated') {
        const live = truth.sessionOf(session);
        const number = Number(live?.options.get('@tmuxlet_attempt'));
        if (live === null) return null;
        if (row === null) return `session "${name}" was made for uid ${uid}, which has no row`;
        const attempt = reader.attempt(uid, number);
        if (attempt === null || attempt.endedAt !== null) {
          return `session "${name}" was made for attempt ${number} of ${nameOf(row)}, which is ${attempt ? 'over' : 'not committed'}`;
        }
        if (number !== row.memory.attempt)
          return `${nameOf(row)} is at attempt ${row.memory.attempt}, and ${number} was started`;
        if ((attempt.sessionName ?? name) !== name || attempt.shard !== shard) {
          return `${nameOf(row)} meant session ${attempt.sessionName} on shard ${attempt.shard}, and ${name} on ${shard} was made`;
        }
        const hash = live.options.get('@tmuxlet_spec');
        return hash === attempt.specHash
          ? null
          : `${nameOf(row)} meant spec ${attempt.specHash}, and ${hash} was started`;
      }

      if (act === 'SessionKilled') {
        const isOrphan = shard !== null && reader.orphan(shard, session.id) !== null;
        if (row === null) return isOrphan ? null : `session "${name}" of uid ${uid} was killed, and nobody meant it`;
        const isDouble = reader
          .events({ object: `Project/${row.name}` })
          .some(({ reason }) => reason === 'DuplicateSession');
        return row.memory.stop !== null || isDouble || isOrphan
          ? null
          : `${nameOf(row)} was killed, and no stop is committed`;
      }

      if (act === 'Typed' && detail === 'C-c') {
        if (row?.memory.stop?.rung !== 'Interrupt')
          return `Ctrl-C was typed into ${name}, and no such stop is committed`;
      }
      if (act === 'Typed' && row?.memory.stop?.rung === 'Interrupt') {
        const { since } = row.memory.stop;
        const key = `${session.socket}${session.id}/${since.bootId}/${since.monotonicMs}`;
        const times = (typed.get(key) ?? 0) + 1;
        typed.set(key, times);
        const panes = truth.sessionOf(session)?.windows.flatMap((window) => window.panes).length ?? times;
        if (times > panes) return `${times} lines were typed into the ${panes} panes of ${nameOf(row)} for one stop`;
      }
      return null;
    },
  };
};
