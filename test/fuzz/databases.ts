import { readFileSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import DatabaseFile from 'better-sqlite3';
import fc from 'fast-check';
import { checkDatabase as examineDatabase, newestEventAt } from '../../src/adapters/preflight/database.ts';
import { messageOf } from '../../src/api/errors.ts';
import { type Store, type StoreReader, Unreadable } from '../../src/api/ports/store.ts';
import { breakerIn } from '../../src/controllers/fleet.ts';
import { createViews } from '../../src/server/views/views.ts';
import { topView } from '../../src/server/views/top.ts';
import { checkDatabase } from '../../src/store/backup.ts';
import { openStore, readStore } from '../../src/store/store.ts';
import { cli } from '../helpers/cli.ts';
import { addProject, attemptOf, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear, orClearError, same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
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

/** The bytes of a database with a row in every table, and its columns. */
const template = (): { readonly bytes: Buffer; readonly columns: readonly (readonly [string, string])[] } => {
  const { path, remove } = temporaryFolder();
  try {
    const file = join(path, 't.db');
    const store = openStore(file, { now: () => 10_000 });
    fill(store);
    store.close();
    const db = new DatabaseFile(file);
    db.pragma('journal_mode = DELETE');
    const columns = db
      .prepare<[], { t: string; c: string }>(
        `SELECT m.name AS t, p.name AS c FROM sqlite_schema m JOIN pragma_table_info(m.name) p
          WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2`,
      )
      .all()
      .map(({ t, c }) => [t, c] as const);
    db.close();
    return { bytes: readFileSync(file), columns };
  } finally {
    remove();
  }
};

/** Each read there is, of anything there is. */
const readsOf = (reader: StoreReader): readonly (() => unknown)[] => {
  const views = createViews(reader, () => '/s');
  const uids = ['uid-web', 'uid-db'];
  return [
    ...uids.flatMap((uid) => [
      () => reader.project(uid),
      () => reader.attempts(uid),
      () => reader.attempt(uid, 1),
      () => reader.runs(uid, 1),
      () => reader.preflight(uid),
      () => reader.startingBeside(uid),
    ]),
    ...['web', 'db'].flatMap((name) => [
      () => reader.projectByName(name),
      () => reader.dependents(name),
      () => reader.pendingCommand(name),
      () => views.describe(name),
    ]),
    () => reader.projects(),
    () => reader.quarantined(),
    () => reader.queueEntries('default'),
    () => reader.openAttempts(),
    () => reader.runningSessions(),
    () => reader.openingByShard(),
    () => reader.resumesSince(0),
    () => reader.eventsSince(reader.alertProgress().cursor, 10),
    () => reader.alert('Odd', 'Project/web'),
    () => reader.pendingAlerts(),
    () => reader.deliveries(),
    () => reader.openDeliveries('email'),
    () => reader.openChannels(),
    () => reader.mismatches(),
    () => reader.orphans(),
    () => reader.phaseCounts(),
    () => breakerIn(reader),
    () => views.projects({}),
    () => views.events({}),
    () => views.manifests(),
    () => views.queues(),
    () => views.notifications(),
    () => topView(reader, () => null, null),
  ];
};

const tryReads = (reader: StoreReader): void => {
  for (const read of readsOf(reader)) {
    try {
      JSON.stringify(read());
    } catch (error) {
      if (!(error instanceof Unreadable)) {
        orClearError(() => {
          throw error;
        }, null);
      } else demandClear(messageOf(error));
    }
  }
};

interface Tampering {
  readonly column: number;
  readonly value: unknown;
  /** Of the JSON that is there, in place of the value. */
  readonly tree: readonly TreeChange[] | null;
}

const tampered = (
  bytes: Buffer,
  columns: readonly (readonly [string, string])[],
  changes: readonly Tampering[],
): Buffer => {
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
const tampering: fc.Arbitrary<Tampering> = fc.record({
  column: fc.nat({ max: 200 }),
  value: fc.oneof(
    fc.constantFrom(...SCALARS),
    fc.constantFrom('[', '{}', '[]', 'null', '{"a":', '9'.repeat(400)),
    fc.maxSafeInteger(),
  ),
  tree: fc.option(treeChanges),
});

export const databaseRows: Fuzz = fuzz<readonly Tampering[]>({
  name: 'database-rows',
  claim: 'a row with anything in any of its columns is read, or is its own trouble alone',
  share: 2,
  arbitrary: fc.array(tampering, { minLength: 1, maxLength: 4 }),
  open() {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'tmuxlet.db');
    const { bytes, columns } = template();
    return {
      check: (changes) => {
        writeFileSync(file, tampered(bytes, columns, changes));
        const opened = orClearError(() => readStore(file), file);
        if (typeof opened === 'string') return;
        try {
          tryReads(opened);
        } finally {
          opened.close();
          for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
        }
      },
      close: remove,
    };
  },
});

const OTHERS: readonly Buffer[] = ((): readonly Buffer[] => {
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

interface Damage {
  readonly changes: readonly ByteChange[];
  /** Bytes that say something, and what they say now. */
  readonly hits: readonly { readonly at: number; readonly byte: number }[];
  /** Likewise of the heads of pages, by which SQLite finds its way. */
  readonly heads: readonly { readonly page: number; readonly at: number; readonly byte: number }[];
  /** One of the foreign ones in its place. */
  readonly other: number | null;
}

const damage: fc.Arbitrary<Damage> = fc.record({
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

const damagedFile = (bytes: Buffer, { changes, hits, heads, other }: Damage): Buffer => {
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

export const databaseFiles: Fuzz = fuzz<Damage>({
  name: 'database-files',
  claim: 'a database that is torn, damaged or another program’s is refused by its path, and stays as it is',
  share: 1,
  examples: OTHERS.map((_, other) => ({ changes: [], hits: [], heads: [], other })),
  arbitrary: damage,
  open() {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'tmuxlet.db');
    const { bytes } = template();
    return {
      check: (each) => {
        const content = damagedFile(bytes, each);
        writeFileSync(file, content);
        const { message } = examineDatabase(file);
        demandClear(message);
        newestEventAt(file);
        orClearError(() => checkDatabase(file), file);
        const opened = orClearError(() => readStore(file), file);
        if (typeof opened !== 'string') {
          try {
            tryReads(opened);
          } finally {
            opened.close();
          }
        }
        for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
        same(readFileSync(file).equals(content), true, 'the file was changed by who only reads');
      },
      close: remove,
    };
  },
});

export const databaseTakeovers: Fuzz = fuzz<Damage>({
  name: 'database-takeovers',
  claim: 'a controller refuses a damaged database with a way on, or works with it',
  share: 0.3,
  examples: OTHERS.map((_, other) => ({ changes: [], hits: [], heads: [], other })),
  arbitrary: damage,
  open() {
    const { bytes } = template();
    return {
      check: (each) => {
        const { path, remove } = temporaryFolder();
        const file = join(path, 'tmuxlet.db');
        try {
          writeFileSync(file, damagedFile(bytes, each));
          const opened = orClearError(() => openStore(file, { now: () => 20_000 }), file);
          if (typeof opened === 'string') return;
          try {
            tryReads(opened);
            orClearError(() => opened.transaction((writes) => writes.recordEvent(EVENT, 20_000)), null);
          } finally {
            opened.close();
          }
        } finally {
          remove();
        }
      },
    };
  },
});

const LOOKS = [
  ['get'],
  ['get', 'events'],
  ['describe', 'web'],
  ['events'],
  ['get', 'queues', '-o', 'json'],
  ['top'],
] as const;

export const databaseLooks: Fuzz = fuzz<Damage & { readonly look: number }>({
  name: 'database-looks',
  claim: 'the command line shows what a damaged database still tells, or one line that says what is wrong',
  share: 0.3,
  most: 2000,
  examples: OTHERS.flatMap((_, other) => LOOKS.map((_, look) => ({ changes: [], hits: [], heads: [], other, look }))),
  arbitrary: fc.tuple(damage, fc.nat({ max: LOOKS.length - 1 })).map(([each, look]) => ({ ...each, look })),
  open() {
    const { path, remove } = temporaryFolder();
    const { bytes } = template();
    const file = join(path, 'tmuxlet.db');
    return {
      check: async ({ look, ...each }) => {
        writeFileSync(file, damagedFile(bytes, each));
        const { code, err } = await cli([...(LOOKS[look] ?? ['get']), '--state-dir', path], { cwd: path });
        if (code !== 0) demandClear(err);
        for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      },
      close: remove,
    };
  },
});
