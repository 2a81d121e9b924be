import { Router } from 'express';
import type { ApiOptions } from './api.ts';
import { success } from './status.ts';
import { NotFound } from './views/views.ts';

/** Everything under `/api/v1` that changes something, or makes work. */
export const writeRoutes = ({ reader, control }: Pick<ApiOptions, 'reader' | 'control'>): Router => {
  const demandProject = (name: string): string => {
    if (reader.projectByName(name) === null) throw new NotFound(`project "${name}" not found`);
    return name;
  };
  return Router()
    .post('/projects/:name/restart', (request, response) => {
      response.status(202).json(control.command('restart', demandProject(request.params.name)));
    })
    .post('/projects/:name/reset', (request, response) => {
      response.status(202).json(control.command('reset', demandProject(request.params.name)));
    })
    .post('/confirm-deletions', (_request, response) => {
      response.status(202).json(control.command('confirm-deletions', ''));
    })
    .delete('/projects/:name', (request, response) => {
      const name = demandProject(request.params.name);
      control.requestDeletion(name, request.query['force'] === '1');
      response.status(202).json(success(202, `project "${name}" is being deleted`));
    })
    .post('/alerts/test', async (_request, response) => {
      response.json(await control.testAlerts());
    })
    .post('/sync', async ({ query }, response) => {
      response.json(await control.synchronize(query['dryRun'] === '1'));
    })
    .post('/plan', async (_request, response) => {
      response.json(await control.plan());
    });
};
