import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isManifestName } from '../../src/adapters/manifests/file-names.ts';
import { parseManifests } from '../../src/adapters/manifests/parse.ts';

const test = suite('the examples');
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const folder = join(root, 'examples');
const parsed = readdirSync(folder)
  .filter(isManifestName)
  .map((name) => parseManifests(readFileSync(join(folder, name), 'utf8'), join(folder, name)));
const projects = parsed.flatMap((file) => file.projects);

test('every example is in order', () => {
  assert.equal(
    parsed.flatMap(({ errors }) => errors),
    [],
  );
  assert.equal(projects.map(({ metadata }) => metadata.name).sort(), [
    'build',
    'chain-collect',
    'chain-count',
    'chain-report',
    'flaky',
    'team',
  ]);
});

test('every example works in this repository, wherever it was cloned to', () => {
  for (const { spec } of projects) assert.ok([root, folder].includes(spec.path), spec.path);
});

test('every program an example runs is there and can be run', () => {
  const commands = projects.flatMap(({ spec }) =>
    spec.session.windows.flatMap(({ command, resumeCommand }) => [command, resumeCommand ?? '']),
  );
  const programs = commands.flatMap((command) => /^examples\/bin\/\w+/.exec(String(command)) ?? []);
  assert.is(programs.length, 8);
  for (const program of programs) accessSync(join(root, program), constants.X_OK);
});

test('every dependency of an example is another example', () => {
  const names = projects.map(({ metadata }) => metadata.name);
  for (const { spec } of projects) assert.ok(spec.dependsOn.every(({ project }) => names.includes(project)));
});

test.run();
