import DatabaseFile from 'better-sqlite3';
import { UserError } from '../../src/api/errors.ts';
import type { Store } from '../../src/api/ports/store.ts';
import type { Tracer } from '../../src/api/trace.ts';
import { takeControllerLock } from '../../src/composition/controller-lock.ts';
import { watchHealth } from '../../src/composition/health.ts';
import { createTraceBus } from '../../src/composition/trace-bus.ts';
import { executorsOf } from '../../src/controllers/executors/executors.ts';
import { Manager } from '../../src/controllers/manager.ts';
import type { Health } from '../../src/server/control.ts';
import { openStore } from '../../src/store/store.ts';
import { tellingPreflight } from '../../src/composition/telling-preflight.ts';
import { Life } from './kernel/life.ts';
import type { Setup } from './schedule.ts';
import { STORE_TROUBLES, storeOf } from './store.ts';
import { type World, portsOf } from './world.ts';

/** Everything is looked at again so often: the product's default. */
const RESYNC_MS = 300_000;

/** As in the unit that install-service writes. */
const WATCHDOG_MS = 60_000;
const FED_EVERY_MS = 20_000;

/** A controller at work. */
export interface Controller {
  readonly life: Life;
  readonly manager: Manager;
  readonly store: Store;
}

export interface Birth {
  readonly world: World;
  readonly setup: Setup;
  /** The database. */
  readonly file: string;
  readonly trace: Tracer;
  /** Called in the moment of every commit. */
  readonly committed: (life: Life) => void;
  /** Called in the moment of death, whatever it died of. */
  readonly died: (life: Life) => void;
}

/**
 * Starts a controller, as main.ts does it: lock, ports, store, manager. Null when it ends at once, since another one
 * has the lock, or dies while it starts.
 */
export const startController = (birth: Birth): Controller | null => {
  const { world, setup, file, trace, committed, died } = birth;
  const { kernel, weather, machine } = world;
  let close = (): void => {};
  const life: Life = new Life({
    pid: machine.spawnController(),
    kernel,
    weather,
    died: () => {
      died(life);
      // It may be in the middle of a transaction, which then still ends as the crash found it.
      kernel.after(0, () => close());
    },
  });
  try {
    const ports = portsOf(world, life);
    takeControllerLock('the state directory', ports.ownLocks);
    const opened = life.instant('store.open', {
      effect: () => openStore(file, { now: () => life.clock.now().wallMs }),
      fails: STORE_TROUBLES,
    });
    close = () => opened.close();
    const store = storeOf(life, opened, () => committed(life));
    store.transaction((writes) => {
      writes.setQueues([
        { name: 'default', maxConcurrent: setup.maxConcurrent },
        { name: 'narrow', maxConcurrent: setup.narrow },
      ]);
      writes.setAlerting(ports.alerting.notifiers.length > 0);
    });
    const { clock } = life;
    const { preflight } = ports;
    const bus = createTraceBus();
    const manager: Manager = new Manager({
      ...ports,
      store,
      clock,
      trace: (told) => {
        if (!life.isAlive) return;
        trace(told);
        bus.tell(told);
        if (told.trace === 'Fenced') endFenced(life, manager);
      },
      newUid: () => world.random.uuid(),
      settings: settingsOf(setup),
      executors: (wake) => executorsOf({ ...ports, preflight: tellingPreflight(preflight, trace), store, clock, wake }),
    });
    manager.start();
    tickFor(life, manager);
    feedFor(life, watchHealth({ trace: bus, loops: manager.loops, readStore: () => opened.version() }));
    return { life, manager, store };
  } catch (error) {
    const isExpected = error instanceof UserError || isTrouble(error) || !life.isAlive;
    life.end();
    if (isExpected) return null;
    throw error;
  }
};

/** Of the disk or the database: it ends the start, and the service manager tries again. */
const isTrouble = (error: unknown): boolean =>
  error instanceof DatabaseFile.SqliteError || (error instanceof Error && 'code' in error);

/** What is configured. */
export const settingsOf = (setup: Setup) => ({
  maxConcurrentStarts: setup.maxConcurrentStarts,
  shardSize: setup.shardSize,
  defaultMaxConcurrent: setup.maxConcurrent,
  dryRun: false,
  stateSyncDryRun: false,
  stateSyncIntervalSeconds: RESYNC_MS / 1000,
  orphans: { policy: setup.orphanPolicy, graceMs: setup.orphanGraceSeconds * 1000, apartMs: 20_000 },
});

/** One tick at a time, as the resync of main.ts. */
const tickFor = (life: Life, manager: Manager): void => {
  life.clock.after(RESYNC_MS, () => {
    void manager.tick();
    tickFor(life, manager);
  });
};

/** The service manager kills one that is not alive by its own health for so long. */
const feedFor = (life: Life, health: Health, hungryMs = 0): void => {
  life.clock.after(FED_EVERY_MS, () => {
    const hungry = health.live().every(({ ok }) => ok) ? 0 : hungryMs + FED_EVERY_MS;
    if (hungry >= WATCHDOG_MS) life.end();
    else feedFor(life, health, hungry);
  });
};

/** Another one has taken over: this one lets what is under way end, and ends. */
const endFenced = (life: Life, manager: Manager): void => {
  void manager.stop().then(() => life.end());
  life.clock.after(8_000, () => life.end());
};
