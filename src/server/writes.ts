import type { Request, Response } from 'express';
import { z } from 'zod';
import type { CommandVerb } from '../api/decision.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { ProjectRow } from '../api/project.ts';
import type { Control } from './control.ts';
import { demandUnchanged } from './precondition.ts';
import { DeletionQuery, parsed, queryOf, SyncQuery } from './query.ts';
import { success } from './status.ts';
import { NotFound } from './views/views.ts';

export interface WriteOptions {
  readonly reader: StoreReader;
  readonly control: Control;
}

type Named = Request<{ name: string }>;

const Nothing = z.strictObject({});

/** What `/api/v1` does for those who ask for a change, or for work. */
export const writeHandlers = ({ reader, control }: WriteOptions) => {
  /** What is asked for of it follows within the same turn of the loop: nothing changes in between. */
  const projectOf = (request: Named): ProjectRow => {
    const { name } = request.params;
    const row = reader.projectByName(name);
    if (row === null) throw new NotFound(`project "${name}" not found`);
    demandUnchanged(request, row);
    return row;
  };
  const demandNothing = (request: Request): void => {
    parsed(Nothing, request.body ?? {}, 'body');
  };
  const command =
    (verb: CommandVerb) =>
    (request: Named, response: Response): void => {
      response.status(202).json(control.command(verb, projectOf(request).name));
    };
  const suspend =
    (suspended: boolean) =>
    async (request: Named, response: Response): Promise<void> => {
      const { name } = projectOf(request);
      const changed = await control.setSuspend(name, suspended);
      const word = suspended ? 'suspended' : 'unsuspended';
      response.json(success(200, `project/${name} ${changed ? word : `was ${word} already`}`));
    };
  return {
    restart: command('restart'),
    reset: command('reset'),
    suspend: suspend(true),
    unsuspend: suspend(false),
    remove(request: Named, response: Response): void {
      const { force = false } = queryOf(request, DeletionQuery);
      const { name } = projectOf(request);
      control.requestDeletion(name, force);
      response.status(202).json(success(202, `project "${name}" is being deleted`));
    },
    confirmDeletions(request: Request, response: Response): void {
      demandNothing(request);
      response.status(202).json(control.command('confirm-deletions', ''));
    },
    async testAlerts(request: Request, response: Response): Promise<void> {
      demandNothing(request);
      response.json(await control.testAlerts());
    },
    async synchronize(request: Request, response: Response): Promise<void> {
      const { dryRun = false } = queryOf(request, SyncQuery);
      demandNothing(request);
      response.json(await control.synchronize(dryRun));
    },
    async plan(request: Request, response: Response): Promise<void> {
      demandNothing(request);
      response.json(await control.plan());
    },
  };
};
