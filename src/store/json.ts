import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';

/**
 * Do two JSON texts say the same? The order of keys says nothing; `read` may fill in what both leave out.
 * A stored text that cannot be read is never the same: what is wanted mends it.
 */
export const sameJson = (stored: string, wanted: string, read: (text: string) => unknown = JSON.parse): boolean => {
  if (stored === wanted) return true;
  try {
    return isDeepStrictEqual(read(stored), read(wanted));
  } catch {
    return false;
  }
};

/** What a stored text says; undefined when it is not JSON, or not of this shape. */
export const readJson = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
