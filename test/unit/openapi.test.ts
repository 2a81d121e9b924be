import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OPENAPI_FILE, openapiText } from '../../scripts/generate-openapi.ts';

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

test.run();
