import { readdirSync, readFileSync } from 'node:fs';

/** A process that carries a Project's uid. */
export interface Marked {
  readonly pid: number;
  /** Name of its program. */
  readonly program: string;
  readonly uid: string;
  /** Its Project, when it is of the command; null for what tmux and tmuxlet need around it. */
  readonly project: string | null;
}

const valueIn = (environ: string, name: string): string | null => {
  const line = environ.split('\0').find((each) => each.startsWith(`${name}=`));
  return line === undefined ? null : line.slice(name.length + 1);
};

/**
 * Every live process that carries a Project's uid below this state directory, by /proc alone: an observer that
 * shares nothing with the product. A command is told from what is around it by the run that its environment names.
 */
export const markedProcesses = (uids: ReadonlySet<string>): readonly Marked[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Marked[] => {
      try {
        const environ = readFileSync(`/proc/${name}/environ`, 'latin1');
        const uid = valueIn(environ, 'TMUXLET_UID');
        if (uid === null || !uids.has(uid)) return [];
        const program = readFileSync(`/proc/${name}/comm`, 'latin1').trim();
        const project = valueIn(environ, 'TMUXLET_RUN') === null ? null : valueIn(environ, 'TMUXLET_PROJECT');
        return [{ pid: Number(name), program, uid, project }];
      } catch {
        // It ended while it was looked at, or is not ours to look into.
        return [];
      }
    });
