import type { Note } from '../api/note.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import type { ServiceManager } from '../adapters/systemd/service-manager.ts';
import type { Health } from '../server/control.ts';

export interface ServiceParts {
  /** Null: nobody is told anything. */
  readonly manager: ServiceManager | null;
  readonly health: Pick<Health, 'live'>;
  readonly store: Pick<StoreReader, 'phaseCounts'>;
  readonly clock: Clock;
  readonly note: Note;
}

/** What the service manager is told of our life. None of it fails, and none of it is waited for. */
export interface Service {
  /** We serve; from now on the watchdog is fed. */
  ready(): void;
  /** Settings are being read anew; `ready` follows. */
  reloading(): void;
  stopping(): void;
}

/** Of so many parts of the watchdog's time, each has its word: one may get lost. */
const WORDS = 3;

/**
 * Tells the service manager how we are. The watchdog is fed as long as this process's event loop turns and every
 * controller gets on with its keys: one that hangs is as good as dead, and better begun anew.
 */
export const tellService = ({ manager, health, store, clock, note }: ServiceParts): Service => {
  let cancel = (): void => {};
  /** Why the watchdog is not fed; null while it is. */
  let hungry: string | null = null;
  let isHeard = true;

  const tell = async (...assignments: readonly string[]): Promise<void> => {
    try {
      await manager?.tell(...assignments);
      isHeard = true;
    } catch (error) {
      if (isHeard) note('warn', 'service manager not told', { assignments, error });
      isHeard = false;
    }
  };

  const feed = (everyMs: number): void => {
    const stuck = health.live().find(({ ok }) => !ok);
    const trouble = stuck === undefined ? null : `${stuck.name}: ${stuck.message}`;
    if (trouble === null) void tell('WATCHDOG=1', statusOf(store));
    else if (hungry === null) note('warn', 'watchdog not fed', { reason: trouble });
    hungry = trouble;
    cancel = clock.after(everyMs, () => feed(everyMs));
  };

  return {
    ready() {
      void tell('READY=1', statusOf(store));
      cancel();
      if (manager !== null && manager.watchdogMs !== null) feed(manager.watchdogMs / WORDS);
    },
    reloading: () => void tell('RELOADING=1'),
    stopping() {
      cancel();
      void tell('STOPPING=1');
    },
  };
};

/** One line for `systemctl status`. */
const statusOf = (store: ServiceParts['store']): string => {
  const counts = new Map<string, number>();
  for (const { phase, projects } of store.phaseCounts()) counts.set(phase, (counts.get(phase) ?? 0) + projects);
  const phases = [...counts].toSorted(([, a], [, b]) => b - a).map(([phase, count]) => `${count} ${phase}`);
  return `STATUS=${phases.length === 0 ? 'no Projects' : phases.join(', ')}`;
};
