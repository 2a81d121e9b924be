import { resolve } from 'node:path';
import { checkName } from '../../../src/adapters/preflight/names.ts';
import { outcomesOf } from '../../../src/adapters/preflight/outcome.ts';
import { type OwnCheck, verdictOf } from '../../../src/adapters/preflight/own-check.ts';
import type { Check, CheckResult } from '../../../src/api/check.ts';
import type { Spec } from '../../../src/api/manifest.ts';
import type { ListedSession } from '../../../src/api/observation.ts';
import type { Preflight } from '../../../src/api/ports/world.ts';
import type { Life } from '../kernel/life.ts';
import type { Machine } from '../machine/machine.ts';
import { programsOf } from './programs.ts';

const DEADLINE_MS = 10_000;

interface Parts {
  readonly life: Life;
  readonly machine: Machine;
  readonly ownerId: string;
}

/** The checks before a start, of the simulated machine; what they conclude is the product's own. */
export const preflightOf = (parts: Parts): Preflight => {
  const { life, machine } = parts;
  const run = programsOf(parts, 'preflight.manifest');

  const own = async (check: OwnCheck, spec: Spec): Promise<CheckResult> => {
    const argv = typeof check.command === 'string' ? ['/bin/sh', '-c', check.command] : check.command;
    const timeoutMs = check.timeoutSeconds * 1000;
    try {
      return verdictOf(check, await run({ argv, cwd: spec.path, env: {}, timeoutMs }));
    } catch {
      return outcomesOf('manifest', check.name).fail('the check itself failed', 'is the file system there?');
    }
  };

  /** One that cannot look at its object is one that failed. */
  const look = async (check: Check, effect: () => readonly CheckResult[]): Promise<readonly CheckResult[]> => {
    const trouble = new Error('no answer in time');
    try {
      const fails = [() => trouble];
      return await life.call(`preflight.${check}`, { effect, fails, reads: true, deadlineMs: DEADLINE_MS });
    } catch (error) {
      if (error !== trouble) throw error;
      return [outcomesOf(check).fail(trouble.message, 'is the file system there?')];
    }
  };

  return {
    async check(name, spec) {
      const sessions = (): readonly ListedSession[] => sessionsOn(parts);
      const place = await look('path', () => [directory('path', 'path', spec.path, machine)]);
      const isThere = place.every(({ result }) => result === 'Pass');
      const found = await Promise.all([
        look('name', () => [checkName(name, spec, sessions())]),
        look('disk', () => room(machine)),
        isThere ? look('window', () => inside(spec, machine)) : [],
        isThere ? Promise.all(spec.preflight.checks.map((check) => own(check, spec))) : [],
      ]);
      return [...place, ...found.flat()];
    },
  };
};

const directory = (check: Check, name: string, path: string, { disk }: Machine): CheckResult => {
  const { pass, fail } = outcomesOf(check, name);
  if (disk.isDirectory(path)) return pass(`${path} is a directory`);
  return fail(`${path} ${disk.isThere(path) ? 'is no directory' : 'does not exist'}`, 'make the directory');
};

const room = ({ disk }: Machine): readonly CheckResult[] => {
  const { pass, fail } = outcomesOf('disk');
  return [
    disk.isFull ? fail('only 0 MiB free', 'free at least 64 MiB there') : pass('there is room'),
    outcomesOf('tmux').pass('tmux 3.3a'),
    outcomesOf('state').pass('files can be made'),
  ];
};

const inside = ({ path, session }: Spec, machine: Machine): readonly CheckResult[] => {
  const { pass, fail } = outcomesOf('envFile');
  const envFile = session.envFile === undefined ? null : resolve(path, session.envFile);
  return [
    ...session.windows.flatMap(({ name, cwd }) =>
      cwd === undefined ? [] : [directory('window', `window ${name}`, resolve(path, cwd), machine)],
    ),
    ...(envFile === null ? [] : [machine.disk.file(envFile) ? pass('read') : fail(`no ${envFile}`, 'make it')]),
  ];
};

/** What the servers hold, as far as a name is concerned. */
const sessionsOn = ({ machine, ownerId }: Parts): readonly ListedSession[] =>
  machine.tmux.sessions.map(({ id, name, options, createdAt, attached }) => {
    const owner = options.get('@tmuxlet_owner') ?? '';
    const tags = {
      owner,
      uid: options.get('@tmuxlet_uid') ?? '',
      project: options.get('@tmuxlet_project') ?? '',
      attempt: 0,
      specHash: '',
    };
    return {
      shard: 0,
      id,
      name,
      createdAt,
      attached,
      tags: owner === ownerId ? tags : null,
      claimed: owner !== '',
      panes: [],
    };
  });
