import { mkdirSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { systemClock } from './adapters/clock.ts';
import { openLocks } from './adapters/locks/locks.ts';
import { demandOwnDirectory } from './adapters/own-directory.ts';
import { serviceManagerIn } from './adapters/systemd/service-manager.ts';
import type { Note } from './api/note.ts';
import type { Clock, Locks } from './api/ports/world.ts';
import { openAccess } from './composition/access.ts';
import { createControl } from './composition/control.ts';
import { takeControllerLock } from './composition/controller-lock.ts';
import { listenForHangUps } from './composition/hang-up.ts';
import { watchHealth } from './composition/health.ts';
import { type LiveConfig, liveSettings, openLiveConfig } from './composition/live-config.ts';
import { openMeasures } from './composition/measures.ts';
import { dryManager, dryPlace, openCopy } from './composition/plan.ts';
import { reloadConfig } from './composition/reload.ts';
import { scheduleResync } from './composition/resync.ts';
import { storeObserver, tmuxObserver } from './composition/observers.ts';
import { tellService } from './composition/service.ts';
import { tellingPreflight } from './composition/telling-preflight.ts';
import { createTraceBus, type TraceBus } from './composition/trace-bus.ts';
import { openWorld, type World } from './composition/world.ts';
import type { RunIo } from './api/ports/run-io.ts';
import { apiSocketOf, type Config, databaseOf, type Environment } from './config.ts';
import { executorsOf } from './controllers/executors/executors.ts';
import { Manager } from './controllers/manager.ts';
import { MANIFESTS_SETTING, TMUX_SOCKET_SETTING } from './server/controller-info.ts';
import { createServer } from './server/server.ts';
import { openStore } from './store/store.ts';
import type { Store } from './api/ports/store.ts';
import { errorFields } from './telemetry/error-fields.ts';
import { createLogger } from './telemetry/logger.ts';
import { noteLogger } from './telemetry/note-logger.ts';
import { traceLogger } from './telemetry/trace-logger.ts';
import { VERSION } from './version.ts';

export { makeBackup } from './composition/backup/backup.ts';
export { restoreBackup } from './composition/backup/restore.ts';
export { makeBundle } from './composition/bundle/bundle.ts';
export { compareAlone } from './composition/compare.ts';
export { examine } from './composition/doctor.ts';
export { planOnce } from './composition/plan.ts';

/** How long an end may take before it is forced. */
const GRACE_MS = 8_000;

/**
 * Runs the controller until a signal ends it (or, with `once`, until nothing is left to do). Every session lives on.
 * @returns the exit code
 * @throws UserError when the configuration or the state directory does not allow it to run
 */
export const runController = async (
  config: Config,
  env: Environment,
  io: RunIo,
  readConfig: () => Config = () => config,
): Promise<number> => {
  // At a terminal it says that the terminal is gone, which is an end like Ctrl-C.
  const hangUps = io.log.isTTY === true || config.dryRun ? null : listenForHangUps();
  const clock = systemClock();
  const trace = createTraceBus();
  const logger = createLogger({ level: config.logLevel, pretty: io.log.isTTY === true, destination: io.log });
  trace.listen(traceLogger(logger));
  const described = (error: unknown) => errorFields(error, logger.isLevelEnabled('debug'));
  const note = noteLogger(logger);
  // First of all, for a token that others can read ends the start.
  const access = openAccess(config, note);
  const start = config.dryRun ? startDry : startLive;
  const running = await start({ config, env, clock, trace, note });
  const { world, store, manager, live } = running;
  const health = watchHealth({ trace, loops: manager.loops, readStore: () => store.version() });
  const measures = openMeasures({ ...running, config, clock, trace, health });
  const server = createServer({
    reader: store,
    control: createControl({ ...running, alerting: live.alerting, clock, config: () => live.config, trace, health }),
    registry: measures.registry,
    socketOf: world.tmux.socketOf,
    socket: apiSocketOf(running.stateDir),
    listen: config.listen,
    ...access,
    version: VERSION,
    onError: (error) => logger.error(described(error), 'request failed'),
  });
  const { url } = await server.listen().catch(async (error: unknown) => {
    // Whatever stayed open would keep the process alive, which has said why it does not run.
    hangUps?.stop();
    measures.close();
    await running.close();
    throw error;
  });
  const { stateDir, manifests, dryRun } = config;
  logger.info({ version: VERSION, pid: process.pid, stateDir, manifests, url, dryRun }, 'controller started');
  manager.start();
  const resync = scheduleResync(() => manager.tick(), config.stateSyncIntervalSeconds);
  io.started({ url, reader: store, socketOf: world.tmux.socketOf, onTrace: trace.listen });
  const service = tellService({ manager: serviceManagerIn(env), health, store, clock, note });
  service.ready();
  hangUps?.answer(() => {
    service.reloading();
    reloadConfig({ live, readConfig, store, manager, resync, logger });
    service.ready();
  });

  return new Promise((resolve) => {
    const grace = closeWithGrace(
      { delay: GRACE_MS, logger: false, skip: hangUps ? ['SIGHUP'] : [] },
      async ({ err, signal }) => {
        if (err) logger.fatal(described(err), 'controller failed');
        else logger.info(signal === undefined ? {} : { signal }, 'controller stopping');
        service.stopping();
        hangUps?.stop();
        await resync.stop();
        await manager.stop();
        await server.close();
        measures.close();
        await running.close();
        logger.info('controller stopped');
        resolve(err ? 1 : 0);
      },
    );
    trace.listen((told) => {
      if (told.trace === 'Fenced') grace.close();
    });
    if (config.once) void manager.settled().then(grace.close);
  });
};

interface StartParts {
  readonly config: Config;
  readonly env: Environment;
  readonly clock: Clock;
  readonly trace: TraceBus;
  readonly note: Note;
}

/** The controllers over their world and store, and how all of it is closed. */
interface Started {
  readonly stateDir: string;
  readonly world: World;
  readonly store: Store;
  readonly manager: Manager;
  readonly ownLocks: Locks | null;
  readonly live: LiveConfig;
  close(): Promise<void>;
}

const startLive = async ({ config, env, clock, trace, note }: StartParts): Promise<Started> => {
  const { stateDir } = config;
  // First of all, for a secret that cannot be had ends the start.
  const live = openLiveConfig(config);
  const { alerting } = live;
  demandOwnDirectory(stateDir);
  if (config.sources.manifests === 'default') mkdirSync(config.manifests, { recursive: true });
  const ownLocks = openLocks(stateDir, clock);
  const lock = takeControllerLock(stateDir, ownLocks);
  const world = await openWorld({ config, env, clock, mode: 'Manage', note, tmuxObserver: tmuxObserver(trace.tell) });
  const store = openStore(databaseOf(stateDir), {
    now: () => clock.now().wallMs,
    observer: storeObserver(trace.tell),
  });
  store.transaction((writes) => {
    writes.setQueues(config.queues);
    writes.setAlerting(alerting.notifiers.length > 0);
    writes.setSetting(MANIFESTS_SETTING, config.manifests);
    writes.setSetting(TMUX_SOCKET_SETTING, config.tmuxSocket);
  });
  const close = async (): Promise<void> => {
    await world.close();
    store.close();
    lock.release();
  };
  const manager = liveManager({ world, store, live, clock, trace });
  return { stateDir, world, store, manager, ownLocks, live, close };
};

/** Plans in memory: no lock is taken, no server is started, and nothing is written (I13). */
const startDry = async ({ config: given, env, clock, trace, note }: StartParts): Promise<Started> => {
  const { config, remove } = await dryPlace(given);
  const world = await openWorld({ config, env, clock, mode: 'ReadOnly', note, tmuxObserver: tmuxObserver(trace.tell) });
  const store = openCopy(config);
  store.transaction((writes) => writes.setQueues(config.queues));
  const close = async (): Promise<void> => {
    await world.close();
    store.close();
    await remove();
  };
  const manager = dryManager(world, store, config, clock, trace.tell);
  const known = openLiveConfig(config);
  const live = { ...known, alerting: { ...known.alerting, notifiers: [] } };
  return { stateDir: config.stateDir, world, store, manager, ownLocks: null, live, close };
};

const liveManager = ({
  world,
  store,
  live,
  clock,
  trace,
}: Pick<StartParts, 'clock' | 'trace'> & Pick<Started, 'world' | 'store' | 'live'>): Manager =>
  new Manager({
    ...world,
    store,
    clock,
    trace: trace.tell,
    alerting: live.alerting,
    newUid: () => crypto.randomUUID(),
    settings: liveSettings(live),
    executors: (wake) =>
      executorsOf({ ...world, preflight: tellingPreflight(world.preflight, trace.tell), store, clock, wake }),
  });
