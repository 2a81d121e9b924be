import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OPENAPI_FILE, openapiText } from '../../scripts/generate-openapi.ts';
import { apiRoutes } from '../../src/server/api.ts';
import type { Control } from '../../src/server/control.ts';
import { operations } from '../helpers/described.ts';

const test = suite('OpenAPI');
const written = readFileSync(OPENAPI_FILE, 'utf8');

test('the committed description is what the zod schemas generate (else: npm run openapi)', () => {
  assert.fixture(written, openapiText());
});

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(written);
  assert.ok(valid, JSON.stringify(errors));
  assert.is(validator.version, '3.1');
});

test('a description that is none is found out', async () => {
  const { valid } = await new Validator().validate(written.replace('"paths"', '"path"').replace('"info"', '"inform"'));
  assert.not(valid);
});

test('whatever can go wrong is described wherever it can', () => {
  const { paths } = JSON.parse(written) as { paths: Record<string, Record<string, { responses: object }>> };
  const described = Object.values(paths).flatMap((path) => Object.values(path));
  assert.ok(described.length >= 20);
  for (const { responses } of described) {
    for (const code of ['400', '401', '403', '406']) assert.ok(code in responses);
  }
});

test('every route of the API is described, and every described one is there', () => {
  const nothing = {} as never;
  const control = { onTrace: () => () => {} } as unknown as Control;
  const router = apiRoutes({ reader: nothing, views: nothing, control, closing: new AbortController().signal });
  const routes = router.stack.flatMap(({ route }) =>
    Object.keys((route as { methods?: object } | undefined)?.methods ?? {})
      .filter((method) => method !== '_all')
      .map((method) => `${method.toUpperCase()} /api/v1${route?.path.replaceAll(/:(\w+)/g, '{$1}')}`),
  );
  assert.equal(routes.sort(), [...operations()].sort());
});

test.run();
