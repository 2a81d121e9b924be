import type { Client } from '../server/client.ts';
import type { ProjectObject } from '../api/project.ts';
import type { Goal } from './goal.ts';

/** Watches until every named Project has reached the goal. Ends with those that had not when the signal came. */
export const waitUntil = async (
  client: Client,
  names: readonly string[],
  goal: Goal,
  signal: AbortSignal,
  reached: (name: string) => void,
): Promise<readonly string[]> => {
  const left = new Set(names);
  const settle = (name: string, project: ProjectObject | null): void => {
    if (left.has(name) && goal(project)) {
      left.delete(name);
      reached(name);
    }
  };
  const enough = new AbortController();
  const present = new Set<string>();
  for await (const { type, object } of client.watchProjects(undefined, AbortSignal.any([signal, enough.signal]))) {
    if (object === null) {
      for (const name of names) if (!present.has(name)) settle(name, null);
    } else {
      present.add(object.metadata.name);
      settle(object.metadata.name, type === 'DELETED' ? null : object);
    }
    if (left.size === 0) enough.abort();
  }
  return [...left];
};
