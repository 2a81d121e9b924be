import { z } from 'zod';
import { StoredNow } from './memory-schema.ts';
import type { Now } from './time.ts';

/** What the fleet's breaker remembers; kept in the store, so that a restart does not close it. */
export interface Breaker {
  readonly state: 'Closed' | 'Open';
  /** Since when it is in this state; resumes from before do not count again. */
  readonly since: Now;
  /** The one Project that may try while it is open. */
  readonly probe: { readonly uid: string; readonly since: Now } | null;
  /** Probes that failed in a row. */
  readonly tries: number;
}

export const closedBreaker: Breaker = {
  state: 'Closed',
  since: { wallMs: 0, monotonicMs: 0, bootId: '' },
  probe: null,
  tries: 0,
};

const StoredBreaker: z.ZodType<Breaker> = z.object({
  state: z.enum(['Closed', 'Open']),
  since: StoredNow,
  probe: z.object({ uid: z.string(), since: StoredNow }).nullable(),
  tries: z.number(),
});

/** A breaker that was stored as JSON; closed where there is none that can be read. */
export const readBreaker = (stored: string | null): Breaker => {
  if (stored === null) return closedBreaker;
  try {
    return StoredBreaker.parse(JSON.parse(stored));
  } catch {
    return closedBreaker;
  }
};
