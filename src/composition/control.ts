import { UserError } from '../api/errors.ts';
import type { Intervention } from '../api/life.ts';
import type { Store } from '../api/ports/store.ts';
import type { Clock, Locks } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import type { Config } from '../config.ts';
import type { Manager } from '../controllers/manager.ts';
import type { Alerting } from '../controllers/notification.ts';
import { testChannels } from '../controllers/test-channels.ts';
import type { Control, Health } from '../server/control.ts';
import { compareWith } from './compare.ts';
import { planWith } from './plan.ts';
import { screensOf } from './screens.ts';
import type { TraceBus } from './trace-bus.ts';
import type { World } from './world.ts';

export interface ControlParts {
  readonly world: World;
  /** The locks of the state directory itself: the controller's own. */
  readonly ownLocks: Locks | null;
  readonly store: Store;
  readonly manager: Manager;
  readonly alerting: Alerting;
  readonly clock: Clock;
  /** As it is now. */
  readonly config: () => Config;
  readonly trace: TraceBus;
  readonly health: Health;
}

/** What people ask of the running controller, over the server. */
export const createControl = ({
  world,
  ownLocks,
  store,
  manager,
  alerting,
  clock,
  config,
  trace,
  health,
}: ControlParts): Control => {
  const rowOf = (name: string): ProjectRow => {
    const row = store.projectByName(name);
    if (row === null) throw new UserError(`there is no Project ${name}`);
    return row;
  };
  const intervened = (verb: Intervention): void => trace.tell({ trace: 'Intervened', verb });
  return {
    ownerId: world.ownerId,
    listings: () => world.tmux.observe(clock.now().monotonicMs),
    screens: (uid) => screensOf(world.tmux, clock, uid),
    locks: () => [...(ownLocks?.list() ?? []), ...world.locks.list()],
    plan: () => planWith(world, config(), clock),
    stateReport: () => manager.stateReport,
    synchronize(dryRun) {
      if (dryRun) return compareWith(world, store, config(), clock);
      intervened('sync');
      return manager.synchronize();
    },
    testAlerts: () => testChannels(alerting, clock, () => crypto.randomUUID()),
    command(verb, project) {
      const uid = project === '' ? null : rowOf(project).uid;
      const command = { id: crypto.randomUUID(), verb, project, requestedAt: clock.now().wallMs };
      store.transaction((writes) => writes.addCommand(command));
      intervened(verb);
      if (uid === null) manager.resync();
      else manager.wake(uid, `${verb} was asked for`);
      return { ...command, acknowledgedAt: null, result: null };
    },
    requestDeletion(name, force) {
      const { uid } = rowOf(name);
      store.transaction((writes) => writes.setDeletion(uid, { requestedAt: clock.now().wallMs, force }));
      if (force) intervened('delete-force');
      manager.wake(uid, 'deletion was asked for');
    },
    async setSuspend(name, suspend) {
      if (config().dryRun) throw new UserError('this controller only plans: it writes no manifest');
      return world.source.setSuspend(rowOf(name).file, name, suspend);
    },
    beatsOf(uid) {
      const watch = manager.heartbeats.of(uid);
      return watch && { ...watch, lastBeatAt: watch.lastBeat?.wallMs ?? null };
    },
    onTrace: (listener) => trace.listen(listener),
    health,
  };
};
