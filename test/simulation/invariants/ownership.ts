import { sessionNameOf } from '../../../src/api/manifest.ts';
import { OWNER_ID } from '../world.ts';
import type { Judge, Scene } from './scene.ts';

const HARMING = ['SessionKilled', 'SessionRenamed', 'Typed', 'WindowKilled', 'PaneRespawned', 'WindowAdded'];

/** I2: a session that is not ours is left alone, but for what a manifest says of exactly that name. */
export const foreignLeftAlone = ({ installation, truth }: Scene): Judge => {
  /** Names that sessions of each Project ever had, by uid. */
  const names = new Map<string, Set<string>>();
  const isReplaced = (name: string): boolean =>
    installation.reader
      ?.projects()
      .some((row) => row.spec.conflictPolicy === 'Replace' && sessionNameOf(row.name, row.spec) === name) ?? false;

  return {
    deed({ who, act, session, detail }) {
      if (session === null) return null;
      if (session.uid !== '') {
        const name = act === 'SessionRenamed' ? detail : session.name;
        names.set(session.uid, (names.get(session.uid) ?? new Set()).add(name));
      }
      if (who !== 'controller') return null;
      const place = `${session.socket} ${session.id} "${session.name}"`;
      if (act === 'SessionTagged') {
        if (session.owner !== '' && session.owner !== OWNER_ID) return `tagged ${place}, which is ${session.owner}'s`;
        const live = truth.sessionOf(session);
        if (session.owner === OWNER_ID || live === null) return null;
        const { '@tmuxlet_uid': uid = '' } = JSON.parse(detail) as Record<string, string>;
        const row = installation.reader?.projects().find((each) => each.uid === uid);
        const wasOurs = live.environment.has('TMUXLET_UID');
        const worksThere = live.windows.some(({ panes }) => panes.some((pane) => pane.currentPath === row?.spec.path));
        const isAsked = row?.spec.conflictPolicy === 'Adopt' && sessionNameOf(row.name, row.spec) === session.name;
        const hadName = names.get(uid)?.has(session.name) ?? false;
        const isFound = installation.lostNames.has(uid) && (worksThere || hadName);
        return wasOurs || (isAsked && worksThere) || isFound
          ? null
          : `tagged ${place}, for which no manifest and no evidence asks`;
      }
      if (!HARMING.includes(act) || session.owner === OWNER_ID) return null;
      if (act === 'SessionKilled' && session.owner === '' && isReplaced(session.name)) return null;
      return `${act} at ${place}, whose owner tag is "${session.owner}"`;
    },
  };
};
