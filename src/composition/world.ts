import { join } from 'node:path';
import type { Note } from '../api/note.ts';
import type { ListedSession } from '../api/observation.ts';
import type { SpecSource } from '../api/ports/manifests.ts';
import type { Processes } from '../api/ports/processes.ts';
import type { Runs } from '../api/ports/runs.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type {
  Clock,
  HeartbeatProbe,
  Keepsakes,
  LogFiles,
  Locks,
  Preflight,
  Room,
  StateFiles,
} from '../api/ports/world.ts';
import { valueOf } from '../api/seen.ts';
import { recordBaseEnvironment, wouldBeBaseEnvironment } from '../adapters/base-environment.ts';
import { openHeartbeatProbe } from '../adapters/heartbeat/probe.ts';
import { knownOwner, ownerId } from '../adapters/identity.ts';
import { openLocks } from '../adapters/locks/locks.ts';
import { openLogFiles } from '../adapters/log-files.ts';
import { openKeepsakes } from '../adapters/keepsakes.ts';
import type { ManifestEditor } from '../adapters/manifests/editor.ts';
import { openManifestDirectory } from '../adapters/manifests/manifest-directory.ts';
import { openPreflight } from '../adapters/preflight/preflight.ts';
import { openRoom } from '../adapters/preflight/room-left.ts';
import { openProcesses } from '../adapters/processes/processes.ts';
import { runHere } from '../adapters/programs/run-here.ts';
import { runInServer } from '../adapters/programs/run-in-server.ts';
import { openRuns } from '../adapters/runs/runs.ts';
import { openStateFiles } from '../adapters/state-files.ts';
import type { TmuxObserver } from '../adapters/tmux/observer.ts';
import { openTmux } from '../adapters/tmux/open-tmux.ts';
import { type Config, databaseOf, type Environment, locksOf } from '../config.ts';

/** The real world behind every port. */
export interface World {
  readonly ownerId: string;
  readonly tmux: Tmux;
  readonly runs: Runs;
  readonly processes: Processes;
  readonly stateFiles: StateFiles;
  readonly locks: Locks;
  readonly preflight: Preflight;
  readonly room: Room;
  readonly probe: HeartbeatProbe;
  readonly source: SpecSource & Pick<ManifestEditor, 'setSuspend'>;
  readonly logFiles: LogFiles;
  readonly keepsakes: Keepsakes;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly config: Config;
  /** The starter's environment; its base is recorded at the first start and read from there ever after. */
  readonly env: Environment;
  readonly clock: Clock;
  /** ReadOnly starts no tmux server and ends nothing. */
  readonly mode: 'Manage' | 'ReadOnly';
  /** What is worth a line in the log. */
  readonly note: Note;
  /** Is told how tmux answers. Default: nobody. */
  readonly tmuxObserver?: TmuxObserver;
}

export const openWorld = async ({ config, env, clock, mode, note, tmuxObserver }: WorldOptions): Promise<World> => {
  const { stateDir } = config;
  // Who only looks makes nothing, were it missing (I13).
  const isOwner = mode === 'Manage';
  const owner = isOwner ? ownerId(stateDir) : (knownOwner(stateDir) ?? crypto.randomUUID());
  const baseEnvironment = isOwner ? recordBaseEnvironment(stateDir, env) : wouldBeBaseEnvironment(stateDir, env);
  const processes = openProcesses(clock);
  const tmux = await openTmux({
    socket: config.tmuxSocket,
    stateDir,
    ownerId: owner,
    // Node writes its own variables into the environment it is given for a child: let that not be the commands'.
    env: { ...baseEnvironment },
    mode,
    external: config.externalTmuxServers,
    clock,
    note,
    ...(tmuxObserver && { observer: tmuxObserver }),
  });
  const run =
    mode === 'Manage' && config.externalTmuxServers > 0
      ? runInServer({ stateDir, processes, runDetached: tmux.runDetached })
      : runHere(processes);
  const runs = openRuns({ stateDir, baseEnvironment, processes, clock });
  const source = openManifestDirectory(config.manifests, {
    archive: join(stateDir, 'archive', 'manifests'),
    deviceFile: join(stateDir, 'manifest-directory.json'),
    remembers: isOwner,
    clock,
    // They are looked at again from time to time all the same.
    onWatchError: (error) => note('warn', 'manifests not watched', { directory: config.manifests, error }),
  });
  return {
    ownerId: owner,
    tmux,
    runs,
    processes,
    stateFiles: openStateFiles(join(stateDir, 'state'), join(stateDir, 'archive', 'state')),
    locks: openLocks(locksOf(stateDir), clock),
    preflight: openPreflight({
      baseEnvironment: { ...baseEnvironment },
      stateDir,
      database: databaseOf(stateDir),
      run,
      clock,
      sessions: () => sessionsOn(tmux, clock),
      ...(config.externalTmuxServers > 0 && { servers: () => serversOf(tmux, clock) }),
    }),
    room: openRoom({ clock, servers: config.externalTmuxServers > 0 ? () => serversOf(tmux, clock) : async () => [] }),
    probe: openHeartbeatProbe({ stateDir, baseEnvironment, run }),
    source,
    logFiles: openLogFiles(join(stateDir, 'logs'), { maxBytes: config.logMaxBytes, keep: config.logKeep }),
    keepsakes: openKeepsakes(join(stateDir, 'archive', 'sessions'), join(stateDir, 'backups'), {
      limits: { days: config.copyDays, maxBytes: config.copyMaxBytes },
      clock,
      note,
    }),
    async close() {
      runs.close();
      await Promise.all([source.close(), tmux.close()]);
    },
  };
};

const serversOf = async (tmux: Tmux, clock: Clock): Promise<readonly number[]> =>
  (await tmux.observe(clock.now().monotonicMs)).flatMap(({ server }) => valueOf(server)?.pid ?? []);

/** All that the tmux servers which answer hold at this moment. */
export const sessionsOn = async (tmux: Tmux, clock: Clock): Promise<readonly ListedSession[]> =>
  (await tmux.observe(clock.now().monotonicMs)).flatMap(({ sessions }) => valueOf(sessions) ?? []);
