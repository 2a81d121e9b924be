import { type Request, type Response, Router } from 'express';
import type { Event } from '../api/event.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { ProjectObject } from '../api/project.ts';
import type { Control } from './control.ts';
import { createFeed, type Feed } from './feed.ts';
import { openStream } from './sse.ts';
import { Refused } from './status.ts';
import { listOf } from './views/list.ts';
import { parseSelector } from './views/selector.ts';
import { sessionViews } from './views/session.ts';
import { type EventFilter, NotFound, type Views } from './views/views.ts';

export interface ApiOptions {
  readonly reader: StoreReader;
  readonly views: Views;
  readonly control: Control;
  /** Aborted when the server closes: streams end. */
  readonly closing: AbortSignal;
}

/** Who watches events is told of the newest so many, and of all that come. */
const WATCHED_EVENTS = 1000;

/** Everything under `/api/v1` that only reads. */
export const readRoutes = ({ reader, views, control, closing }: ApiOptions): Router => {
  const feedOf = <T>(list: () => readonly T[], keyOf: (item: T) => string): Feed<T> =>
    createFeed({ list, keyOf, version: () => reader.version(), onTrace: (listener) => control.onTrace(listener) });
  const projects = feedOf(
    () => views.projects().items,
    ({ metadata }) => metadata.uid,
  );
  const events = feedOf(
    () => views.events({ limit: WATCHED_EVENTS }).items,
    ({ id }) => String(id),
  );

  return Router()
    .get('/projects', (request, response) => {
      const selector = textOf(request, 'labelSelector');
      if (textOf(request, 'watch') !== undefined) watchProjects(response, selector);
      else response.json(views.projects(selector));
    })
    .get('/projects/:name', (request, response) => {
      response.json(views.project(request.params.name));
    })
    .get('/projects/:name/description', (request, response) => {
      response.json(views.describe(request.params.name));
    })
    .get('/sessions', async (_request, response) => {
      const { sessions, warnings } = sessionViews(await control.listings(), reader, control.ownerId);
      response.json(listOf('Session', reader.version(), sessions, warnings));
    })
    .get('/manifests', (_request, response) => {
      response.json(views.manifests());
    })
    .get('/queues', (_request, response) => {
      response.json(views.queues());
    })
    .get('/notifications', (_request, response) => {
      response.json(views.notifications());
    })
    .get('/locks', (_request, response) => {
      response.json(listOf('Lock', reader.version(), control.locks()));
    })
    .get('/sync', async (_request, response) => {
      response.json(control.stateReport() ?? (await control.synchronize(true)));
    })
    .get('/events', (request, response) => {
      const filter = eventFilter(request);
      if (textOf(request, 'watch') !== undefined) watchEvents(response, filter);
      else response.json(views.events(filter));
    })
    .get('/commands/:id', (request, response) => {
      const command = reader.command(request.params.id);
      if (command === null) throw new NotFound(`command "${request.params.id}" not found`);
      response.json(command);
    });

  function watchProjects(response: Response, selector: string | undefined): void {
    const selected = selector === undefined ? () => true : parseSelector(selector);
    const stream = openStream<ProjectObject>(response, closing);
    const sent = new Set<string>();
    const stop = projects.watch(({ type, object }) => {
      if (object === null) {
        stream.send({ type, object });
        return;
      }
      const { uid, labels } = object.metadata;
      const before = sent.has(uid);
      // A Project that loses the label leaves the watched list.
      const now = type !== 'DELETED' && selected(labels ?? {});
      if (now) sent.add(uid);
      else sent.delete(uid);
      if (now) stream.send({ type: before ? 'MODIFIED' : 'ADDED', object });
      else if (before) stream.send({ type: 'DELETED', object });
    });
    stream.onEnd(stop);
  }

  function watchEvents(response: Response, { object: about, afterId = 0 }: EventFilter): void {
    const stream = openStream<Event>(response, closing);
    const stop = events.watch(({ type, object }) => {
      const wanted = object === null || (object.id > afterId && (about === undefined || object.object === about));
      // Old events fall off the list; nothing was deleted that a reader must know of.
      if (wanted && type !== 'DELETED') stream.send({ type, object });
    });
    stream.onEnd(stop);
  }
};

const textOf = (request: Request, name: string): string | undefined => {
  const value = request.query[name];
  if (value !== undefined && typeof value !== 'string') throw new Refused(400, `${name}: give it once`);
  return value;
};

const numberOf = (request: Request, name: string): number | undefined => {
  const text = textOf(request, name);
  if (text !== undefined && !/^\d{1,15}$/.test(text)) throw new Refused(400, `${name}: must be a whole number`);
  return text === undefined ? undefined : Number(text);
};

const eventFilter = (request: Request): EventFilter => {
  const object = textOf(request, 'object');
  const afterId = numberOf(request, 'after');
  const limit = numberOf(request, 'limit');
  return {
    ...(object !== undefined && { object }),
    ...(afterId !== undefined && { afterId }),
    ...(limit !== undefined && { limit }),
  };
};
