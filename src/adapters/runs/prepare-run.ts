import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { WindowLaunch } from '../../api/action.ts';
import type { RunKey } from '../../api/ports/runs.ts';
import { layered, markersOf } from './environment.ts';
import type { FifoPool } from './fifo-pool.ts';
import { numbersIn } from './paths.ts';
import type { RunPaths } from './paths.ts';
import { namesIn } from './read-run.ts';
import { startScript } from './start-script.ts';

/** Directories of older runs and attempts that are kept; what matters of them stands in the database. */
const KEPT = 10;

export interface Preparation {
  readonly paths: RunPaths;
  readonly stateDir: string;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly fifos: FifoPool;
  readonly readEnvFile: (file: string) => Promise<Readonly<Record<string, string>>>;
}

/**
 * Makes a run's directory ready for its wrapper. A run that was started already is left as it is.
 * Throws a UserError when the spec's envFile cannot be read.
 */
export const prepareRun = async (
  { paths, stateDir, baseEnvironment, fifos, readEnvFile }: Preparation,
  key: RunKey,
  window: WindowLaunch,
  project: string,
): Promise<void> => {
  const files = paths.run(key);
  if (existsSync(files.journal)) return;

  const fromFile = window.envFile === null ? {} : await readEnvFile(window.envFile);
  const markers = markersOf(key, project, stateDir, files.heartbeat);
  const environment = layered(baseEnvironment, fromFile, window.env, markers);

  await mkdir(files.directory, { recursive: true, mode: 0o700 });
  await writeFileAtomic(files.start, startScript(environment, window.cwd, window.command), {
    mode: 0o600,
    // A crash of the machine that loses this file ends its tmux server, too.
    fsync: false,
  });
  if (!existsSync(files.alive)) await fifos.take(files.alive);

  await removeOlder(paths.windowDir(key.uid, key.attempt, key.window), key.run);
  await removeOlder(paths.projectDir(key.uid), key.attempt);
};

const removeOlder = async (directory: string, newest: number): Promise<void> => {
  // They are numbered from 1.
  if (newest <= KEPT) return;
  const old = numbersIn(await namesIn(directory)).filter((number) => number < newest - KEPT);
  await Promise.all(old.map((number) => rm(join(directory, String(number)), { recursive: true, force: true })));
};
