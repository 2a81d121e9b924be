import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import DatabaseFile from 'better-sqlite3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../src/api/errors.ts';
import { connect } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';
import { copyStore, openStore, readStore } from '../../src/store/store.ts';
import { addProject, manifestOf, tamper } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite<{ folder: string; path: string; remove: () => void }>('the database file');

test.before.each((context) => {
  const { path: folder, remove } = temporaryFolder();
  Object.assign(context, { folder, remove, path: join(folder, 'state', 'tmuxlet.db') });
});
test.after.each(({ remove }) => remove());

const now = (): number => 1000;
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** The message for people that opening fails with. */
const refusal = (open: () => unknown): string => {
  try {
    open();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('it was opened');
};

/** A database with one Project in it, its controller gone. */
const makeDatabase = (path: string): void => {
  const store = openStore(path, { now });
  addProject(store, manifestOf('web'));
  store.close();
};

test('folder and files are for their owner alone', ({ path, folder }) => {
  const store = openStore(path, { now });
  addProject(store, manifestOf('web'));
  assert.equal([join(folder, 'state'), path, `${path}-wal`, `${path}-shm`].map(modeOf), ['700', '600', '600', '600']);
  store.close();
});

test('a folder that was open to others is closed to them, one that is shared on purpose is left alone', ({
  folder,
}) => {
  const [open, shared] = [join(folder, 'open'), join(folder, 'shared')];
  mkdirSync(open);
  chmodSync(open, 0o755);
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  for (const each of [open, shared]) openStore(join(each, 'tmuxlet.db'), { now }).close();
  assert.equal([modeOf(open), modeOf(shared)], ['700', '777']);
});

test('what one controller wrote the next one reads', ({ path }) => {
  makeDatabase(path);
  const store = openStore(path, { now });
  assert.is(store.projects()[0]?.name, 'web');
  store.close();
});

test('the write-ahead log is moved into the database when the controller asks for it', ({ path }) => {
  const store = openStore(path, { now });
  const size = statSync(path).size;
  for (let number = 0; number < 50; number += 1) addProject(store, manifestOf(`p-${number}`));
  assert.is(statSync(path).size, size, 'no commit pays for it');
  store.checkpoint();
  assert.ok(statSync(path).size > size);
  store.close();
});

test('a reader sees what a controller writes meanwhile, and cannot write', ({ path }) => {
  const store = openStore(path, { now });
  const reader = readStore(path);
  const before = reader.version();
  const uid = addProject(store, manifestOf('web'));
  assert.is(reader.project(uid)?.name, 'web');
  assert.is.not(reader.version(), before);
  assert.not('transaction' in reader);
  reader.close();
  store.close();
});

test('reading changes nothing, not a byte (failure 47)', ({ path }) => {
  const store = openStore(path, { now });
  const uid = addProject(store, manifestOf('web'));
  const files = [path, `${path}-wal`];
  const before = files.map((file) => readFileSync(file));
  const version = store.version();
  const reader = readStore(path);
  reader.projects();
  reader.quarantined();
  reader.queueEntries('default');
  reader.attempts(uid);
  reader.events();
  reader.pendingCommand('web');
  reader.manifests();
  reader.close();
  copyStore(path).close();
  assert.is(store.version(), version);
  for (const [index, file] of files.entries()) assert.ok(readFileSync(file).equals(before[index] ?? Buffer.of()));
  store.close();
});

test('a copy has all the database has, and what it is told stays in it (I13)', ({ path }) => {
  const store = openStore(path, { now });
  addProject(store, manifestOf('web'));
  const copy = copyStore(path);
  addProject(copy, manifestOf('dry'));
  assert.equal([copy.projects().length, store.projects().length], [2, 1]);
  addProject(store, manifestOf('real'));
  assert.is(store.projects().length, 2, 'the copy fences nobody');
  copy.close();
  store.close();
});

test('a missing database is told from an empty one', ({ path }) => {
  for (const open of [() => readStore(path), () => copyStore(path)]) {
    assert.match(refusal(open), `there is no database at ${path}: no controller has run`);
  }
  assert.not(existsSync(path));
});

test('a file that is no database is refused in one line that says what to do', ({ path, folder }) => {
  mkdirSync(join(folder, 'state'));
  writeFileSync(path, 'this is no database, and long enough to be seen as none'.repeat(100));
  for (const open of [() => openStore(path, { now }), () => readStore(path), () => copyStore(path)]) {
    assert.match(refusal(open), /^cannot open the database .*not a database.*move it away/);
  }
});

test('a database of a newer tmuxlet is refused; without a copy it is to be moved away (failure 32)', ({ path }) => {
  makeDatabase(path);
  tamper(path, "INSERT INTO migrations VALUES (99, 'from the future', 'x', 1)");
  for (const open of [() => openStore(path, { now }), () => readStore(path), () => copyStore(path)]) {
    assert.match(
      refusal(open),
      /tmuxlet.db has schema 99, and this tmuxlet knows schemas up to \d+: .* no copy .* move the database away/,
    );
  }
});

test('the way back from a newer schema is named, and can be gone as it is told (failure 32)', ({ path }) => {
  makeDatabase(path);
  const known = MIGRATIONS.length;
  const added = { id: known + 1, name: 'newer', sql: 'CREATE TABLE newer (id INTEGER PRIMARY KEY) STRICT' };
  const newer = connect(path);
  migrate(newer, 5, [...MIGRATIONS, added]);
  // It ended hard, and left a log that belongs to the newer database.
  newer.exec("UPDATE projects SET name = 'changed-later'");
  cpSync(`${path}-wal`, `${path}-wal.kept`);
  newer.close();
  renameSync(`${path}-wal.kept`, `${path}-wal`);
  const told = refusal(() => openStore(path, { now }));
  const command = /with no controller running: (rm .* && cp .*tmuxlet\.db)\. /.exec(told)?.[1];
  assert.ok(command?.includes(`cp ${path}.schema-${known} ${path}`), told);
  execFileSync('/bin/sh', ['-c', command ?? '']);
  const store = openStore(path, { now });
  assert.is(store.projects()[0]?.name, 'web');
  store.close();
});

test('a database with another history of migrations is refused (failure 32)', ({ path }) => {
  makeDatabase(path);
  tamper(path, "UPDATE migrations SET checksum = 'edited'");
  assert.match(
    refusal(() => openStore(path, { now })),
    /was made with another migration 1 .* to go back, move the database away/,
  );
});

test('a schema that was changed by hand is found at start, by name (failure 32)', ({ path }) => {
  makeDatabase(path);
  tamper(path, 'ALTER TABLE projects ADD COLUMN tmux_session TEXT; CREATE INDEX mine ON events (reason)');
  for (const open of [() => openStore(path, { now }), () => copyStore(path)]) {
    assert.match(refusal(open), /tmuxlet.db differs from its schema in index mine, table projects/);
  }
});

test('a new migration keeps the data, and a copy of the database before it', ({ path }) => {
  makeDatabase(path);
  const added = { id: MIGRATIONS.length + 1, name: 'more', sql: 'CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT' };
  const db = new DatabaseFile(path);
  migrate(db, 5, [...MIGRATIONS, added]);
  migrate(db, 6, [...MIGRATIONS, added]);
  assert.equal(db.prepare('SELECT id, name, applied_at AS at FROM migrations ORDER BY id').all(), [
    ...MIGRATIONS.map(({ id, name }) => ({ id, name, at: 1000 })),
    { id: added.id, name: 'more', at: 5 },
  ]);
  assert.is(db.prepare('SELECT count(*) FROM projects').pluck().get(), 1);
  db.close();
  const aside = `${path}.schema-${MIGRATIONS.length}`;
  assert.is(modeOf(aside), '600');
  assert.is(readStore(aside).projects()[0]?.name, 'web');
});

test('a migration that fails leaves the database as it was', ({ path }) => {
  makeDatabase(path);
  const db = new DatabaseFile(path);
  const broken = {
    id: MIGRATIONS.length + 1,
    name: 'broken',
    sql: 'CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER)',
  };
  assert.throws(() => migrate(db, 5, [...MIGRATIONS, broken]), /half already exists/);
  db.close();
  assert.is(readStore(path).projects().length, 1);
});

test('a reader refuses a database that no controller has brought up to date', ({ path, folder }) => {
  mkdirSync(join(folder, 'state'));
  tamper(path, 'CREATE TABLE x (y)');
  assert.match(
    refusal(() => readStore(path)),
    /made by an older tmuxlet: start the controller once/,
  );
});

/** The first page of a table says nothing any more that SQLite understands. */
const damage = (path: string, table: string): void => {
  const db = new DatabaseFile(path);
  db.pragma('journal_mode = DELETE');
  const root =
    db.prepare<[string], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) ?? 1;
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const bytes = readFileSync(path);
  bytes[(root - 1) * size] = 1;
  writeFileSync(path, bytes);
};

test('a controller does not begin on a database that is damaged anywhere, and says so of the file', ({ path }) => {
  makeDatabase(path);
  damage(path, 'events');
  assert.match(
    refusal(() => openStore(path, { now })),
    new RegExp(`^the database ${path} is damaged: .*Move it away`),
  );
});

test('who reads a database tells damage in words for people, and what is whole can be read', ({ path }) => {
  makeDatabase(path);
  damage(path, 'events');
  const reader = readStore(path);
  assert.is(reader.projects().length, 1);
  assert.match(
    refusal(() => reader.events()),
    new RegExp(`^the database ${path} is damaged`),
  );
  reader.close();
});

test.run();
