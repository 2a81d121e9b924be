import { stringify } from 'yaml';

export const FORMATS = ['wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof FORMATS)[number];

/** An object as JSON or YAML, as kubectl prints it. */
export const objectText = (object: unknown, format: 'json' | 'yaml'): string =>
  format === 'json' ? JSON.stringify(object, null, 2) : stringify(object, { lineWidth: 0 }).trimEnd();
