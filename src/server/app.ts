import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import { metricsPage } from '../telemetry/metrics-page.ts';
import { type ApiOptions, apiRoutes } from './api.ts';
import { authenticate, type AuthenticationOptions } from './authenticate.ts';
import { controllerInfo } from './controller-info.ts';
import { demandJson, demandOwnHost, neverStored, safeHeaders } from './guards.ts';
import { healthRoutes } from './health.ts';
import { otherMethods } from './method.ts';
import { failure, Refused, statusOf } from './status.ts';
import { statusPageRoutes } from './ui/routes.ts';
import { topView } from './views/top.ts';

export interface AppOptions extends ApiOptions {
  readonly registry: Registry;
  readonly version: string;
  /** Where the app is reached: over the unix socket only its owner comes, over TCP anybody. */
  readonly reach: 'unix' | (Omit<AuthenticationOptions, 'onError'> & { readonly hosts: readonly string[] });
  /** Told of errors that are nobody's fault but ours. */
  readonly onError: (error: unknown) => void;
}

const MAX_BODY = '64kb';

export const createApp = (options: AppOptions): Express => {
  const { reach, registry, version, control } = options;
  const app = express().disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(safeHeaders(), neverStored);
  if (reach !== 'unix') app.use(demandOwnHost(reach.hosts), authenticate({ ...reach, onError: options.onError }));
  app.use(demandJson, express.json({ limit: MAX_BODY, inflate: false }));
  app.use(healthRoutes(control.health));
  const metrics: RequestHandler = async (_request, response) => {
    response.set('Content-Type', registry.contentType).send(await metricsPage(registry));
  };
  app.route('/metrics').get(metrics).all(otherMethods);
  const info: RequestHandler = (_request, response) => {
    response.json(controllerInfo(options.reader, version));
  };
  app.route('/version').get(info).all(otherMethods);
  const top: RequestHandler = (_request, response) => {
    response.json(topView(options.reader, control.beatsOf, control.health));
  };
  app.route('/top').get(top).all(otherMethods);
  app.use('/api/v1', apiRoutes(options));
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
      if (answer.details) response.set('Retry-After', String(answer.details.retryAfterSeconds));
      response.status(answer.code).json(answer);
    }
  };
