import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { CONFIGURATION_FILE, withTables } from '../../scripts/generate-configuration-doc.ts';
import { Settings } from '../../src/config/settings.ts';

const test = suite('docs/configuration.md');
const text = readFileSync(CONFIGURATION_FILE, 'utf8');

test('the tables are what the code has; `npm run configuration-doc` writes them', async () => {
  assert.fixture(await withTables(text), text);
});

test('every variable that the code knows is explained', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(src, file), 'utf8'));
  const names = sources.flatMap((source) => [
    ...[...source.matchAll(/\benv\['([A-Z_]+)'\]/g)].map(([, name = '']) => name),
    ...[...source.matchAll(/\b(TMUXLET_[A-Z_]*[A-Z])\b/g)].map(([, name = '']) => name),
  ]);
  assert.ok(names.length > 10);
  assert.equal(
    [...new Set(names)].filter((name) => !text.includes(`\`${name}\``)),
    [],
  );
});

test('the config file that it shows is in order', () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
  const { success, error } = Settings.safeParse(parse(example));
  assert.ok(success, error?.message);
});

test.run();
