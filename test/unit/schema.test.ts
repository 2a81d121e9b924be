import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEMA_FILE, schemaText } from '../../scripts/generate-schema.ts';

interface JsonSchema {
  readonly $schema: string;
  readonly $id: string;
  readonly oneOf: readonly unknown[];
  readonly definitions: { readonly Project: ProjectSchema };
}
interface ProjectSchema {
  readonly required: readonly string[];
  readonly properties: { readonly spec: SpecSchema };
  readonly additionalProperties: boolean;
}
interface SpecSchema {
  readonly required: readonly string[];
  readonly properties: { readonly restartPolicy: unknown };
}

const test = suite('JSON schema');
const written = readFileSync(SCHEMA_FILE, 'utf8');
const schema = JSON.parse(written) as JsonSchema;

test('the committed schema is what the zod schema generates (else: npm run schema)', () => {
  assert.fixture(written, schemaText());
});

test('it is draft-7 with an address of its own, and knows a Project and a List of them', () => {
  assert.is(schema.$schema, 'http://json-schema.org/draft-07/schema#');
  assert.is(schema.$id, 'https://tmuxlet.dev/v1/project.schema.json');
  assert.equal(schema.oneOf[0], { $ref: '#/definitions/Project' });
  assert.is(schema.oneOf.length, 2);
});

test('it asks only for what a person must write, and shows the defaults of the rest', () => {
  const project = schema.definitions.Project;
  assert.equal(project.required, ['apiVersion', 'kind', 'metadata', 'spec']);
  assert.equal(project.properties.spec.required, ['path', 'session']);
  assert.equal(project.properties.spec.properties.restartPolicy, {
    default: 'OnFailure',
    type: 'string',
    enum: ['Always', 'OnFailure', 'Never'],
  });
  assert.is(project.additionalProperties, false);
});

test.run();
