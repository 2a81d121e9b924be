import type { Store } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import { planAdmission } from '../machines/admission.ts';
import { type Controller, settled } from './loop.ts';

export interface QueueParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Has a Project looked at. */
  readonly wake: (uid: string) => void;
  /** Places of a queue that no row names. */
  readonly defaultMaxConcurrent: number;
}

/** Admission, keyed by queue name: the only writer of `admittedAt`. */
export const queueController = (parts: QueueParts): Controller => ({
  name: 'queue',
  workers: 1,
  async reconcile({ key }) {
    const { store, clock, wake, defaultMaxConcurrent } = parts;
    const room = store.queues().find((queue) => queue.name === key)?.maxConcurrent ?? defaultMaxConcurrent;
    const { admit, release } = planAdmission(store.queueEntries(key), room);
    if (admit.length === 0 && release.length === 0) return settled;
    const { wallMs } = clock.now();
    store.transaction((writes) => {
      for (const uid of release) writes.setAdmitted(uid, null);
      for (const uid of admit) writes.setAdmitted(uid, wallMs);
    });
    for (const uid of [...admit, ...release]) wake(uid);
    return settled;
  },
});
