import { visible } from './visible.ts';

/**
 * What an observation can say of a thing. Absent is proven absence; Unknown is the lack of an
 * answer, and never leads to a destructive act or to Failed (invariant I3).
 */
export type Seen<T> =
  | { readonly seen: 'Present'; readonly value: T }
  | { readonly seen: 'Absent' }
  | { readonly seen: 'Unknown'; readonly reason: string };

export const present = <T>(value: T): Seen<T> => ({ seen: 'Present', value });
export const absent: Seen<never> = { seen: 'Absent' };
export const unknown = (reason: string): Seen<never> => ({ seen: 'Unknown', reason: visible(reason) });

/** The value if it was seen, else undefined. Callers that must tell Absent from Unknown switch on `seen`. */
export const valueOf = <T>(seen: Seen<T>): T | undefined => (seen.seen === 'Present' ? seen.value : undefined);
