import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { UserError } from '../../api/errors.ts';
import type { CommandVerb } from '../../api/decision.ts';
import type { Client } from '../../server/client.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { projectName } from '../names.ts';
import { spanOf } from '../output/duration.ts';

interface Options {
  readonly wait?: true;
  readonly timeout: string;
}

export const restartCommand = (act: Act): Command =>
  asking(
    'restart',
    'stop the sessions of Projects and start them afresh; what was counted stays counted',
    act((context, names: readonly string[], options: Options) => ask(context, 'restart', names, options)),
  );

export const resetCommand = (act: Act): Command =>
  asking(
    'reset',
    'stop Projects, clear their failures, and queue them again',
    act((context, names: readonly string[], options: Options) => ask(context, 'reset', names, options)),
  );

const asking = (verb: string, description: string, action: ReturnType<Act>): Command =>
  new Command(verb)
    .description(description)
    .argument('<name...>', 'Projects')
    .option('--wait', 'wait until it is done')
    .option('--timeout <span>', 'with --wait: how long', '60s')
    .action(action);

const ask = async (context: Context, verb: CommandVerb, words: readonly string[], options: Options): Promise<void> => {
  const timeout = AbortSignal.timeout(spanOf('--timeout', options.timeout));
  const names = words.map(projectName);
  const client = await context.client();
  // A name that is not there is found before anything is asked for.
  for (const name of names) await client.project(name);
  for (const name of names) {
    const { id } = await client.request(verb, name);
    const result = options.wait ? await done(client, id, AbortSignal.any([timeout, context.io.signal])) : null;
    if (options.wait && result === null) throw new UserError(`the ${verb} of project "${name}" is not done yet`);
    context.print(`project/${name} ${result ?? `${verb} asked for`}`);
  }
};

/** How often a command is looked at: nobody is told when it is done. */
const LOOK_EVERY_MS = 200;

/** The result of a command; null when it was not done in time. */
const done = async (client: Client, id: string, signal: AbortSignal): Promise<string | null> => {
  while (!signal.aborted) {
    const { acknowledgedAt, result } = await client.command(id);
    if (acknowledgedAt !== null) return result;
    await sleep(LOOK_EVERY_MS);
  }
  return null;
};
