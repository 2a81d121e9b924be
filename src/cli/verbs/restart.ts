import { Command } from 'commander';
import type { ProjectObject } from '../../api/project.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { projectName } from '../names.ts';
import { spanOf } from '../output/duration.ts';
import { waitUntil } from '../wait-until.ts';

interface Options {
  readonly wait?: true;
  readonly timeout: string;
}

export const restartCommand = (act: Act): Command =>
  asking(
    'restart',
    'stop the sessions of Projects and start them again; what was counted stays counted',
    act((context, names: readonly string[], options: Options) => ask(context, 'restart', names, options)),
  );

export const resetCommand = (act: Act): Command =>
  asking(
    'reset',
    'stop Projects, clear their failures, and queue them again as if they were new',
    act((context, names: readonly string[], options: Options) => ask(context, 'reset', names, options)),
  );

const asking = (verb: string, description: string, action: ReturnType<Act>): Command =>
  new Command(verb)
    .description(description)
    .argument('<name...>', 'Projects')
    .option('--wait', 'wait until a new attempt runs, or has ended')
    .option('--timeout <span>', 'with --wait: how long', '60s')
    .action(action);

const ask = async (
  context: Context,
  verb: 'restart' | 'reset',
  words: readonly string[],
  options: Options,
): Promise<number> => {
  const timeoutMs = spanOf('--timeout', options.timeout);
  const names = words.map(projectName);
  const client = await context.client();
  // A name that is not there is found before anything is asked for.
  const before = await Promise.all(names.map((name) => client.project(name)));
  for (const name of names) {
    await client.request(verb, name);
    context.print(`project/${name} ${verb} asked for`);
  }
  await sayWhoHolds(context, names);
  if (!options.wait) return 0;
  const attempts = new Map(before.map(({ metadata, status }) => [metadata.uid, status.attempt]));
  const isNew = (project: ProjectObject | null): boolean =>
    project !== null && isUnderWay(project) && project.status.attempt > (attempts.get(project.metadata.uid) ?? 0);
  const signal = AbortSignal.any([context.io.signal, AbortSignal.timeout(timeoutMs)]);
  const laggards = await waitUntil(client, names, isNew, signal, (name) =>
    context.print(`project/${name} ${verb} done`),
  );
  for (const { name, project } of laggards) {
    const now = project === null ? 'gone' : `${project.status.phase} (${whyNot(project)})`;
    context.say(`error: the ${verb} of project "${name}" is not done yet: it is ${now}`);
  }
  return laggards.length > 0 ? 1 : 0;
};

/** What was asked for waits until the lock is given back; it is not lost. */
const sayWhoHolds = async ({ client, say }: Context, names: readonly string[]): Promise<void> => {
  const { items } = await (await client()).locks();
  const controller = items.find(({ name }) => name === 'controller')?.pid;
  for (const { name, pid, host, purpose, held } of items) {
    if (!held || pid === controller || !names.includes(name)) continue;
    say(`warning: project/${name} waits for its lock, held by pid ${pid} on ${host} (${purpose})`);
  }
};

const whyNot = ({ status }: ProjectObject): string => {
  const locked = status.conditions.find(({ type, reason }) => type === 'Ready' && reason === 'LockBusy');
  return locked === undefined ? status.reason : `LockBusy: ${locked.message}`;
};

const isUnderWay = ({ status }: ProjectObject): boolean =>
  ['Running', 'BackingOff', 'Completed', 'Failed'].includes(status.phase);
