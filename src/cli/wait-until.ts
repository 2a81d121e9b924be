import type { ProjectObject } from '../api/project.ts';
import type { Client } from '../server/client.ts';
import type { Goal } from './goal.ts';

/** A Project that has not reached the goal, as it was last seen; null when there was none. */
export interface Laggard {
  readonly name: string;
  readonly project: ProjectObject | null;
}

/** Watches until every named Project has reached the goal. Ends with those that had not when the signal came. */
export const waitUntil = async (
  client: Client,
  names: readonly string[],
  goal: Goal,
  signal: AbortSignal,
  reached: (name: string) => void,
): Promise<readonly Laggard[]> => {
  const left = new Map<string, ProjectObject | null>(names.map((name) => [name, null]));
  const enough = new AbortController();
  let complete = false;
  for await (const { type, object } of client.watchProjects(undefined, AbortSignal.any([signal, enough.signal]))) {
    if (object === null) complete = true;
    else if (left.has(object.metadata.name)) left.set(object.metadata.name, type === 'DELETED' ? null : object);
    for (const [name, project] of left) {
      // Before the list is complete, a Project that was not seen yet may be there all the same.
      if ((project !== null || complete) && goal(project)) {
        left.delete(name);
        reached(name);
      }
    }
    if (left.size === 0) enough.abort();
  }
  return [...left].map(([name, project]) => ({ name, project }));
};
