import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { openWorld } from '../../src/composition/world.ts';
import { databaseOf, loadConfig } from '../../src/config.ts';
import { orphanSettingsOf } from '../../src/config/orphans.ts';
import { executorsOf } from '../../src/controllers/executors/executors.ts';
import { Manager } from '../../src/controllers/manager.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryFolder } from './temporary.ts';

export interface LiveManager {
  readonly stateDir: string;
  readonly declare: (name: string, spec: object) => void;
}

export interface LiveSettings {
  readonly logMaxBytes: number;
  readonly logKeep: number;
  readonly retentionIntervalMs: number;
}

/**
 * Runs a body beside the controllers in this process, over real tmux, files and a database: for settings that
 * the command line does not have. All is ended afterwards.
 */
export const withManager = async (
  { logMaxBytes, logKeep, retentionIntervalMs }: LiveSettings,
  body: (live: LiveManager) => Promise<void>,
): Promise<void> => {
  const { path: folder, remove } = temporaryFolder();
  const stateDir = join(folder, 's');
  const manifests = join(folder, 'm');
  mkdirSync(manifests);
  const env = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8' };
  const flags = { stateDir, manifests, logMaxBytes: String(logMaxBytes), logKeep: String(logKeep) };
  const config = loadConfig(flags, env, folder);
  const clock = systemClock();
  const world = await openWorld({ config, env, clock, mode: 'Manage', note: () => {} });
  const store = openStore(databaseOf(stateDir), { now: () => clock.now().wallMs });
  const { maxConcurrentStarts, shardSize, tmuxSocket } = config;
  const manager = new Manager({
    ...world,
    store,
    clock,
    trace: () => {},
    newUid: () => crypto.randomUUID(),
    settings: {
      maxConcurrentStarts,
      shardSize,
      defaultMaxConcurrent: 20,
      dryRun: false,
      stateSyncDryRun: false,
      stateSyncIntervalSeconds: 300,
      orphans: orphanSettingsOf(config.orphans),
      retentionIntervalMs,
    },
    executors: (wake) => executorsOf({ ...world, store, clock, wake }),
  });
  const declare = (name: string, spec: object): void =>
    writeFileSync(
      join(manifests, `${name}.json`),
      JSON.stringify({
        apiVersion: 'tmuxlet.dev/v1',
        kind: 'Project',
        metadata: { name },
        spec: { path: folder, ...spec },
      }),
    );
  manager.start();
  try {
    await body({ stateDir, declare });
  } finally {
    await manager.stop();
    await world.close();
    store.close();
    execFileSync('tmux', ['-S', tmuxSocket, 'kill-server']);
    remove();
  }
};
