import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { StoreReader } from '../../api/ports/store.ts';
import type { Control } from '../control.ts';
import { controllerInfo } from '../controller-info.ts';
import { statusOf } from '../status.ts';
import { queueViews } from '../views/queue.ts';
import { sessionViews } from '../views/session.ts';
import { NotFound, type Views } from '../views/views.ts';
import { loadAssets } from './assets.ts';
import { framed, type Frame, type Page } from './frame.ts';
import { renderDocument } from './html.ts';
import { eventsPage } from './pages/events.ts';
import { healthPage } from './pages/health.ts';
import { locksPage } from './pages/locks.ts';
import { projectPage } from './pages/project.ts';
import { projectsPage } from './pages/projects.ts';
import { queuesPage } from './pages/queues.ts';
import { sessionsPage } from './pages/sessions.ts';
import { troublePage } from './pages/trouble.ts';
import { lineOf } from './project-lines.ts';
import { snapshotOf } from './snapshot.ts';

export interface StatusPageOptions {
  readonly reader: StoreReader;
  readonly views: Pick<Views, 'describe'>;
  readonly control: Control;
  readonly version: string;
}

/** Events that the page of events looks at. */
const EVENTS = 1_000;

/** The status page: everything under `/` that people look at. It only reads. */
export const statusPageRoutes = ({ reader, views, control, version }: StatusPageOptions): Router => {
  const assets = loadAssets();
  const snapshot = snapshotOf(reader);

  const frame = (): Frame => ({
    assets,
    version,
    unwell: [...control.health.live(), ...control.health.ready()].filter(({ ok }) => !ok),
    storeVersion: reader.revision(),
    nowMs: Date.now(),
  });
  const show = (response: Response, page: Page): void => {
    response.type('html').send(renderDocument(framed(page, frame())));
  };
  const answerErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const status = statusOf(error);
    // What is nobody's to read is logged by the app; its answer says no more than that.
    if (status === null || response.headersSent || !request.accepts('html')) next(error);
    else show(response.status(status.code), troublePage(status));
  };

  const project: RequestHandler<{ name: string }> = async ({ params: { name } }, response) => {
    const row = reader.projectByName(name);
    if (row === null) throw new NotFound(`project "${name}" not found`);
    const screens = await control.screens(row.uid);
    show(response, projectPage({ row, description: views.describe(name), screens, nowMs: Date.now() }));
  };
  const sessions: RequestHandler = async (_request, response) => {
    const { sessions, warnings } = sessionViews(await control.listings(), reader, control.ownerId);
    show(response, sessionsPage({ sessions, warnings, nowMs: Date.now() }));
  };
  const pages = Router()
    .get('/', (request, response) => {
      const nowMs = Date.now();
      const { rows, warnings } = snapshot();
      const lines = rows.map((row) => lineOf(row, control.beatsOf, nowMs));
      const { manifests } = controllerInfo(reader, version);
      show(response, projectsPage({ lines, warnings, filter: filterOf(request), manifests, nowMs }));
    })
    .get('/projects/:name', project)
    .get('/queues', (_request, response) => {
      show(response, queuesPage(queueViews(reader)));
    })
    .get('/sessions', sessions)
    .get('/locks', (_request, response) => {
      show(response, locksPage(control.locks(), Date.now()));
    })
    .get('/events', (request, response) => {
      const warningsOnly = wordOf(request, 'type') === 'Warning';
      show(response, eventsPage({ events: reader.events({ limit: EVENTS }), warningsOnly, nowMs: Date.now() }));
    })
    .get('/health', (_request, response) => {
      const { health } = control;
      const manifests = reader.manifests();
      const report = control.stateReport();
      show(response, healthPage({ live: health.live(), ready: health.ready(), manifests, report, nowMs: Date.now() }));
    });
  return Router().use(assets.routes, pages, answerErrors);
};

/** A parameter that is given twice counts the last time. */
const wordOf = ({ query }: Request, name: string): string => {
  const value = query[name];
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : '';
};

const filterOf = (request: Request) => ({
  name: wordOf(request, 'name'),
  phase: wordOf(request, 'phase'),
  queue: wordOf(request, 'queue'),
  trouble: wordOf(request, 'trouble') === '1',
});
