import { isDeepStrictEqual } from 'node:util';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { StoredNow } from '../api/memory-schema.ts';
import type { ManifestRow, StoreReader, StoreWrites } from '../api/ports/store.ts';
import { readJson } from './json.ts';

type JsonColumn = 'names' | 'errors' | 'missing';
type StoredManifest = Omit<ManifestRow, JsonColumn> & Readonly<Record<JsonColumn, string>>;

const Texts = z.array(z.string());
const Missing = z.record(z.string(), StoredNow);

export const manifestReads = (db: Database): Pick<StoreReader, 'manifests'> => {
  const all = db.prepare<[], StoredManifest>(
    'SELECT file, hash, names, errors, read_at AS readAt, missing FROM manifests ORDER BY file',
  );
  return { manifests: () => all.all().flatMap(readManifest) };
};

/** A record that cannot be read is none: the file is read anew. */
const readManifest = (stored: StoredManifest): readonly ManifestRow[] => {
  const names = readJson(Texts, stored.names);
  const errors = readJson(Texts, stored.errors);
  const missing = readJson(Missing, stored.missing);
  return names && errors && missing ? [{ ...stored, names, errors, missing }] : [];
};

export const manifestWrites = (db: Database): Pick<StoreWrites, 'replaceManifests'> => {
  const { manifests } = manifestReads(db);
  const put = db.prepare<[object]>(`
    INSERT INTO manifests (file, hash, names, errors, read_at, missing)
    VALUES (@file, @hash, @names, @errors, @readAt, @missing)
        ON CONFLICT (file) DO UPDATE
       SET hash = excluded.hash, names = excluded.names, errors = excluded.errors, read_at = excluded.read_at,
           missing = excluded.missing`);
  const drop = db.prepare<[string]>('DELETE FROM manifests WHERE file NOT IN (SELECT value FROM json_each(?))');
  return {
    replaceManifests: (rows) => {
      const stored = new Map(manifests().map((row) => [row.file, row]));
      drop.run(JSON.stringify(rows.map(({ file }) => file)));
      for (const row of rows) {
        if (same(stored.get(row.file), row)) continue;
        const { names, errors, missing } = row;
        put.run({
          ...row,
          names: JSON.stringify(names),
          errors: JSON.stringify(errors),
          missing: JSON.stringify(missing),
        });
      }
    },
  };
};

/** That a file was read again is no change (I7): `readAt` is when what it says now was read first. */
const same = (stored: ManifestRow | undefined, row: ManifestRow): boolean =>
  isDeepStrictEqual(stored, { ...row, readAt: stored?.readAt });
