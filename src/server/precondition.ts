import type { Request } from 'express';
import { z } from 'zod';
import type { ProjectRow } from '../api/project.ts';
import { parsed } from './query.ts';
import { Refused } from './status.ts';

/** What a change may bring along: what the Project must still be, as in Kubernetes' DeleteOptions. */
export const ChangeOptions = z.strictObject({
  preconditions: z
    .strictObject({
      uid: z.string().optional(),
      resourceVersion: z.string().optional(),
    })
    .optional(),
});

/**
 * Whoever decided on an older look at the Project is told to look again.
 * @throws Refused (409) when it is another one by now, or has changed
 */
export const demandUnchanged = (request: Request, { name, uid, resourceVersion }: ProjectRow): void => {
  const { preconditions = {} } = parsed(ChangeOptions, request.body ?? {}, 'body');
  const header = /^\s*"?(\d+|\*)"?\s*$/.exec(request.get('If-Match') ?? '*')?.[1];
  if (header === undefined) throw new Refused(400, 'If-Match: must be one resourceVersion, such as "12"');
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    throw new Refused(409, `project "${name}" has the uid ${uid}, not ${preconditions.uid}: it is another one by now`);
  }
  const wanted = [preconditions.resourceVersion, header === '*' ? undefined : header];
  for (const version of wanted) {
    if (version !== undefined && version !== String(resourceVersion)) {
      throw new Refused(409, `project "${name}" is at resourceVersion ${resourceVersion}, not ${version}: look again`);
    }
  }
};
