import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import DatabaseFile, { type Database } from 'better-sqlite3';
import fc from 'fast-check';
import type { Store } from '../../src/api/ports/store.ts';
import { openStore } from '../../src/store/store.ts';
import { addProject, attemptOf, manifestOf } from '../helpers/store.ts';
import { fixtureOf, fixtureSchemas } from '../helpers/state-fixture.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import {
  byteChanges,
  type ByteChange,
  changedBytes,
  changedTree,
  ODD,
  type TreeChange,
  treeChanges,
} from './mutations.ts';

const NOW = { wallMs: 1000, monotonicMs: 5, bootId: 'b' };
const EVENT = { type: 'Warning', reason: 'Odd', message: 'm', object: 'Project/web' } as const;

/** A row in every table. */
const fill = (store: Store): void => {
  const uid = addProject(store, manifestOf('web', { dependsOn: [{ project: 'db' }] }), {
    memory: { phase: 'Running', attempt: 1 },
  });
  addProject(store, manifestOf('db'));
  const notification = { id: 'n1', createdAt: 5, subject: 's', text: 't', events: [] };
  store.transaction((writes) => {
    writes.applyAttempt(uid, { begin: attemptOf(uid, 1, { resumed: true }) });
    writes.putRun({
      uid,
      attempt: 1,
      window: 'main',
      run: 1,
      pid: 3,
      startedAt: 4,
      endedAt: null,
      exitCode: null,
      lastLines: 'x',
    });
    writes.recordEvent(EVENT, 1000);
    writes.addCommand({ id: 'c1', verb: 'restart', project: 'web', requestedAt: 5 });
    writes.putPreflight(uid, { generation: 1, at: 5, checks: [] });
    writes.replaceManifests([
      { file: '/m/web.json', hash: 'h', names: ['web'], errors: [], readAt: 5, missing: { old: NOW } },
    ]);
    writes.setQueues([{ name: 'default', maxConcurrent: 5 }]);
    writes.setSetting('fleetBreaker', JSON.stringify({ state: 'Closed', since: NOW, probe: null, tries: 0 }));
    writes.setAlerting(true);
    writes.putAlerts(
      [{ reason: 'Odd', object: 'Project/web', eventId: 1, eventCount: 1, pending: null, toldAt: NOW }],
      { cursor: 1, sent: [NOW] },
    );
    writes.addNotification(notification, ['email']);
    writes.replaceMismatches([
      {
        mismatch: { type: 'Orphan', subject: 's', decision: 'd', severity: 'low', message: 'm', uid: null },
        since: 1,
        passes: 1,
        countedAt: 1,
        alertedAt: null,
        clearedAt: null,
      } as never,
    ]);
  });
};

/** The bytes of a database, and the columns it has. */
export interface DatabaseImage {
  readonly bytes: Buffer;
  readonly columns: readonly (readonly [table: string, column: string])[];
}

/** A database of this version with a row in every table. */
export const template = (): DatabaseImage => {
  const { path, remove } = temporaryFolder();
  try {
    const file = join(path, 't.db');
    const store = openStore(file, { now: () => 10_000 });
    fill(store);
    store.close();
    const db = new DatabaseFile(file);
    db.pragma('journal_mode = DELETE');
    db.close();
    return imageOf(file);
  } finally {
    remove();
  }
};

/** Databases of every schema that was released, as its own version left them. */
export const releasedDatabases = (): readonly DatabaseImage[] =>
  fixtureSchemas().map((schema) => imageOf(join(fixtureOf(schema), 's/tmuxlet.db')));

const imageOf = (file: string): DatabaseImage => {
  const bytes = readFileSync(file);
  const db = new DatabaseFile(bytes);
  try {
    return { bytes, columns: columnsOf(db) };
  } finally {
    db.close();
  }
};

const columnsOf = (db: Database): DatabaseImage['columns'] =>
  db
    .prepare<[], { t: string; c: string }>(
      `SELECT m.name AS t, p.name AS c FROM sqlite_schema m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2`,
    )
    .all()
    .map(({ t, c }) => [t, c] as const);

/** Another value in the first row of a table. */
export interface Tampering {
  readonly column: number;
  readonly value: unknown;
  /** Of the JSON that is there, in place of the value. */
  readonly tree: readonly TreeChange[] | null;
}

