import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Registry } from 'prom-client';
import { type ApiOptions, readRoutes } from './api.ts';
import { writeRoutes } from './commands.ts';
import { controllerInfo } from './controller-info.ts';
import { demandJson, demandOwnHost, refuseWrites, setSafeHeaders } from './guards.ts';
import { healthRoutes } from './health.ts';
import { failure, Refused, statusOf } from './status.ts';
import { statusPageRoutes } from './ui/routes.ts';

export interface AppOptions extends ApiOptions {
  readonly registry: Registry;
  readonly version: string;
  /** Where the app is reached: over the unix socket people may change things, over TCP they read. */
  readonly reach: 'unix' | { readonly host: string };
  /** Told of errors that are nobody's fault but ours. */
  readonly onError: (error: unknown) => void;
}

const MAX_BODY = '64kb';

export const createApp = (options: AppOptions): Express => {
  const { reach, registry, version, control } = options;
  const app = express().disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(setSafeHeaders);
  if (reach !== 'unix') app.use(demandOwnHost(reach.host), refuseWrites);
  app.use(demandJson, express.json({ limit: MAX_BODY }));
  app.use(healthRoutes(control.health));
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', registry.contentType).send(await registry.metrics());
  });
  app.get('/version', (_request, response) => {
    response.json(controllerInfo(options.reader, version));
  });
  app.use('/api/v1', readRoutes(options), writeRoutes(options));
  app.use(statusPageRoutes(options));
  app.use((request) => {
    throw new Refused(404, `there is nothing at ${request.method} ${request.path}`);
  });
  app.use(answerErrors(options.onError));
  return app;
};

const answerErrors =
  (onError: AppOptions['onError']): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    const status = statusOf(error);
    if (status === null) onError(error);
    // Too late for words: express closes the connection.
    if (response.headersSent) next(error);
    else {
      const answer = status ?? failure(500, 'internal error; the log of the controller tells more');
      response.status(answer.code).json(answer);
    }
  };
