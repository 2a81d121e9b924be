import type { Fleet } from './fleet.ts';

/** What an observer finds that asks tmux and the kernel, and not the controller. */
export interface Verdict {
  readonly sessions: number;
  /** Names of Projects without a session. */
  readonly missing: readonly string[];
  /** Names of Projects with more than one session, or more than one process of their command. */
  readonly doubled: readonly string[];
  /** Ids of sessions with their sockets' names, by Project. */
  readonly idOf: ReadonlyMap<string, string>;
}

const repeated = (names: readonly string[]): readonly string[] =>
  [...Map.groupBy(names, (name) => name)].filter(([, group]) => group.length > 1).map(([name]) => name);

/** Is every Project's session there, and none twice (I1)? Commands are to be one process each. */
export const judge = (fleet: Fleet): Verdict => {
  const sessions = fleet.controller.sessions();
  const projects = sessions.map(({ project }) => project);
  const commands = fleet.processes().flatMap(({ project }) => project ?? []);
  const there = new Set(projects);
  return {
    sessions: sessions.length,
    missing: fleet.names.filter((name) => !there.has(name)),
    doubled: [...new Set([...repeated(projects), ...repeated(commands)])],
    idOf: new Map(sessions.map(({ project, name, id }) => [project, `${name} ${id}`])),
  };
};
