import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { systemClock } from '../../adapters/clock.ts';
import { lockFile } from '../../adapters/locks/holders.ts';
import { openLocks } from '../../adapters/locks/locks.ts';
import { UserError } from '../../api/errors.ts';
import { locksOf } from '../../config.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { demandLocal } from '../local.ts';
import { acquireAll } from '../locks/acquire.ts';
import { refuseNested, withLocks } from '../locks/inherited.ts';
import { projectName } from '../names.ts';
import { spanOf } from '../output/duration.ts';
import { runCommand } from '../run-command.ts';

interface Options {
  readonly timeout: string;
  readonly purpose?: string;
}

export const lockCommand = (act: Act, argv: readonly string[]): Command =>
  new Command('lock')
    .description('run a command while holding the locks of Projects: the controller lets their sessions alone')
    .usage('[options] <project...> -- <command...>')
    .argument('<word...>', 'Projects, and after -- the command')
    .option('--timeout <span>', 'how long to wait for the locks', '30s')
    .option('--purpose <text>', 'what others are told that they are held for (default: the name of the command)')
    .action(act((context, words: readonly string[], options: Options) => lock(context, wordsOf(words, argv), options)));

interface Words {
  readonly projects: readonly string[];
  readonly command: readonly string[];
}

/** Commander drops the `--` between the two; how much follows it is seen in the whole line. */
const wordsOf = (words: readonly string[], argv: readonly string[]): Words => {
  const mark = argv.indexOf('--');
  const first = mark < 0 ? words.length : words.length - (argv.length - mark - 1);
  const [projects, command] = [words.slice(0, Math.max(0, first)), words.slice(Math.max(0, first))];
  if (projects.length === 0 || command.length === 0) {
    throw new UserError('name Projects, and after -- the command to run: tmuxlet lock web -- make backup', 2);
  }
  return { projects, command };
};

const lock = async (context: Context, { projects, command }: Words, options: Options): Promise<number> => {
  demandLocal(context, 'locks');
  const { config, io, say } = context;
  const names = projects.map(projectName);
  const timeoutMs = spanOf('--timeout', options.timeout);
  if (!existsSync(config.stateDir)) {
    throw new UserError(`there is no state directory ${config.stateDir}: no controller has run with it yet`);
  }
  const directory = locksOf(config.stateDir);
  const files = names.map((name) => lockFile(directory, name));
  refuseNested(io.env, files);
  await warnOfUnknown(context, names);
  const locks = openLocks(directory, systemClock());
  const purpose = options.purpose ?? `command ${command[0]}`;
  const held = await acquireAll(locks, { names, purpose, timeoutMs }, { now: io.now, say });
  try {
    return await runCommand(io, command, withLocks(io.env, files));
  } finally {
    for (const each of held.toReversed()) each.release();
  }
};

/** A name that was mistyped would protect nothing. */
const warnOfUnknown = async ({ client, say }: Context, names: readonly string[]): Promise<void> => {
  const known = await client()
    .then((answering) => answering.projects())
    .then(({ items }) => items.map(({ metadata }) => metadata.name))
    // A database that cannot be read may be the very reason for the lock.
    .catch(() => names);
  for (const name of names) if (!known.includes(name)) say(`warning: there is no project "${name}"`);
};