export const tampered = ({ bytes, columns }: DatabaseImage, changes: readonly Tampering[]): Buffer => {
  const db = new DatabaseFile(bytes);
  try {
    db.pragma('ignore_check_constraints = ON');
    db.pragma('foreign_keys = OFF');
    for (const { column, value, tree } of changes) {
      const [table, name] = columns[column % columns.length] ?? ['meta', 'epoch'];
      try {
        const row = db.prepare(`SELECT ${name} FROM ${table} LIMIT 1`).pluck().get();
        const bound = tree === null ? value : changedJson(row, tree);
        db.prepare(`UPDATE ${table} SET ${name} = ? WHERE rowid = (SELECT min(rowid) FROM ${table})`).run(bound);
      } catch {
        // STRICT tables take no other type, and some have no rowid.
      }
    }
    return db.serialize();
  } finally {
    db.close();
  }
};

const changedJson = (row: unknown, tree: readonly TreeChange[]): unknown => {
  try {
    return JSON.stringify(changedTree(JSON.parse(String(row)), tree)) ?? 'undefined';
  } catch {
    return row;
  }
};

const SCALARS = ODD.filter((value) => value === null || typeof value === 'string' || typeof value === 'number');
export const tampering: fc.Arbitrary<Tampering> = fc.record({
  column: fc.nat({ max: 200 }),
  value: fc.oneof(
    fc.constantFrom(...SCALARS),
    fc.constantFrom('[', '{}', '[]', 'null', '{"a":', '9'.repeat(400)),
    fc.maxSafeInteger(),
  ),
  tree: fc.option(treeChanges),
});

/** What is no database of ours. */
export const OTHERS: readonly Buffer[] = ((): readonly Buffer[] => {
  const make = (sql: string): Buffer => {
    const db = new DatabaseFile(':memory:');
    db.exec(sql);
    const bytes = db.serialize();
    db.close();
    return bytes;
  };
  return [
    make('CREATE TABLE notes (text)'),
    make('CREATE TABLE migrations (a)'),
    make("CREATE TABLE migrations (id, name, checksum, applied_at); INSERT INTO migrations VALUES ('x', 1, NULL, 2)"),
    make('CREATE TABLE projects (a); CREATE VIEW migrations AS SELECT 1 AS id, 2 AS checksum'),
    make('PRAGMA user_version = 5'),
    Buffer.alloc(0),
    Buffer.from('not a database'),
    Buffer.alloc(100_000, 1),
    Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192, 255)]),
  ];
})();

export interface Damage {
  readonly changes: readonly ByteChange[];
  /** Bytes that say something, and what they say now. */
  readonly hits: readonly { readonly at: number; readonly byte: number }[];
  /** Likewise of the heads of pages, by which SQLite finds its way. */
  readonly heads: readonly { readonly page: number; readonly at: number; readonly byte: number }[];
  /** One of the foreign ones in its place. */
  readonly other: number | null;
}

export const damage: fc.Arbitrary<Damage> = fc.record({
  changes: fc.oneof(
    { weight: 3, arbitrary: fc.constant<readonly ByteChange[]>([]) },
    byteChanges(['SQLite', 'CREATE TABLE', 'projects', '\xff\xff\xff\xff']),
  ),
  hits: fc.array(fc.record({ at: fc.nat({ max: 2 ** 16 }), byte: fc.nat({ max: 255 }) }), { maxLength: 6 }),
  heads: fc.array(fc.record({ page: fc.nat({ max: 99 }), at: fc.nat({ max: 11 }), byte: fc.nat({ max: 255 }) }), {
    maxLength: 2,
  }),
  other: fc.option(fc.nat({ max: OTHERS.length - 1 }), { freq: 8 }),
});

const PAGE = 4096;

export const damagedFile = (bytes: Buffer, { changes, hits, heads, other }: Damage): Buffer => {
  const damaged = changedBytes(other === null ? bytes : (OTHERS[other] ?? bytes), changes);
  // Most of a database is empty, and nobody looks there.
  const full = [...damaged.keys()].filter((index) => damaged[index] !== 0);
  for (const { at, byte } of hits) damaged[full[at % full.length] ?? 0] = byte;
  const pages = Math.ceil(damaged.length / PAGE);
  for (const { page, at, byte } of heads) {
    const index = (page % pages) * PAGE + at;
    if (index < damaged.length) damaged[index] = byte;
  }
  return damaged;
};
