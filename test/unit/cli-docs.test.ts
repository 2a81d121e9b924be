import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgram } from '../../src/cli/program.ts';
import { processIo } from '../../src/cli/io.ts';
import { SETTING_NAMES, variableOf } from '../../src/config/settings.ts';

const test = suite('docs/cli.md');
const text = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

const program = (): Promise<Command> => createProgram(processIo({}), [], () => {});

test('every verb and every flag is explained', async () => {
  const { options, commands } = await program();
  // `complete` is what completion scripts call, and nobody else.
  const verbs = commands.filter((command) => command.name() !== 'complete');
  assert.ok(verbs.length >= 18);
  const missing = [
    ...verbs.map((command) => `\`${command.name()}`).filter((verb) => !text.includes(verb)),
    ...[...options, ...verbs.flatMap((command) => command.options)]
      .map((option) => option.long ?? '')
      .filter((flag) => !text.includes(flag)),
  ];
  assert.equal(missing, []);
});

test('every setting is explained, with its variable', () => {
  for (const name of SETTING_NAMES) {
    assert.ok(text.includes(`\`${name}\``), name);
    assert.ok(text.includes(variableOf(name) ?? name), name);
  }
});

test.run();
