import { readFileSync } from 'node:fs';
import { type Request, type RequestHandler, Router } from 'express';
import { otherMethods } from './method.ts';
import { type ReadOptions, readHandlers } from './reads.ts';
import { Refused } from './status.ts';
import { writeHandlers } from './writes.ts';

export type ApiOptions = ReadOptions;

const OPENAPI = new URL('../../schema/openapi.json', import.meta.url);

/** Everything under `/api/v1`. */
export const apiRoutes = (options: ApiOptions): Router => {
  const read = readHandlers(options);
  const write = writeHandlers(options);
  const openapi: RequestHandler = (_request, response) => {
    response.type('json').send(readFileSync(OPENAPI));
  };
  const router = Router();
  router.use(demandAcceptance);
  router.route('/projects').get(read.projects).all(otherMethods);
  router.route('/projects/:name').get(read.project).delete(write.remove).all(otherMethods);
  router.route('/projects/:name/description').get(read.description).all(otherMethods);
  router.route('/projects/:name/restart').post(write.restart).all(otherMethods);
  router.route('/projects/:name/reset').post(write.reset).all(otherMethods);
  router.route('/projects/:name/suspend').post(write.suspend).all(otherMethods);
  router.route('/projects/:name/unsuspend').post(write.unsuspend).all(otherMethods);
  router.route('/events').get(read.events).all(otherMethods);
  router.route('/sessions').get(read.sessions).all(otherMethods);
  router.route('/manifests').get(read.manifests).all(otherMethods);
  router.route('/queues').get(read.queues).all(otherMethods);
  router.route('/notifications').get(read.notifications).all(otherMethods);
  router.route('/locks').get(read.locks).all(otherMethods);
  router.route('/sync').get(read.stateReport).post(write.synchronize).all(otherMethods);
  router.route('/commands/:id').get(read.command).all(otherMethods);
  router.route('/confirm-deletions').post(write.confirmDeletions).all(otherMethods);
  router.route('/alerts/test').post(write.testAlerts).all(otherMethods);
  router.route('/plan').post(write.plan).all(otherMethods);
  router.route('/openapi.json').get(openapi).all(otherMethods);
  return router;
};

const demandAcceptance: RequestHandler = (request, _response, next) => {
  const type = isWatch(request) ? 'text/event-stream' : 'application/json';
  if (request.accepts(type) === false) throw new Refused(406, `this is ${type}, which Accept does not take`);
  next();
};

const isWatch = ({ query }: Request): boolean =>
  'watch' in query && query['watch'] !== '0' && query['watch'] !== 'false';
