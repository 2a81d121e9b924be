import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import DatabaseFile from 'better-sqlite3';
import fc from 'fast-check';
import { SCHEMA } from '../../src/store/backup.ts';
import { openStore } from '../../src/store/store.ts';
import { cli } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { type Archive, madeBackup, sha256, writeArchive } from './archives.ts';
import { demandClear, orClearError, same } from './clear.ts';
import {
  type Damage,
  damage,
  damagedFile,
  type DatabaseImage,
  OTHERS,
  releasedDatabases,
  tampered,
  type Tampering,
  tampering,
} from './database-images.ts';
import { tryReads } from './databases.ts';
import { type Fuzz, fuzz } from './fuzz.ts';

/** A database that somebody brings, as no version has left it. */
interface Brought {
  /** Which of the released schemas, counted from 0; the one after them is of a version yet to come. */
  readonly version: number;
  readonly changes: readonly Tampering[];
  readonly damage: Damage | null;
}

const UNTOUCHED = Array.from({ length: SCHEMA + 1 }, (_, version) => ({ version, changes: [], damage: null }));
const FOREIGN = OTHERS.map((_, other) => ({
  version: 0,
  changes: [],
  damage: { changes: [], hits: [], heads: [], other },
}));

const brought: fc.Arbitrary<Brought> = fc.record({
  version: fc.nat({ max: SCHEMA }),
  changes: fc.array(tampering, { maxLength: 3 }),
  damage: fc.option(damage),
});

/** The bytes of what is brought. */
const carrier = (): ((given: Brought) => Buffer) => {
  const images = releasedDatabases();
  const newest = images.at(-1);
  if (newest === undefined) throw new Error('no version was released');
  const all: readonly DatabaseImage[] = [...images, { ...newest, bytes: madeNewer(newest.bytes) }];
  return ({ version, changes, damage }) => {
    const bytes = tampered(all[version] ?? newest, changes);
    return damage === null ? bytes : damagedFile(bytes, damage);
  };
};

const madeNewer = (bytes: Buffer): Buffer => {
  const db = new DatabaseFile(bytes);
  try {
    db.prepare("INSERT INTO migrations VALUES (?, 'of-tomorrow', 'x', 0)").run(SCHEMA + 1);
    return db.serialize();
  } finally {
    db.close();
  }
};

/** What people would miss: every row of these tables, as far as an older version knows them. Null: it cannot be read. */
const treasureOf = (file: string): readonly string[] | null => {
  const db = new DatabaseFile(file, { readonly: true });
  try {
    const rows = ['projects', 'attempts', 'runs', 'events'].map((table) => db.prepare(`SELECT * FROM ${table}`).all());
    return rows.map((each) => JSON.stringify(each));
  } catch {
    return null;
  } finally {
    db.close();
  }
};

export const databaseVersions: Fuzz = fuzz<Brought>({
  name: 'database-versions',
  claim:
    'a database of another version is brought up to date with all its rows, or refused by its path and kept as it is',
  share: 0.5,
  most: 5000,
  examples: [...UNTOUCHED, ...FOREIGN],
  arbitrary: brought,
  open() {
    const carried = carrier();
    return {
      check: (given) => {
        const { path, remove } = temporaryFolder();
        const file = join(path, 'tmuxlet.db');
        try {
          writeFileSync(file, carried(given));
          const before = treasureOf(file);
          const opened = orClearError(() => openStore(file, { now: () => 20_000 }), file);
          if (typeof opened !== 'string') {
            try {
              tryReads(opened);
            } finally {
              opened.close();
            }
          }
          if (before === null) return;
          if (typeof opened === 'string') same(treasureOf(file), before, 'it was refused, and changed all the same');
          else same(countsIn(treasureOf(file)), countsIn(before), 'rows are lost');
        } finally {
          remove();
        }
      },
    };
  },
});

const countsIn = (treasure: readonly string[] | null): readonly number[] | null =>
  treasure?.map((rows) => (JSON.parse(rows) as readonly unknown[]).length) ?? null;

/** The archive with this database in it, and right sums: nothing but the database itself is odd. */
const withDatabase = ({ table, entries }: Archive, database: Buffer): Buffer =>
  writeArchive({
    table: { ...table, files: { ...table.files, 'tmuxlet.db': sha256(database) } },
    entries: entries.map((entry) => (entry.path === 'tmuxlet.db' ? { ...entry, content: database } : entry)),
  });

export const restoredDatabases: Fuzz = fuzz<Brought>({
  name: 'restored-databases',
  claim:
    'whatever database a whole backup has, restore puts one in place that a controller opens, or leaves the old one',
  share: 0.3,
  most: 3000,
  withinMs: 5000,
  examples: [...UNTOUCHED, ...FOREIGN],
  arbitrary: brought,
  async open() {
    const { path, remove } = temporaryFolder();
    const carried = carrier();
    const archive = await madeBackup();
    const [file, into] = [join(path, 'b.tar.gz'), join(path, 'into')];
    const database = join(into, 'tmuxlet.db');
    return {
      check: async (given) => {
        writeFileSync(file, gzipSync(withDatabase(archive, carried(given)), { level: 1 }));
        rmSync(into, { recursive: true, force: true });
        mkdirSync(into, { mode: 0o700 });
        writeFileSync(database, 'the one before');
        const { code, err } = await cli(['restore', file, '--state-dir', into], { cwd: path });
        const before = readdirSync(into).filter((name) => name.startsWith('tmuxlet.db.before-restore-'));
        if (code !== 0) {
          demandClear(err);
          if (!err.includes(file)) throw new Error(`it does not name the backup: ${err}`);
          same(readFileSync(database, 'utf8'), 'the one before', 'the database was changed');
          same(before, [], 'something was put aside');
          return;
        }
        same(
          before.map((name) => readFileSync(join(into, name), 'utf8')),
          ['the one before'],
          'what was there',
        );
        openStore(database, { now: () => 20_000 }).close();
        same(existsSync(join(into, 'owner')), 'owner' in archive.table.files, 'the owner');
      },
      close: remove,
    };
  },
});
