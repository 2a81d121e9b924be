import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { json, text } from 'node:stream/consumers';
import { messageOf, UserError } from '../api/errors.ts';
import { type Client, ConnectionLost } from './client.ts';
import type { WatchEvent } from './sse.ts';
import type { Status } from './status.ts';
import { type EventFilter, NotFound } from './views/views.ts';

const DEADLINE_MS = 30_000;

/** Where a controller answers: a unix socket, or an address with the token to show there. */
export type Target = { readonly socketPath: string } | { readonly url: string; readonly token: string | null };

/** The client of a running controller. */
export const createHttpClient = (target: Target): Client => {
  const { request, where, shown } = wayTo(target);
  const send = async (method: string, path: string, signal: AbortSignal): Promise<IncomingMessage> => {
    const headers = { ...shown, ...(method !== 'GET' && { 'Content-Type': 'application/json' }) };
    const outgoing = request({ ...where, method, path, headers, signal, agent: false });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    if ((response.statusCode ?? 500) < 400) return response;
    const { message, code } = (await json(response)) as Status;
    throw code === 404 ? new NotFound(message) : new UserError(message);
  };

  const call = async <T>(method: string, path: string): Promise<T> => {
    try {
      // The server is of this very version and answers with the type its route names.
      return (await json(await send(method, path, AbortSignal.timeout(DEADLINE_MS)))) as T;
    } catch (error) {
      throw error instanceof UserError ? error : new UserError(`the controller did not answer: ${messageOf(error)}`);
    }
  };
  const get = <T>(path: string) => call<T>('GET', path);

  const watch = async function* <T>(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    try {
      const response = await send('GET', path, signal);
      for await (const line of createInterface({ input: response })) {
        if (!line.startsWith('data: ')) continue;
        const event = JSON.parse(line.slice('data: '.length)) as WatchEvent<T>;
        yield event.type === 'BOOKMARK' ? { type: event.type, object: null } : event;
      }
    } catch (error) {
      if (error instanceof UserError) throw error;
      // What went wrong is that the connection ended; which side ended it is said below.
    }
    if (!signal.aborted) throw new ConnectionLost('the controller has closed the connection');
  };

  return {
    live: true,
    controller: () => get('/version'),
    projects: (selector) => get(`/api/v1/projects${queryOf({ labelSelector: selector })}`),
    project: (name) => get(projectPath(name)),
    describe: (name) => get(`${projectPath(name)}/description`),
    sessions: () => get('/api/v1/sessions'),
    manifests: () => get('/api/v1/manifests'),
    events: (filter = {}) => get(`/api/v1/events${queryOf(eventQuery(filter))}`),
    queues: () => get('/api/v1/queues'),
    top: () => get('/top'),
    metrics: async () => text(await send('GET', '/metrics', AbortSignal.timeout(DEADLINE_MS))),
    locks: () => get('/api/v1/locks'),
    notifications: () => get('/api/v1/notifications'),
    testAlerts: () => call('POST', '/api/v1/alerts/test'),
    plan: () => call('POST', '/api/v1/plan'),
    sync: (dryRun) => call('POST', `/api/v1/sync${queryOf({ dryRun: dryRun ? '1' : undefined })}`),
    watchProjects: (selector, signal) =>
      watch(`/api/v1/projects${queryOf({ watch: '1', labelSelector: selector })}`, signal),
    watchEvents: (filter, signal) => watch(`/api/v1/events${queryOf({ watch: '1', ...eventQuery(filter) })}`, signal),
    request: (verb, project) => call('POST', project === '' ? `/api/v1/${verb}` : `${projectPath(project)}/${verb}`),
    setSuspend: async (name, suspend) => {
      const { message } = await call<Status>('POST', `${projectPath(name)}/${suspend ? 'suspend' : 'unsuspend'}`);
      return message;
    },
    delete: async (name, force) => {
      await call('DELETE', `${projectPath(name)}${queryOf({ force: force ? '1' : undefined })}`);
    },
    close: () => {},
  };
};

const projectPath = (name: string): string => `/api/v1/projects/${encodeURIComponent(name)}`;

interface Way {
  readonly request: typeof httpRequest;
  readonly where: RequestOptions;
  /** What every request shows. */
  readonly shown: Readonly<Record<string, string>>;
}

const wayTo = (target: Target): Way => {
  if ('socketPath' in target) return { request: httpRequest, where: target, shown: {} };
  const { protocol, hostname, port } = new URL(target.url);
  return {
    request: protocol === 'https:' ? httpsRequest : httpRequest,
    // node wants an IPv6 address without its brackets.
    where: { host: hostname.replace(/^\[|\]$/g, ''), ...(port !== '' && { port }) },
    shown: target.token === null ? {} : { Authorization: `Bearer ${target.token}` },
  };
};

const eventQuery = ({ object, afterId, limit }: EventFilter) => ({
  object,
  after: afterId?.toString(),
  limit: limit?.toString(),
});

const queryOf = (values: Readonly<Record<string, string | undefined>>): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query.toString()}`;
};
