import type { Tracer } from '../api/trace.ts';
import type { WatchEvent } from './sse.ts';

export interface Feed<T> {
  /** Tells of everything that is there (ADDED), then a BOOKMARK, then of every change. Returns how to stop. */
  watch(listener: (event: WatchEvent<T>) => void): () => void;
}

export interface FeedOptions<T> {
  readonly list: () => readonly T[];
  readonly keyOf: (item: T) => string;
  /** Cheap; changes whenever the list may have. */
  readonly version: () => number;
  readonly onTrace: (listener: Tracer) => () => void;
}

/** Changes that come together are told together. */
const GATHER_MS = 50;

/**
 * The changes of a list, as the difference of what is read now and was read before: whatever the trace says, the
 * truth is looked at again. One comparison serves all who watch, and there is none while nobody does.
 */
export const createFeed = <T>({ list, keyOf, version, onTrace }: FeedOptions<T>): Feed<T> => {
  const listeners = new Set<(event: WatchEvent<T>) => void>();
  let known = new Map<string, { readonly item: T; readonly json: string }>();
  let knownVersion = Number.NaN;
  let pauseMs = GATHER_MS;
  let timer: NodeJS.Timeout | null = null;
  let stopTracing: (() => void) | null = null;

  const tell = (event: WatchEvent<T>): void => {
    for (const listener of listeners) listener(event);
  };

  const compare = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const versionNow = version();
    if (versionNow === knownVersion) return;
    const begun = performance.now();
    const now = new Map(list().map((item) => [keyOf(item), { item, json: JSON.stringify(item) }]));
    for (const [key, { item, json }] of now) {
      const before = known.get(key);
      if (before === undefined) tell({ type: 'ADDED', object: item });
      else if (before.json !== json) tell({ type: 'MODIFIED', object: item });
    }
    for (const [key, { item }] of known) if (!now.has(key)) tell({ type: 'DELETED', object: item });
    known = now;
    knownVersion = versionNow;
    // A long list that changes all the time takes a tenth of the loop's time at most.
    pauseMs = Math.max(GATHER_MS, 10 * (performance.now() - begun));
  };

  const compareSoon = (): void => {
    timer ??= setTimeout(compare, pauseMs).unref();
  };

  return {
    watch: (listener) => {
      compare();
      for (const { item } of known.values()) listener({ type: 'ADDED', object: item });
      listener({ type: 'BOOKMARK', object: null });
      listeners.add(listener);
      stopTracing ??= onTrace(compareSoon);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stopTracing?.();
        stopTracing = null;
      };
    },
  };
};
