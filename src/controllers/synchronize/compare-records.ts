import type { Mismatch } from '../../api/mismatch.ts';
import { type Comparison, compare } from '../../machines/synchronize/compare.ts';
import type { Look } from '../../machines/synchronize/look.ts';
import { lookAround, type LookParts } from './look-around.ts';

/** A state file is written after its row: this long it may be behind. */
const BEHIND_MS = 500;

const mayBeBehind = ({ type, decision }: Mismatch): boolean => type === 'StaleStateFile' && decision === 'Rewrite';

/** Looks at all records and compares them; what may only be behind is looked at once more before it is told. */
export const compareRecords = async (
  parts: LookParts,
  since: number,
): Promise<{ readonly look: Look; readonly found: Comparison }> => {
  const look = await lookAround(parts, since);
  const found = compare(look);
  if (!found.mismatches.some(mayBeBehind)) return { look, found };
  await new Promise<void>((resolve) => parts.clock.after(BEHIND_MS, resolve));
  const later = await lookAround(parts, parts.clock.now().monotonicMs);
  return { look: later, found: compare(later) };
};
