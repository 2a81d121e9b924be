import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CheckResult } from '../../api/check.ts';
import type { Spec } from '../../api/manifest.ts';
import type { ListedSession } from '../../api/observation.ts';
import type { Preflight } from '../../api/ports/world.ts';
import { onceAtATime } from '../asked-paths.ts';
import { readEnvFile } from '../runs/env-file.ts';
import { checkDatabase } from './database.ts';
import { GIT_ENVIRONMENT, checkGit } from './git.ts';
import { guarded, limitedTo } from './limited.ts';
import { type MachineOptions, openMachineChecks } from './machine.ts';
import { checkName } from './names.ts';
import { outcomesOf } from './outcome.ts';
import { verdictOf } from './own-check.ts';
import type { OwnCheck } from './own-check.ts';
import { checkDirectory, checkEnvFile } from './places.ts';
import type { Look } from './places.ts';
import { checkProgram } from './programs.ts';
import { inTurns } from './turns.ts';

/** Projects that are looked into at one time, each by some programs; and how long one keeps others waiting. */
const AT_ONCE = 16;
const PATIENCE_MS = 1000;

export interface PreflightOptions extends MachineOptions {
  /** What the tmux servers hold, for conflicts of names. */
  readonly sessions: () => Promise<readonly ListedSession[]>;
  /** Looks at a path. Default: stat. */
  readonly look?: Look;
}

export interface Checks extends Preflight {
  /** What all Projects need of the machine, looked at once for many. */
  machine(): Promise<readonly CheckResult[]>;
  /** What this Project needs beside that. */
  project(name: string, spec: Spec): Promise<readonly CheckResult[]>;
  /** Reads the whole database: for `doctor`, when nobody waits. */
  database(): CheckResult;
}

/** Checks before a start, side by side. Nothing is written into the Project's path, and nothing is asked. */
export const openPreflight = (options: PreflightOptions): Checks => {
  const { database, baseEnvironment, run, sessions, timeoutMs = 10_000, look = stat } = options;
  const limited = limitedTo(timeoutMs);
  const lookOnce = onceAtATime(look);
  const machine = openMachineChecks(options);
  const inTurn = inTurns(AT_ONCE, PATIENCE_MS);

  /** What can only be looked at in a path that is there. */
  const inside = async (spec: Spec): Promise<readonly CheckResult[]> => {
    const { path, preflight, session } = spec;
    const envFile = session.envFile === undefined ? null : resolve(path, session.envFile);
    const [fileCheck, fromFile] = envFile === null ? [[], {}] : await readEnvironment(envFile);
    const env: Readonly<Record<string, string>> = {
      ...baseEnvironment,
      ...fromFile,
      ...session.env,
      ...GIT_ENVIRONMENT,
    };
    const git = (...args: readonly string[]) => run({ argv: ['git', ...args], cwd: path, env, timeoutMs });
    const own = async (check: OwnCheck): Promise<CheckResult> => {
      const argv = typeof check.command === 'string' ? ['/bin/sh', '-c', check.command] : check.command;
      const program = { argv, cwd: path, env, timeoutMs: check.timeoutSeconds * 1000 };
      return verdictOf(check, await run(program));
    };
    const window = (name: string, cwd: string, index: number) => {
      const field = `session.windows[${index}].cwd`;
      const outcomes = outcomesOf('window', `window ${name}`);
      return limited('window', () => checkDirectory(outcomes, resolve(path, cwd), field, lookOnce), `window ${name}`);
    };
    const results = await Promise.all([
      limited('git', () => checkGit(preflight.git, path, git)),
      ...session.windows.flatMap(({ name, cwd }, index) => (cwd === undefined ? [] : [window(name, cwd, index)])),
      ...preflight.commands.map((program) =>
        limited('command', () => checkProgram(program, env.PATH ?? '', path), `command ${program}`),
      ),
      ...preflight.checks.map((check) => guarded('manifest', () => own(check), check.name)),
    ]);
    return [...fileCheck, ...results.flat()];
  };

  /** A file that cannot be read is told, and the other checks go on without it. */
  const readEnvironment = async (
    file: string,
  ): Promise<readonly [readonly CheckResult[], Readonly<Record<string, string>>]> => {
    const check = await limited('envFile', () => checkEnvFile(file));
    return [check, check.every(({ result }) => result === 'Pass') ? await readEnvFile(file) : {}];
  };

  const project: Checks['project'] = async (name, spec) => {
    const place = await limited('path', () => checkDirectory(outcomesOf('path'), spec.path, 'spec.path', lookOnce));
    const isThere = place.every(({ result }) => result === 'Pass');
    const [names, others] = await Promise.all([
      limited('name', async () => checkName(name, spec, await sessions())),
      // Without the path these would only repeat that it is missing.
      isThere ? inTurn(() => inside(spec)) : [],
    ]);
    return [...place, ...names, ...others];
  };

  return {
    machine,
    project,
    database: () => checkDatabase(database),
    check: async (name, spec) => (await Promise.all([project(name, spec), machine()])).flat(),
  };
};
