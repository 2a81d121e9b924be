import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
}
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

export const described = JSON.parse(
  readFileSync(new URL('../../schema/openapi.json', import.meta.url), 'utf8'),
) as Described;

/** `GET /api/v1/projects/{name}`, one for each operation. */
export const operations = (): readonly string[] =>
  Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(described, 'api');

const escaped = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

/** What is wrong with an answer to an operation, by its description; null for nothing. */
export const problemWith = (
  operation: string,
  code: number,
  body: unknown,
  type = 'application/json',
): string | null => {
  const [method = '', path = ''] = operation.split(' ');
  const response = described.paths[path]?.[method.toLowerCase()]?.responses[code];
  if (response === undefined) return `${operation} does not tell of ${code}`;
  const place =
    response.$ref ?? `#/${['paths', path, method.toLowerCase(), 'responses', String(code)].map(escaped).join('/')}`;
  const validate = ajv.getSchema(`api${place}/content/${escaped(type)}/schema`);
  if (validate === undefined) return `${operation} ${code} has no schema`;
  return validate(body) ? null : ajv.errorsText(validate.errors);
};
