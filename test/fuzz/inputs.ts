import * as api from './api.ts';
import * as backups from './backups.ts';
import * as cli from './cli.ts';
import * as config from './config.ts';
import * as controller from './controller.ts';
import * as databases from './databases.ts';
import type { Fuzz } from './fuzz.ts';
import * as imports from './imports.ts';
import * as manifests from './manifests.ts';
import * as processes from './processes.ts';
import * as smallFiles from './small-files.ts';
import * as tmux from './tmux.ts';

const isFuzz = (value: unknown): value is Fuzz =>
  typeof value === 'object' && value !== null && 'claim' in value && 'run' in value;

const from = (...modules: readonly object[]): readonly Fuzz[] =>
  modules.flatMap((each) => Object.values(each).filter(isFuzz));

/** Inputs that are fed within the process, but for files. */
export const PURE: readonly Fuzz[] = from(config, processes, tmux, manifests, smallFiles);

/** Inputs that need a server, a database or the whole command line, in this process. */
export const PARTS: readonly Fuzz[] = from(api, backups, cli, databases, imports);

/** Inputs of the program as people start it. */
export const PROGRAMS: readonly Fuzz[] = from(controller);

export const ALL: readonly Fuzz[] = [...PURE, ...PARTS, ...PROGRAMS];

/** How many of so many cases each input gets: its share, but no more than it takes. */
export const dealt = (inputs: readonly Fuzz[], cases: number): ReadonlyMap<Fuzz, number> => {
  const all = new Map<Fuzz, number>();
  let left = cases;
  let open = [...inputs];
  while (open.length > 0) {
    const shares = open.reduce((sum, { share }) => sum + share, 0);
    const full = open.filter(({ most, share }) => (left * share) / shares >= most);
    if (full.length === 0) {
      for (const input of open) all.set(input, Math.ceil((left * input.share) / shares));
      return all;
    }
    for (const input of full) {
      all.set(input, input.most);
      left -= input.most;
    }
    open = open.filter((input) => !full.includes(input));
  }
  return all;
};
