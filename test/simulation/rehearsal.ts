import type { Tracer } from '../../src/api/trace.ts';
import { dryExecutors } from '../../src/controllers/executors/dry-executors.ts';
import { Manager } from '../../src/controllers/manager.ts';
import { copyStore } from '../../src/store/store.ts';
import { settingsOf } from './controller.ts';
import { type Call, type InstantCall, Life } from './kernel/life.ts';
import type { Machine } from './machine/machine.ts';
import type { Setup } from './schedule.ts';
import { portsOf, type World } from './world.ts';

/** A life that may only look. */
class LookingLife extends Life {
  readonly #machine: Machine;
  readonly #changed: (point: string) => void;

  constructor(world: World, died: () => void, changed: (point: string) => void) {
    super({ ...world, pid: world.machine.spawnController(), died });
    this.#machine = world.machine;
    this.#changed = changed;
  }

  override call<T>(point: string, call: Call<T>): Promise<T> {
    const { effect, partial } = call;
    return super.call(point, {
      ...call,
      effect: () => this.#watched(point, effect),
      ...(partial && { partial: () => this.#watched(point, partial) }),
    });
  }

  override instant<T>(point: string, call: InstantCall<T>): T {
    return super.instant(point, { ...call, effect: () => this.#watched(point, call.effect) });
  }

  #watched<T>(point: string, effect: () => T): T {
    const before = this.#mark();
    try {
      return effect();
    } finally {
      if (this.#mark() !== before) this.#changed(point);
    }
  }

  #mark(): string {
    return `${this.#machine.revision} ${this.#machine.programsRun.length}`;
  }
}

export interface Rehearsal {
  readonly world: World;
  readonly setup: Setup;
  /** The database, which is copied. */
  readonly file: string;
  /** It ends after so long. */
  readonly forMs: number;
  readonly trace: Tracer;
  readonly died: () => void;
  /** Called when it has changed the world at this point. */
  readonly changed: (point: string) => void;
}

/** A dry run beside whatever runs, as main.ts makes it: over a copy of the database, with hands that do nothing. */
export const rehearse = ({ world, setup, file, forMs, trace, died, changed }: Rehearsal): Life => {
  const life = new LookingLife(world, died, changed);
  const { alerting: _, ownLocks: __, ...ports } = portsOf(world, life, 'ReadOnly');
  const { clock } = life;
  const store = copyStore(file, { now: () => clock.now().wallMs });
  const manager: Manager = new Manager({
    ...ports,
    store,
    clock,
    trace,
    newUid: () => world.random.uuid(),
    settings: { ...settingsOf(setup), dryRun: true },
    executors: (wake) => dryExecutors({ store, clock, wake }),
  });
  manager.start();
  clock.after(forMs, () => life.end());
  return life;
};
