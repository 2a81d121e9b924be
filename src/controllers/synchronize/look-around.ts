import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../api/errors.ts';
import type { ShardListing } from '../../api/observation.ts';
import type { OrphanPolicy } from '../../api/orphan.ts';
import type { SpecSource } from '../../api/ports/manifests.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import type { Tmux } from '../../api/ports/tmux.ts';
import type { Clock, StateFiles } from '../../api/ports/world.ts';
import { present, type Seen, unknown } from '../../api/seen.ts';
import { type Look, sessionKey } from '../../machines/synchronize/look.ts';
import { declaredNames } from '../declared-names.ts';

export interface LookParts {
  readonly store: StoreReader;
  readonly tmux: Pick<Tmux, 'observe' | 'paths'>;
  readonly stateFiles: Pick<StateFiles, 'list'>;
  readonly source: Pick<SpecSource, 'list'>;
  readonly clock: Clock;
  readonly orphanPolicy: OrphanPolicy;
}

/**
 * Looks at all records. The rows are read before and after everything else: what changed meanwhile was seen half
 * before and half after, and is left for the next look. `since` as in the ports.
 */
export const lookAround = async (parts: LookParts, since: number): Promise<Look> => {
  const { store, tmux, stateFiles, source, clock, orphanPolicy } = parts;
  const before = recordsIn(store);
  const listings = await tmux.observe(since);
  const [paths, files, declared] = await Promise.all([
    pathsOf(tmux, listings),
    stateFiles.list(),
    declaredNames(source, store),
  ]);
  const after = recordsIn(store);
  const moving = movedBetween(before, after);
  return { ...after, moving, listings, paths, stateFiles: files, declared, orphanPolicy, now: clock.now() };
};

type Records = Pick<Look, 'rows' | 'quarantined' | 'attempts'>;

const recordsIn = (store: StoreReader): Records => ({
  rows: store.projects(),
  quarantined: store.quarantined(),
  attempts: store.openAttempts(),
});

const movedBetween = (before: Records, after: Records): ReadonlySet<string> => {
  const was = recordsByUid(before);
  const is = recordsByUid(after);
  const uids = new Set([...was.keys(), ...is.keys()]);
  return new Set([...uids].filter((uid) => !isDeepStrictEqual(was.get(uid), is.get(uid))));
};

const recordsByUid = ({ rows, attempts, quarantined }: Records): ReadonlyMap<string, unknown> => {
  const open = Map.groupBy(attempts, ({ uid }) => uid);
  return new Map<string, unknown>([
    ...rows.map(({ uid, resourceVersion }) => [uid, { resourceVersion, open: open.get(uid) }] as const),
    ...quarantined.map((row) => [row.uid, row] as const),
  ]);
};

const pathsOf = async (tmux: Pick<Tmux, 'paths'>, listings: readonly ShardListing[]): Promise<Seen<Paths>> => {
  const answering = listings.filter(({ sessions }) => sessions.seen === 'Present');
  try {
    const all = await Promise.all(
      answering.map(async ({ shard }) =>
        [...(await tmux.paths(shard))].map(([id, path]) => [sessionKey(shard, id), path] as const),
      ),
    );
    return present(new Map(all.flat()));
  } catch (error) {
    return unknown(messageOf(error));
  }
};

type Paths = ReadonlyMap<string, string>;
