import { lookSoon, type OnTrace } from './soon.ts';
import { Refused } from './status.ts';

/** A change of the list. */
export interface Change<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As it is now, or was last. */
  readonly object: T;
  /** As it was before; null when it was not there. */
  readonly before: T | null;
  /** Its place in the order of all changes. */
  readonly version: number;
  /** Whoever has been told this has been told all up to the version. */
  readonly complete: boolean;
}

export interface Feed<T> {
  /** Remembers the list as it is from now on, if it has not been looked at yet: versions told later can be resumed. */
  begin(): void;
  /**
   * Tells of everything that is there (ADDED), or with `after` of what changed after that version; then a BOOKMARK;
   * then of every change. Returns how to stop.
   * @throws Refused (410) when changes after that version are no longer known
   */
  watch(listener: (event: Change<T> | Bookmark) => void, after?: number): () => void;
  /** Up to which version all has been told. */
  readonly version: number;
}

export interface Bookmark {
  readonly type: 'BOOKMARK';
  readonly object: null;
  readonly version: number;
}

export interface FeedOptions<T> {
  readonly list: () => readonly T[];
  readonly keyOf: (item: T) => string;
  /** When it was last changed. */
  readonly versionOf: (item: T) => number;
  /** The version of the newest change of all. */
  readonly revision: () => number;
  /** Cheap; changes whenever the list may have. */
  readonly changed: () => number;
  readonly onTrace: OnTrace;
}

/** Changes that are kept for those who come back. */
const KEPT_CHANGES = 1000;

/**
 * The changes of a list, as the difference of what is read now and was read before: whatever the trace says, the
 * truth is looked at again. One comparison serves all who watch, and there is none while nobody does; then the first
 * who comes back is told what is different all the same.
 */
export const createFeed = <T>({ list, keyOf, versionOf, revision, changed, onTrace }: FeedOptions<T>): Feed<T> => {
  const listeners = new Set<(event: Change<T> | Bookmark) => void>();
  let known: Map<string, { readonly item: T; readonly json: string }> | null = null;
  let knownAt = Number.NaN;
  let version = 0;
  /** Oldest first; none is of a version up to `floor`. */
  let kept: readonly Change<T>[] = [];
  let floor = 0;
  let stopLooking: (() => void) | null = null;

  const read = () => new Map(list().map((item) => [keyOf(item), { item, json: JSON.stringify(item) }]));

  const begin = (): void => {
    if (known !== null) return;
    knownAt = changed();
    known = read();
    floor = version = revision();
  };

  const compare = (): void => {
    if (known === null) begin();
    const changedNow = changed();
    if (known === null || changedNow === knownAt) return;
    const before = version;
    version = revision();
    const now = read();
    const changes = inOrder(difference(known, now, (item) => placeOf(item, before)));
    known = now;
    knownAt = changedNow;
    remember(changes);
    for (const change of changes) for (const listener of listeners) listener(change);
  };

  /** What is no newer than what was told last has changed by way of something else, and now. */
  const placeOf = (item: T | null, before: number): number => {
    const own = item === null ? version : versionOf(item);
    return own > before && own <= version ? own : version;
  };

  const remember = (changes: readonly Change<T>[]): void => {
    const all = [...kept, ...changes];
    floor = all.at(-KEPT_CHANGES - 1)?.version ?? floor;
    kept = all.slice(-KEPT_CHANGES);
  };

  const since = (after: number): readonly Change<T>[] => {
    if (after < floor || after > version) {
      throw new Refused(410, `resourceVersion ${after} is ${after > version ? 'unknown' : 'too old'}: list again`);
    }
    return kept.filter((change) => change.version > after);
  };

  const snapshot = (): readonly Change<T>[] =>
    [...(known ?? new Map()).values()].map(({ item }) => ({
      type: 'ADDED',
      object: item,
      before: null,
      version,
      complete: false,
    }));

  return {
    begin,
    watch: (listener, after) => {
      compare();
      for (const change of after === undefined ? snapshot() : since(after)) listener(change);
      listener({ type: 'BOOKMARK', object: null, version });
      listeners.add(listener);
      stopLooking ??= lookSoon(onTrace, compare);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stopLooking?.();
        stopLooking = null;
      };
    },
    get version() {
      return version;
    },
  };
};

type Known<T> = ReadonlyMap<string, { readonly item: T; readonly json: string }>;
type Placed<T> = Omit<Change<T>, 'complete'>;

const difference = <T>(before: Known<T>, now: Known<T>, placeOf: (item: T | null) => number): readonly Placed<T>[] => [
  ...[...now].flatMap(([key, { item, json }]): Placed<T>[] => {
    const old = before.get(key);
    if (old === undefined) return [{ type: 'ADDED', object: item, before: null, version: placeOf(item) }];
    if (old.json === json) return [];
    return [{ type: 'MODIFIED', object: item, before: old.item, version: placeOf(item) }];
  }),
  ...[...before]
    .filter(([key]) => !now.has(key))
    .map(([, { item }]): Placed<T> => ({ type: 'DELETED', object: item, before: item, version: placeOf(null) })),
];

/** By version; of several with the same only the last is complete. */
const inOrder = <T>(changes: readonly Placed<T>[]): readonly Change<T>[] => {
  const sorted = [...changes].sort((a, b) => a.version - b.version);
  return sorted.map((change, index) => ({ ...change, complete: sorted[index + 1]?.version !== change.version }));
};
