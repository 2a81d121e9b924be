import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrphanRow } from '../../src/api/orphan.ts';
import { openStore } from '../../src/store/store.ts';
import { tamper } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('what is remembered of orphans');
const { path: folder, remove } = temporaryFolder();
test.after(remove);

const file = join(folder, 'tmuxlet.db');
const now = { wallMs: 1000, monotonicMs: 10, bootId: 'boot' };
const orphan = (shard: number, sessionId: string, given: Partial<OrphanRow> = {}): OrphanRow => ({
  shard,
  sessionId,
  createdAt: 500,
  uid: 'uid',
  name: 'web',
  project: 'web',
  firstSeen: now,
  lastSeen: now,
  count: 1,
  verdict: 'OrphanSeenOnce',
  message: 'why',
  ...given,
});

test('outlives the controller, one record a session of a server', () => {
  const before = openStore(file, { now: () => 0 });
  before.transaction((writes) => {
    for (const row of [orphan(0, '$1'), orphan(1, '$1'), orphan(0, '$2')]) writes.putOrphan(row);
    writes.putOrphan(orphan(0, '$1', { count: 2, verdict: 'KillOrphan' }));
    writes.forgetOrphan(0, '$2');
    writes.forgetOrphan(0, '$77');
  });
  before.close();
  const after = openStore(file, { now: () => 0 });
  assert.equal(after.orphans(), [orphan(0, '$1', { count: 2, verdict: 'KillOrphan' }), orphan(1, '$1')]);
  assert.equal(after.orphan(1, '$1'), orphan(1, '$1'));
  assert.is(after.orphan(2, '$1'), null);
  after.close();
});

test('what cannot be read is none, so that a grace begins anew and nothing else is lost (failure 7)', () => {
  tamper(file, `UPDATE orphans SET verdict = 'Guilty' WHERE shard = 0`);
  const store = openStore(file, { now: () => 0 });
  assert.is(store.orphan(0, '$1'), null);
  assert.equal(store.orphans(), [orphan(1, '$1')]);
  store.close();
});

test.run();
