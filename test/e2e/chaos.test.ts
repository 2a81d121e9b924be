import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('chaos');
const chaos = fileURLToPath(new URL('../chaos', import.meta.url));
const product = fileURLToPath(new URL('../../src/', import.meta.url));

const run = async (...args: readonly string[]): Promise<{ code: number | null; out: string }> => {
  const child = spawn(process.execPath, [join(chaos, 'main.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  return { code, out };
};

/** The files of ours that a file imports. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)].map(([, from = '']) => join(file, '..', from));

test('nothing that judges the product, or breaks it, is made of the product', () => {
  const files = readdirSync(chaos, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const reached = new Set(files.map((file) => join(chaos, file)));
  assert.ok(reached.size > 20);
  for (const file of reached) {
    assert.not(file.startsWith(product), `${file} is of the product`);
    for (const imported of importsOf(file)) reached.add(imported);
  }
});

test('whatever is killed, stopped, torn, filled up or taken away: nothing is doubled, nobody is touched, all comes back (I1, I2, I12)', async () => {
  const { code, out } = await run('--seconds', '30', '--projects', '12', '--pause', '900', '--seed', '2026');
  assert.is(code, 0, out);
  assert.match(out, /^seed 2026: \d+ faults of \d+ kinds, \d+ repairs, .*, 0 violations$/m);
});

test('a flag that makes no sense ends it with 2', async () => {
  assert.is((await run('--minutes', 'many')).code, 2);
  assert.is((await run('--unknown')).code, 2);
});

test.run();
