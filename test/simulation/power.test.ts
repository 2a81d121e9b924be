import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import DatabaseFile from 'better-sqlite3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { afterPowerLoss } from './power.ts';

const test = suite('a database after a loss of power');

/** Rows that are left of ten that were committed one by one, with a checkpoint after `copied` of them. */
const left = (copied: number, share: number): number => {
  const folder = mkdtempSync(join(tmpdir(), 'tmuxlet-power-'));
  const file = join(folder, 'a.db');
  try {
    const db = new DatabaseFile(file);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE t (n INTEGER)');
    const insert = db.prepare('INSERT INTO t VALUES (?)');
    for (let n = 1; n <= 10; n += 1) {
      insert.run(n);
      if (n === copied) db.pragma('wal_checkpoint(PASSIVE)');
    }
    const putBack = afterPowerLoss(file, share);
    db.close();
    putBack();
    const again = new DatabaseFile(file);
    assert.is(again.pragma('integrity_check', { simple: true }), 'ok');
    const rows = again.prepare<[], number>('SELECT n FROM t ORDER BY n').pluck().all();
    again.close();
    assert.equal(
      rows,
      rows.map((_, index) => index + 1),
    );
    return rows.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test('has its first commits, and all that were there at the last checkpoint', () => {
  assert.is(left(4, 1), 10);
  assert.is(left(4, 0), 4);
  assert.is(left(4, 0.5), 7);
  assert.is(left(10, 0), 10);
});

test.run();
