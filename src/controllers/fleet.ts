import { type Breaker, readBreaker } from '../api/breaker.ts';
import type { Store, StoreReader } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import type { Tracer } from '../api/trace.ts';
import { planBreaker, RESUME_WINDOW_MS } from '../machines/fleet-breaker.ts';
import type { Controller } from './loop.ts';

/** The single key. */
export const FLEET = 'fleet';

const SETTING = 'fleetBreaker';

/** The breaker as it was left. */
export const breakerIn = (store: Pick<StoreReader, 'setting'>): Breaker => readBreaker(store.setting(SETTING));

export interface FleetParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly trace: Tracer;
  /** Has a Project looked at. */
  readonly wake: (uid: string, why: string) => void;
}

/** Watches how resumes go, all Projects together, and lets them go on or holds them. */
export const fleetController = ({ store, clock, trace, wake }: FleetParts): Controller => ({
  name: 'fleet',
  workers: 1,
  async reconcile() {
    const now = clock.now();
    const before = breakerIn(store);
    const resumes = store.resumesSince(now.wallMs - RESUME_WINDOW_MS);
    const { breaker, event, requeueAfterMs } = planBreaker(before, resumes, now);
    if (breaker !== before) {
      store.transaction((writes) => {
        writes.setSetting(SETTING, JSON.stringify(breaker));
        if (event) writes.recordEvent(event, now.wallMs);
      });
      if (event) trace({ trace: 'EventRecorded', event });
      for (const { uid } of resumes) wake(uid, 'the fleet breaker has moved');
    }
    return { retry: false, requeueAfterMs };
  },
});
