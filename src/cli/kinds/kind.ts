import type { Client } from '../../server/client.ts';
import type { WatchEvent } from '../../server/sse.ts';
import type { List } from '../../server/views/list.ts';
import type { Paint } from '../context.ts';

/** One column of `get`. */
export interface Column<T> {
  readonly title: string;
  readonly of: (item: T, look: { readonly nowMs: number; readonly paint: Paint }) => string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
}

/** A kind of thing that `get` shows. */
export interface Kind<T> {
  readonly singular: string;
  readonly plural: string;
  /** Shorter words for it. */
  readonly aliases: readonly string[];
  list(client: Client, selector: string | undefined): Promise<List<T>>;
  /** Where its changes can be watched. */
  readonly watch?: {
    open(client: Client, selector: string | undefined, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
    /** Differs whenever there is news of the thing. */
    versionOf(item: T): string;
  };
  nameOf(item: T): string;
  readonly columns: readonly Column<T>[];
}

export const NONE = '<none>';

/** Names in one cell. */
export const joined = (names: readonly string[]): string => (names.length === 0 ? NONE : names.join(','));
