import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStateFiles } from '../../src/adapters/state-files.ts';
import { recordState } from '../../src/controllers/executors/record-state.ts';
import { newMemory } from '../../src/api/memory.ts';
import type { StateFile } from '../../src/api/observation.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const directory = join(folder.path, 'state');
const archive = join(folder.path, 'archive');
const files = openStateFiles(directory, archive);
const fileOf = (name: string): string => join(directory, `${name}.json`);
const stateOf = (name: string): StateFile => ({
  uid: `uid-${name}`,
  name,
  attempt: 3,
  shard: 0,
  sessionName: name,
  memory: {
    ...newMemory,
    phase: 'BackingOff',
    failures: 2,
    notBefore: { since: { wallMs: 1, monotonicMs: 2, bootId: 'b' }, forMs: 3 },
  },
});
const reasonOf = async (name: string): Promise<string> => {
  const seen = await files.read(name);
  return seen.seen === 'Unknown' ? seen.reason : `not Unknown but ${seen.seen}`;
};

const test = suite('state files');

test.after(folder.remove);

test('what was written is read again', async () => {
  await files.write(stateOf('web'));
  assert.equal(await files.read('web'), { seen: 'Present', value: stateOf('web') });
  assert.is(statSync(fileOf('web')).mode & 0o777, 0o600);
});

test('a Project without a state file is proven to have none', async () => {
  assert.equal(await files.read('nobody'), { seen: 'Absent' });
});

test('a torn file is Unknown at whatever byte it ends, never Absent (failures 52, 72)', async () => {
  await files.write(stateOf('torn'));
  const whole = readFileSync(fileOf('torn'), 'utf8').trimEnd();
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(fileOf('torn'), whole.slice(0, length));
    assert.match(await reasonOf('torn'), 'is torn');
  }
});

test('a file that is no state file is Unknown, and the reason says where', async () => {
  writeFileSync(fileOf('odd'), JSON.stringify({ version: 1, ...stateOf('odd'), attempt: 'three' }));
  assert.match(await reasonOf('odd'), 'attempt');
  writeFileSync(fileOf('odd'), JSON.stringify({ version: 1, ...stateOf('odd'), memory: { phase: 'running' } }));
  assert.match(await reasonOf('odd'), 'memory');
  writeFileSync(fileOf('odd'), JSON.stringify({ ...stateOf('odd'), version: 2 }));
  assert.match(await reasonOf('odd'), 'version');
});

test('a copy of another Project’s file is not taken for one’s own', async () => {
  writeFileSync(fileOf('copy'), JSON.stringify({ version: 1, ...stateOf('original') }));
  assert.match(await reasonOf('copy'), 'another Project, "original"');
});

test('a file that cannot be read is Unknown', async () => {
  mkdirSync(fileOf('folder'));
  assert.match(await reasonOf('folder'), 'cannot be read');
});

test('while the whole directory is gone nothing is Absent', async () => {
  const elsewhere = join(folder.path, 'elsewhere');
  const others = openStateFiles(elsewhere, archive);
  rmSync(elsewhere, { recursive: true });
  assert.is((await others.read('web')).seen, 'Unknown');
});

test('many writes at once leave one whole file and no other', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, attempt) => files.write({ ...stateOf('busy'), attempt })));
  assert.is((await files.read('busy')).seen, 'Present');
  assert.equal(
    readdirSync(directory).filter((name) => name.startsWith('busy')),
    ['busy.json'],
  );
});

test('a write that fails is told, and leaves the old file', async () => {
  const blocked = join(folder.path, 'blocked');
  const others = openStateFiles(blocked, archive);
  await others.write(stateOf('web'));
  rmSync(blocked, { recursive: true });
  writeFileSync(blocked, 'a file in the place of the directory');
  await others.write(stateOf('web')).then(
    () => assert.unreachable('written nowhere'),
    (error: NodeJS.ErrnoException) => assert.is(error.code, 'ENOTDIR'),
  );
});

test('what is archived is moved, not deleted, and archiving twice is no error (failure 3)', async () => {
  await files.write(stateOf('old'));
  const text = readFileSync(fileOf('old'), 'utf8');
  await files.archive('old');
  await files.archive('old');
  assert.not(existsSync(fileOf('old')));
  const [archived = ''] = readdirSync(archive).filter((name) => name.startsWith('old.'));
  assert.is(readFileSync(join(archive, archived), 'utf8'), text);
});

test('no name leads out of the directory', async () => {
  for (const name of ['..', '../web', 'a/b', '', 'A']) {
    await files.read(name).then(
      () => assert.unreachable(`read "${name}"`),
      (error: Error) => assert.match(error.message, 'cannot be the name'),
    );
  }
});

test('what an earlier Project of that name left is archived before a new state is written (failure 3)', async () => {
  await files.write({ ...stateOf('again'), uid: 'uid-before' });
  const before = readdirSync(archive).length;
  await recordState({ stateFiles: files }, { state: stateOf('again') });
  await recordState({ stateFiles: files }, { state: { ...stateOf('again'), attempt: 4 } });
  assert.is(readdirSync(archive).length, before + 1, 'the one of another uid, and no other');
  assert.equal(await files.read('again'), { seen: 'Present', value: { ...stateOf('again'), attempt: 4 } });
});

test('all are listed, a torn one under its name, and nothing that is no state file', async () => {
  const own = temporaryFolder();
  const those = openStateFiles(join(own.path, 'state'), join(own.path, 'archive'));
  for (let index = 10; index < 80; index += 1) await those.write(stateOf(`p-${index}`));
  writeFileSync(join(own.path, 'state', 'p-10.json'), '{"version": 1, "ui');
  writeFileSync(join(own.path, 'state', 'p-11.json.4711'), 'half written');
  const listed = await those.list();
  assert.is(listed.seen, 'Present');
  const entries = listed.seen === 'Present' ? listed.value : [];
  assert.is(entries.length, 70);
  assert.is(entries[0]?.name, 'p-10');
  assert.is(entries[0]?.file.seen, 'Unknown');
  assert.equal(entries[1], { name: 'p-11', file: { seen: 'Present', value: stateOf('p-11') } });
  rmSync(join(own.path, 'state'), { recursive: true });
  assert.is((await those.list()).seen, 'Unknown', 'a directory that is gone is not empty');
  own.remove();
});

test.run();
