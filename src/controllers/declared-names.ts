import type { SpecSource } from '../api/ports/manifests.ts';
import type { StoreReader } from '../api/ports/store.ts';
import { present, type Seen, unknown } from '../api/seen.ts';

/**
 * Names that any manifest declares, good or bad, as the source is now; with those that were declared a moment ago,
 * for an editor may have the file away.
 */
export const declaredNames = async (
  source: Pick<SpecSource, 'list'>,
  store: Pick<StoreReader, 'manifests'>,
): Promise<Seen<ReadonlySet<string>>> => {
  const manifests = await source.list();
  if (manifests.seen === 'Unknown') return unknown(manifests.reason);
  if (manifests.seen === 'Absent') return unknown('there is no source of manifests');
  const remembered = store.manifests().flatMap(({ names, missing }) => [...names, ...Object.keys(missing)]);
  return present(new Set([...manifests.value.flatMap(({ names }) => names), ...remembered]));
};
