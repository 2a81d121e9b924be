import { resolve } from 'node:path';
import { TimeoutStrategy, timeout } from 'cockatiel';
import { messageOf } from '../../api/errors.ts';
import type { CheckResult } from '../../api/decision.ts';
import type { Spec } from '../../api/manifest.ts';
import type { Processes } from '../../api/ports/processes.ts';
import type { Preflight } from '../../api/ports/world.ts';
import { readEnvFile } from '../runs/env-file.ts';
import { GIT_ENVIRONMENT, checkGit } from './git.ts';
import { fail, pass } from './outcome.ts';
import { verdictOf } from './own-check.ts';
import type { OwnCheck } from './own-check.ts';
import { LEAST_FREE_BYTES, checkDirectory, checkDiskSpace, checkEnvFile } from './places.ts';
import { checkProgram } from './programs.ts';
import { runProgram } from './run-program.ts';

export interface PreflightOptions {
  readonly stateDir: string;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly processes: Processes;
  /** How long one of tmuxlet's own checks may take. Default: 10,000 ms. */
  readonly timeoutMs?: number;
  /** Default: 64 MiB. */
  readonly leastFreeBytes?: number;
}

/** Checks before a start, side by side. Nothing is written into the Project's path, and nothing is asked. */
export const openPreflight = ({
  stateDir,
  baseEnvironment,
  processes,
  timeoutMs = 10_000,
  leastFreeBytes = LEAST_FREE_BYTES,
}: PreflightOptions): Preflight => {
  const limit = timeout(timeoutMs, TimeoutStrategy.Aggressive);

  /** A check that breaks is one that failed. */
  const guarded = async (
    name: string,
    check: () => Promise<CheckResult | readonly CheckResult[]>,
  ): Promise<readonly CheckResult[]> => {
    try {
      return [await check()].flat();
    } catch (error) {
      return [fail(name, `the check itself failed: ${messageOf(error)}`, 'is the file system there?')];
    }
  };
  /** And so is one that hangs, as on a file system that is away. */
  const limited: typeof guarded = (name, check) => guarded(name, () => limit.execute(check));

  const checkTmux = async (): Promise<CheckResult> => {
    const tmux = await runProgram({ argv: ['tmux', '-V'], cwd: stateDir, env: null, timeoutMs }, processes);
    return tmux.how === 'Exited' && tmux.code === 0
      ? pass('tmux', tmux.output)
      : fail('tmux', 'tmux cannot be run', 'install tmux 3.2 or newer');
  };

  const checksInside = (spec: Spec, env: Readonly<Record<string, string>>) => {
    const { path, preflight, session } = spec;
    const git = (...args: readonly string[]) =>
      runProgram({ argv: ['git', ...args], cwd: path, env: { ...env, ...GIT_ENVIRONMENT }, timeoutMs }, processes);
    const own = async (check: OwnCheck): Promise<CheckResult> => {
      const argv = typeof check.command === 'string' ? ['/bin/sh', '-c', check.command] : check.command;
      const program = { argv, cwd: path, env: { ...env, ...GIT_ENVIRONMENT }, timeoutMs: check.timeoutSeconds * 1000 };
      return verdictOf(check, await runProgram(program, processes));
    };
    return [
      limited('git', () => checkGit(preflight.git, path, git)),
      ...session.windows.flatMap(({ name, cwd }, index) =>
        cwd === undefined
          ? []
          : [
              limited(`window ${name}`, () =>
                checkDirectory(`window ${name}`, resolve(path, cwd), `session.windows[${index}].cwd`),
              ),
            ],
      ),
      ...preflight.checks.map((check) => guarded(check.name, () => own(check))),
    ];
  };

  return {
    async check(_name, spec) {
      const { path, preflight, session } = spec;
      const envFile = session.envFile === undefined ? null : resolve(path, session.envFile);
      // A file that cannot be read is told by the check of its own.
      const fromFile = envFile === null ? {} : await limit.execute(() => readEnvFile(envFile)).catch(() => ({}));
      const env = { ...baseEnvironment, ...fromFile, ...session.env };

      const place = await limited('path', () => checkDirectory('path', path, 'spec.path'));
      const isThere = place.every(({ result }) => result === 'Pass');
      const results = await Promise.all([
        limited('tmux', checkTmux),
        limited('disk', () => checkDiskSpace(stateDir, leastFreeBytes)),
        ...(envFile === null ? [] : [limited('envFile', () => checkEnvFile(envFile))]),
        ...preflight.commands.map((program) => limited(program, () => checkProgram(program, env.PATH ?? '', path))),
        // Without the path these would only repeat that it is missing.
        ...(isThere ? checksInside(spec, env) : []),
      ]);
      return [...place, ...results.flat()];
    },
  };
};
