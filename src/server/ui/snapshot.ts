import type { StoreReader } from '../../api/ports/store.ts';
import type { ProjectRow } from '../../api/project.ts';

export interface Snapshot {
  readonly version: number;
  readonly rows: readonly ProjectRow[];
  /** What could not be read, one sentence each. */
  readonly warnings: readonly string[];
}

/** Every Project as stored, read once for each change of the store, however many look. */
export const snapshotOf = (reader: StoreReader): (() => Snapshot) => {
  let known: Snapshot | null = null;
  return () => {
    const version = reader.version();
    if (known?.version !== version) {
      known = { version, rows: reader.projects(), warnings: reader.quarantined().map(({ error }) => error) };
    }
    return known;
  };
};
