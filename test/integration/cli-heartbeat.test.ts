import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('tmuxlet heartbeat');

const folder = temporaryFolder();
test.after(() => folder.remove());

const beat = (file: string | undefined, ...args: string[]) =>
  cli(['heartbeat', ...args], {
    cwd: folder.path,
    env: { TMUXLET_STATE_DIR: folder.path, ...(file !== undefined && { TMUXLET_HEARTBEAT_FILE: file }) },
  });

test('each call is the next beat, without a controller; progress stays until there is news of it', async () => {
  const file = join(folder.path, 'heartbeat');
  assert.is((await beat(file, '--progress', '3 of 7')).code, 0);
  const { code, out, err } = await beat(file);
  assert.equal([code, out, err], [0, '', '']);
  const { sequence, progress, time } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  assert.equal([sequence, progress], [2, '3 of 7']);
  assert.ok(Number.isFinite(Date.parse(String(time))));
});

test('outside a window of tmuxlet it says so and ends with 2', async () => {
  for (const file of [undefined, '', 'relative']) {
    const { code, err } = await beat(file);
    assert.is(code, 2);
    assert.match(err, 'TMUXLET_HEARTBEAT_FILE is not set');
  }
});

test('a beat for a run that is forgotten is refused in one line', async () => {
  const { code, err } = await beat(join(folder.path, 'gone', 'heartbeat'));
  assert.is(code, 1);
  assert.match(err, /^error: the run of this window is forgotten: .*\n$/);
});

test.run();
