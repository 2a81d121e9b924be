import type { Request, Response } from 'express';
import type { StoreReader } from '../api/ports/store.ts';
import type { Control } from './control.ts';
import { createFeed } from './feed.ts';
import { EventsQuery, ProjectsQuery, queryOf } from './query.ts';
import { listOf } from './views/list.ts';
import { sessionViews } from './views/session.ts';
import { NotFound, type Views } from './views/views.ts';
import { watchEvents, watchProjects } from './watch.ts';

export interface ReadOptions {
  readonly reader: StoreReader;
  readonly views: Views;
  readonly control: Control;
  /** Aborted when the server closes: streams end. */
  readonly closing: AbortSignal;
  /** For streams; default: 15 s. */
  readonly keepAliveMs?: number;
}

type Named = Request<{ name: string }>;

/** What `/api/v1` answers to those who look. */
export const readHandlers = (options: ReadOptions) => {
  const { reader, views, control } = options;
  const onTrace = control.onTrace.bind(control);
  const watching = { ...options, onTrace };
  const feed = createFeed({
    list: () => views.projects().items,
    keyOf: ({ metadata }) => metadata.uid,
    versionOf: ({ metadata }) => Number(metadata.resourceVersion),
    revision: () => reader.revision(),
    changed: () => reader.version(),
    onTrace,
  });
  return {
    projects(request: Request, response: Response): void {
      const query = queryOf(request, ProjectsQuery);
      if (query.watch) {
        watchProjects(watching, feed, request, response, query);
        return;
      }
      // From the version of this list on a watch can be asked for.
      feed.begin();
      response.json(views.projects(query));
    },
    project(request: Named, response: Response): void {
      response.json(views.project(request.params.name));
    },
    description(request: Named, response: Response): void {
      response.json(views.describe(request.params.name));
    },
    events(request: Request, response: Response): void {
      const { after: afterId, ...query } = queryOf(request, EventsQuery);
      if (query.watch) watchEvents(watching, request, response, { ...query, afterId });
      else response.json(views.events({ ...query, afterId }));
    },
    async sessions(_request: Request, response: Response): Promise<void> {
      const { sessions, warnings } = sessionViews(await control.listings(), reader, control.ownerId);
      response.json(listOf('Session', reader.revision(), sessions, warnings));
    },
    manifests(_request: Request, response: Response): void {
      response.json(views.manifests());
    },
    queues(_request: Request, response: Response): void {
      response.json(views.queues());
    },
    notifications(_request: Request, response: Response): void {
      response.json(views.notifications());
    },
    locks(_request: Request, response: Response): void {
      response.json(listOf('Lock', reader.revision(), control.locks()));
    },
    async stateReport(_request: Request, response: Response): Promise<void> {
      response.json(control.stateReport() ?? (await control.synchronize(true)));
    },
    command(request: Request<{ id: string }>, response: Response): void {
      const command = reader.command(request.params.id);
      if (command === null) throw new NotFound(`command "${request.params.id}" not found`);
      response.json(command);
    },
  };
};
