/** Every path of the API: what it takes, and what it answers. */
import { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { ChangeOptions } from '../../src/server/precondition.ts';
import { DeletionQuery, EventsQuery, ProjectsQuery, SyncQuery } from '../../src/server/query.ts';
import * as objects from './objects.ts';

const JSON_TYPE = 'application/json';

/** What went wrong, by the code that says so. */
const FAILURES = {
  400: 'what was sent cannot be understood; the message says where',
  401: 'the token is missing or wrong',
  403: 'not over this address, or not from that page',
  404: 'there is no such object',
  406: 'Accept does not take what this is',
  409: 'the Project has changed since it was looked at',
  410: 'changes since that resourceVersion are not known any more: list again',
  413: 'the body is too long',
  415: 'Content-Type is not application/json',
  429: 'too many wrong tokens; Retry-After says when to try again',
} as const;
type Failure = keyof typeof FAILURES;

const READING = [400, 401, 403, 406] as const;
const CHANGING = [400, 401, 403, 406, 413, 415, 429] as const;

const name = { params: z.object({ name: z.string().describe('metadata.name') }) };
const lastEventId = z.object({
  'Last-Event-ID': z.string().optional().describe('As resourceVersion, sent by browsers that come back.'),
});
const ifMatch = z.object({
  'If-Match': z.string().optional().describe('The resourceVersion that the Project must still have.'),
});

const json = (description: string, schema: z.ZodType) => ({ description, content: { [JSON_TYPE]: { schema } } });

export const apiPaths = (): OpenAPIRegistry => {
  const registry = new OpenAPIRegistry();
  const status = { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Status' } } };
  const refs = Object.fromEntries(
    Object.entries(FAILURES).map(([code, description]) => [
      code,
      registry.registerComponent('responses', `Failure${code}`, { description, content: status }).ref,
    ]),
  );
  const failures = (codes: readonly Failure[]) => Object.fromEntries(codes.map((code) => [code, refs[code]]));
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'Over TCP; over the unix socket nothing is asked for.',
  });

  const read = (path: string, summary: string, schema: z.ZodType, more: readonly Failure[] = []): void =>
    registry.registerPath({
      method: 'get',
      path: `/api/v1${path}`,
      summary,
      ...(path.includes('{name}') && { request: name }),
      ...(path.includes('{id}') && { request: { params: z.object({ id: z.string() }) } }),
      responses: { 200: json(summary, schema), ...failures([...READING, ...more]) },
    });

  const list = (path: string, kind: string, item: z.ZodType): void =>
    read(path, `Lists every ${kind}.`, objects.listOf(kind, item));

  const watched = (path: string, kind: string, item: z.ZodType, query: z.ZodObject): void =>
    registry.registerPath({
      method: 'get',
      path: `/api/v1${path}`,
      summary: `Lists every ${kind}, or watches them.`,
      request: { query, headers: lastEventId },
      responses: {
        200: {
          description: 'The list; with watch=1 server-sent events, whose data are as described.',
          content: {
            [JSON_TYPE]: { schema: objects.listOf(kind, item) },
            'text/event-stream': { schema: objects.watchOf(kind, item) },
          },
        },
        ...failures([...READING, 410]),
      },
    });

  interface Change {
    readonly method?: 'post' | 'delete';
    readonly code?: number;
    readonly query?: z.ZodObject;
  }
  const change = (path: string, summary: string, schema: z.ZodType, options: Change = {}): void => {
    const ofProject = path.includes('{name}');
    registry.registerPath({
      method: options.method ?? 'post',
      path: `/api/v1${path}`,
      summary,
      security: [{ token: [] }],
      request: {
        ...(ofProject && { ...name, headers: ifMatch }),
        ...(options.query && { query: options.query }),
        body: { required: false, content: { [JSON_TYPE]: { schema: ofProject ? ChangeOptions : z.strictObject({}) } } },
      },
      responses: {
        [options.code ?? 200]: json(summary, schema),
        ...failures(ofProject ? [...CHANGING, 404, 409] : CHANGING),
      },
    });
  };

  watched('/projects', 'Project', objects.Project, ProjectsQuery);
  read('/projects/{name}', 'One Project.', objects.Project, [404]);
  read('/projects/{name}/description', "A Project's whole story.", objects.DescriptionObject, [404]);
  watched('/events', 'Event', objects.EventObject, EventsQuery);
  list('/sessions', 'Session', objects.Session);
  list('/manifests', 'Manifest', objects.Manifest);
  list('/queues', 'Queue', objects.Queue);
  list('/notifications', 'Notification', objects.Notification);
  list('/locks', 'Lock', objects.Lock);
  read('/sync', 'What the last comparison of all records found.', objects.StateReport);
  read('/commands/{id}', 'How a restart or reset stands.', objects.CommandObject, [404]);
  read('/openapi.json', 'This document.', z.looseObject({ openapi: z.string() }));

  change('/projects/{name}/restart', 'Stops the session and starts it again.', objects.CommandObject, { code: 202 });
  change('/projects/{name}/reset', 'The same, as if the Project were new.', objects.CommandObject, { code: 202 });
  change('/projects/{name}/suspend', 'Sets spec.suspend in the manifest.', objects.StatusObject);
  change('/projects/{name}/unsuspend', 'Clears spec.suspend in the manifest.', objects.StatusObject);
  change('/projects/{name}', 'Stops the session and forgets the Project.', objects.StatusObject, {
    method: 'delete',
    code: 202,
    query: DeletionQuery,
  });
  change('/confirm-deletions', 'So many manifests were taken away on purpose.', objects.CommandObject, { code: 202 });
  change('/alerts/test', 'Sends a test message through every channel.', z.array(objects.AlertTest));
  change('/sync', 'Compares all records now.', objects.StateReport, { query: SyncQuery });
  change('/plan', 'What the next passes would do; nothing is done.', z.array(objects.Plan));
  return registry;
};
