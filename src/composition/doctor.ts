import { systemClock } from '../adapters/clock.ts';
import { wouldBeBaseEnvironment } from '../adapters/base-environment.ts';
import { knownOwner } from '../adapters/identity.ts';
import { openPreflight } from '../adapters/preflight/preflight.ts';
import { runHere } from '../adapters/programs/run-here.ts';
import { openProcesses } from '../adapters/processes/processes.ts';
import { openTmux } from '../adapters/tmux/open-tmux.ts';
import type { CheckResult } from '../api/check.ts';
import { UserError } from '../api/errors.ts';
import type { ProjectManifest } from '../api/manifest.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type { Clock } from '../api/ports/world.ts';
import { type Config, databaseOf, type Environment } from '../config.ts';
import { sessionsOn } from './world.ts';

/** What was found wrong or right, and with whom. */
export interface Finding extends CheckResult {
  /** The Project; null for the machine. */
  readonly project: string | null;
}

/**
 * All checks, of the machine and of these Projects. Looks, and writes nothing: no state directory is made, no tmux
 * server is started, and a running controller is not disturbed.
 */
export const examine = async (
  config: Config,
  env: Environment,
  projects: readonly ProjectManifest[],
): Promise<readonly Finding[]> => {
  const { stateDir } = config;
  const clock = systemClock();
  const baseEnvironment = wouldBeBaseEnvironment(stateDir, env);
  const tmux = await lookingTmux(config, clock, baseEnvironment);
  const checks = openPreflight({
    stateDir,
    database: databaseOf(stateDir),
    baseEnvironment,
    run: runHere(openProcesses(clock)),
    clock,
    sessions: async () => (tmux === null ? [] : sessionsOn(tmux, clock)),
  });
  try {
    const machine = [...(await checks.machine()), checks.database()].map((each) => ({ project: null, ...each }));
    const found = await Promise.all(
      projects.map(async ({ metadata: { name }, spec }) =>
        withMode(spec.preflight.mode, await checks.project(name, spec)).map((each) => ({ project: name, ...each })),
      ),
    );
    return [...machine, ...found.flat()];
  } finally {
    await tmux?.close();
  }
};

/** What does not hold a Project's start is no failure here either. */
const withMode = (
  mode: ProjectManifest['spec']['preflight']['mode'],
  results: readonly CheckResult[],
): readonly CheckResult[] =>
  mode === 'Enforce' ? results : results.map((each) => (each.result === 'Fail' ? { ...each, result: 'Warn' } : each));

/** Null where tmux cannot be run, which is a finding of its own. */
const lookingTmux = async (
  { stateDir, tmuxSocket }: Config,
  clock: Clock,
  baseEnvironment: Readonly<Record<string, string>>,
): Promise<(Tmux & { close(): Promise<void> }) | null> => {
  try {
    return await openTmux({
      socket: tmuxSocket,
      stateDir,
      // Before the first start nothing is ours.
      ownerId: knownOwner(stateDir) ?? crypto.randomUUID(),
      env: { ...baseEnvironment },
      mode: 'ReadOnly',
      clock,
    });
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
};
