import type { Request } from 'express';
import { z } from 'zod';
import { Refused } from './status.ts';

/** What may stand after the `?` of each path. What is not known is refused: a misspelt selector would select all. */

const text = z.string('give it once');
const flag = z
  .enum(['', '1', 'true', '0', 'false'], 'must be 1 or 0')
  .transform((word) => word !== '0' && word !== 'false');
const whole = text.regex(/^\d{1,15}$/, 'must be a whole number').transform(Number);

const watching = {
  watch: flag.meta({ description: 'Answer with server-sent events: what is there, and then every change.' }),
  resourceVersion: whole.meta({
    description: 'For a watch: go on after this version, of a list, an object or a BOOKMARK. 410 when it is too old.',
  }),
  allowWatchBookmarks: flag.meta({ description: 'For a watch: tell from time to time up to where all has been told.' }),
};

export const NoQuery = z.strictObject({});

export const ProjectsQuery = z
  .strictObject({
    labelSelector: text.meta({ description: 'key=value, key!=value, key or !key, joined by commas.' }),
    fieldSelector: text.meta({
      description: 'metadata.name, metadata.uid, spec.queue, spec.suspend, status.phase or status.reason, = or !=.',
    }),
    limit: whole.meta({ description: 'So many at most; metadata.continue then leads to the next.' }),
    continue: text.meta({ description: 'metadata.continue of the list before.' }),
    ...watching,
  })
  .partial();

export const EventsQuery = z
  .strictObject({
    object: text.meta({ description: 'What it is about: Project/web, Session/$4, Controller.' }),
    fieldSelector: text.meta({ description: 'object, type or reason, = or !=.' }),
    after: whole.meta({ description: 'Only events with a larger id.' }),
    limit: whole.meta({ description: 'The newest so many; with after, the next so many.' }),
    ...watching,
  })
  .partial();

export const DeletionQuery = z
  .strictObject({ force: flag.meta({ description: 'Forget the Project without killing anything.' }) })
  .partial();

export const SyncQuery = z
  .strictObject({ dryRun: flag.meta({ description: 'Only compare; nothing is mended.' }) })
  .partial();

/** @throws Refused (400) naming the parameter */
export const queryOf = <S extends z.ZodType>(request: Pick<Request, 'query'>, schema: S): z.output<S> =>
  parsed(schema, request.query, 'query');

/** @throws Refused (400) naming what is wrong, one line a problem */
export const parsed = <S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> => {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new Refused(
    400,
    error.issues.map(({ path, message }) => [[what, ...path].join('.'), message].join(': ')).join('\n'),
  );
};
