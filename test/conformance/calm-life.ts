import { Kernel } from '../simulation/kernel/kernel.ts';
import { Life } from '../simulation/kernel/life.ts';
import { randomOf } from '../simulation/kernel/random.ts';
import { Weather } from '../simulation/kernel/weather.ts';
import { Machine } from '../simulation/machine/machine.ts';

const SEED = 1;
const STEP_MS = 100;

/** A simulated machine in clear weather, and a controller on it whose calls are answered. */
export interface CalmLife {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly life: Life;
  /** One more process with a life of its own. */
  another(): Life;
  /** Lets time go by until the work is done. */
  elapsed<T>(work: Promise<T>): Promise<T>;
  /** The port, with time going by while something of it is awaited. */
  driven<Port extends object>(port: Port): Port;
}

export const calmLife = (): CalmLife => {
  const kernel = new Kernel();
  const machine = new Machine({ kernel, random: randomOf(SEED, 'world') });
  const weather = new Weather(SEED, () => kernel.tick);
  const another = (): Life => {
    const pid = machine.spawnController();
    return new Life({ pid, kernel, weather, died: () => machine.kill(pid) });
  };

  const waiting = new Set<Promise<unknown>>();
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    while (waiting.size > 0) await kernel.run(STEP_MS);
    running = null;
  };
  const elapsed = async <T>(work: Promise<T>): Promise<T> => {
    waiting.add(work);
    running ??= run();
    try {
      return await work;
    } finally {
      waiting.delete(work);
    }
  };

  const driven = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...given: readonly unknown[]): unknown => {
          const result: unknown = Reflect.apply(method, target, given);
          return result instanceof Promise ? elapsed(result) : result;
        };
      },
    });

  return { kernel, machine, life: another(), another, elapsed, driven };
};
