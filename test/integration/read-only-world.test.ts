import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openWorld } from '../../src/composition/world.ts';
import { loadConfig } from '../../src/config.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('the world of a dry run');

test('whatever is missing in a state directory is not made, nor what the manifests are on (I13)', async () => {
  const { path: folder, remove } = temporaryFolder();
  const stateDir = join(folder, 's');
  const manifests = join(folder, 'm');
  for (const directory of [stateDir, manifests]) mkdirSync(directory, { mode: 0o700 });
  const manifest = { apiVersion: 'tmuxlet.dev/v1', kind: 'Project', metadata: { name: 'web' } };
  const spec = { path: folder, session: { windows: [{ name: 'main', command: 'true' }] } };
  writeFileSync(join(manifests, 'web.json'), JSON.stringify({ ...manifest, spec }));
  const env = { PATH: '/usr/bin:/bin', HOME: folder };
  const config = loadConfig({ stateDir, manifests }, env, folder);
  const world = await openWorld({ config, env, clock: systemClock(), mode: 'ReadOnly', note: () => {} });
  try {
    assert.is((await world.source.list()).seen, 'Present');
    assert.is((await world.stateFiles.list()).seen, 'Present');
    await world.tmux.observe(0);
    const made = readdirSync(stateDir, { recursive: true, withFileTypes: true });
    assert.equal(
      made.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
      [],
    );
  } finally {
    await world.close();
    remove();
  }
});

test.run();
