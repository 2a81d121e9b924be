import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { UserError } from '../../api/errors.ts';
import { Name, primaryOf } from '../../api/manifest.ts';
import { NotFound } from '../../server/views/views.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { demandLocal } from '../local.ts';
import { readLog } from '../follow.ts';
import { projectName } from '../names.ts';

interface Options {
  readonly follow?: true;
  readonly tail?: number;
}

export const logsCommand = (act: Act): Command =>
  new Command('logs')
    .description('what a window of a Project has printed, before and after restarts')
    .argument('<name>', 'the Project')
    .argument('[window]', 'the window; the primary if not given')
    .option('-f, --follow', 'go on with what is printed, across rotations')
    .option('--tail <lines>', 'only the last so many lines', wholeNumber)
    .action(act(logs));

const logs = async (context: Context, word: string, wanted: string | undefined, options: Options): Promise<number> => {
  demandLocal(context, 'logs');
  const name = projectName(word);
  const folder = join(context.config.stateDir, 'logs', name);
  const there = await windowsIn(folder);
  const window = wanted ?? (await primaryWindow(context, name, there));
  if (!there.includes(window) && !options.follow) {
    const known = there.length === 0 ? 'it has none yet' : `it has logs of ${there.join(', ')}`;
    throw new UserError(`project "${name}" has no log of window "${window}": ${known}`);
  }
  if (!Name.safeParse(window).success) throw new UserError(`"${window}" is no name of a window`, 2);
  const { stdout, signal } = context.io;
  const how = { tail: options.tail ?? null, follow: options.follow === true };
  for await (const bytes of readLog(join(folder, `${window}.log`), how, signal)) {
    if (!stdout.write(bytes) && !signal.aborted) await once(stdout, 'drain', { signal });
  }
  return 0;
};

const windowsIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).map(parse).flatMap(({ name, ext }) => (ext === '.log' ? [name] : []));
  } catch {
    return [];
  }
};

/** Logs outlive their Project: without it, the only window is meant. */
const primaryWindow = async (context: Context, name: string, there: readonly string[]): Promise<string> => {
  try {
    return primaryOf((await (await context.client()).project(name)).spec).name;
  } catch (error) {
    if (there.length === 1 && there[0] !== undefined) return there[0];
    if (there.length > 1 && error instanceof NotFound) {
      throw new UserError(`project "${name}" is gone; name a window of its logs: ${there.join(', ')}`, 2);
    }
    throw error;
  }
};

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it must be a whole number');
  return Number(text);
}
