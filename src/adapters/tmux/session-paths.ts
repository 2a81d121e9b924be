import type { TmuxCommand } from './command.ts';

/** Free text last: a path may hold anything but a line's end, which tmux writes as an escape. */
export const pathsCommand: TmuxCommand = ['list-sessions', '-F', '#{session_id}\t#{session_path}'];

/** The directory each session was made in, by its id. */
export const parsePaths = (lines: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap((line) => {
      const [, id, path] = /^(\$\d+)\t(\/.*)$/.exec(line) ?? [];
      return id !== undefined && path !== undefined ? [[id, path] as const] : [];
    }),
  );
