import { isHusk, type Judge, type Scene } from './scene.ts';

/** I1, first half: sessions. */
export const oneSession = ({ world, truth }: Scene): Judge => ({
  always() {
    const seen = new Map<string, string>();
    for (const session of world.machine.tmux.sessions) {
      const uid = truth.uidOf(session);
      if (uid === null || isHusk(session, uid, world.machine)) continue;
      const other = seen.get(uid);
      const place = `${session.server.socket} ${session.id} ${session.name}`;
      if (other !== undefined) return `two live sessions are of uid ${uid}: ${other} and ${place}`;
      seen.set(uid, place);
    }
    return null;
  },
});

/** I1, second half: process trees, told apart by the run in their environment. */
export const oneTree = ({ world }: Scene): Judge => ({
  always() {
    const seen = new Map<string, string>();
    for (const { environment, pid } of world.machine.processes.live) {
      const { TMUXLET_UID: uid, TMUXLET_WINDOW: window, TMUXLET_ATTEMPT: attempt, TMUXLET_RUN: run } = environment;
      if (uid === undefined || window === undefined || attempt === undefined) continue;
      const key = `${uid}/${window}`;
      const tree = `attempt ${attempt} run ${run}`;
      const other = seen.get(key);
      if (other !== undefined && other !== tree) {
        return `two process trees are of window ${key}: ${other} and ${tree} (pid ${pid})`;
      }
      seen.set(key, tree);
    }
    return null;
  },
});
