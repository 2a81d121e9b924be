import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import DatabaseFile from 'better-sqlite3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Fenced } from '../../src/api/ports/store.ts';
import { openStore, readStore } from '../../src/store/store.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite<{ path: string; remove: () => void }>('a store that is taken over');

test.before.each((context) => {
  const { path: folder, remove } = temporaryFolder();
  Object.assign(context, { path: join(folder, 'tmuxlet.db'), remove });
});
test.after.each(({ remove }) => remove());

const now = (): number => 1000;
const writer = fileURLToPath(new URL('../helpers/store-writer.ts', import.meta.url));

/** Starts a controller that writes without end, and kills it without warning once it has committed so many times. */
const killAfter = async (path: string, commits: number): Promise<number> => {
  const child: ChildProcess = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let committed = 0;
  if (child.stdout === null) throw new Error('the writer has no stdout');
  for await (const line of createInterface(child.stdout)) {
    committed = Number(line);
    if (committed === commits) child.kill('SIGKILL');
  }
  await exited;
  assert.is(child.signalCode, 'SIGKILL');
  return committed;
};

test('the second controller fences the first, which writes nothing more (failure 42)', ({ path }) => {
  const first = openStore(path, { now });
  const uid = addProject(first, manifestOf('web'));
  const second = openStore(path, { now });
  let reached = false;
  assert.throws(
    () =>
      first.transaction((writes) => {
        reached = true;
        writes.setAdmitted(uid, 5);
      }),
    (error: unknown) => error instanceof Fenced,
  );
  assert.not(reached, 'its work is not even begun');
  second.transaction((writes) => writes.setAdmitted(uid, 7));
  assert.is(first.project(uid)?.admittedAt, 7, 'it may still read');
  first.close();
  second.close();
});

test('every controller has a newer epoch, after a restart too (failure 42)', ({ path }) => {
  for (let start = 0; start < 3; start += 1) openStore(path, { now }).close();
  const db = new DatabaseFile(path, { readonly: true });
  assert.is(db.prepare('SELECT epoch FROM meta').pluck().get(), 3);
  db.close();
});

test('after kill -9 in the middle of writing, every commit that was told is there, and whole', async ({ path }) => {
  for (const commits of [1, 49, 120]) {
    const file = `${path}.${commits}`;
    const told = await killAfter(file, commits);

    const reader = readStore(file);
    assert.ok((reader.project('uid-web')?.memory.restarts ?? 0) >= told, 'a reader needs no controller to see them');
    reader.close();

    const store = openStore(file, { now });
    const { restarts } = store.project('uid-web')?.memory ?? { restarts: 0 };
    assert.ok(restarts >= told);
    assert.is(store.events().at(-1)?.message, String(restarts), 'row and event were one transaction');
    store.transaction((writes) => writes.setAdmitted('uid-web', 5));
    store.close();

    const db = new DatabaseFile(file);
    assert.is(db.pragma('integrity_check', { simple: true }), 'ok');
    db.close();
  }
});

test.run();
