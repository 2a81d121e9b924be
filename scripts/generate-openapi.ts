/** Writes schema/openapi.json, which describes the API and is served by it (`npm run openapi`). */
import { writeFileSync } from 'node:fs';
import { OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { apiPaths } from './openapi/paths.ts';

export const OPENAPI_FILE = new URL('../schema/openapi.json', import.meta.url);

/** The text of the file, as schemas and paths now have it. */
export const openapiText = (): string => {
  const document = new OpenApiGeneratorV31(apiPaths().definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'tmuxlet',
      version: 'v1',
      description:
        'Projects and what became of them. Over the unix socket tmuxlet.sock in the state directory everything, over TCP what reads; with a token the rest.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:9469' }],
  });
  return `${JSON.stringify(document, withBarePattern, 2)}\n`;
};

/** The library leaves the flag of a pattern standing at its end; JSON Schema means `u` anyway. */
const withBarePattern = (key: string, value: unknown): unknown =>
  key === 'pattern' && typeof value === 'string' ? value.replace(/\/u$/, '') : value;

if (import.meta.main) writeFileSync(OPENAPI_FILE, openapiText());
