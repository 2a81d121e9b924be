import type { Act } from '../machine/ledger.ts';
import { LOCKS } from '../ports/locks.ts';
import { OWNER_ID } from '../world.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

const ACTS: readonly Act[] = ['SessionCreated', 'SessionKilled', 'PaneRespawned', 'WindowAdded'];

/** I1: nobody else acts on a Project's session meanwhile. Nudges and pipes change nothing that another could want. */
export const underLock = ({ world, installation, truth }: Scene): Judge => ({
  deed(deed) {
    const { who, act, session } = deed;
    const { reader, controllers } = installation;
    // It died in the moment of its act, and its lock went with it.
    if (truth.isLate(deed) || installation.endedAt === deed.tick) return null;
    if (who !== 'controller' || !ACTS.includes(act) || session === null || session.owner !== OWNER_ID) return null;
    if (reader?.quarantined().some(({ uid }) => uid === session.uid) !== false) return null;
    const row = reader.project(session.uid);
    if (row === null) return null;
    const holder = world.machine.locks.holderOf(`${LOCKS}/${row.name}`);
    if (holder !== null && controllers.some(({ life }) => life.pid === holder.pid)) return null;
    return `${act} at "${session.name}" of ${nameOf(row)}, and ${holder === null ? 'nobody' : holder.pid} has its lock`;
  },
});
