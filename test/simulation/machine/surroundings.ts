import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { Act, Actor, DoneTo } from './ledger.ts';

/** What every part of the machine is given. */
export interface Surroundings {
  readonly kernel: Kernel;
  /** The world's own stream. */
  readonly random: Random;
  /** Something that can be seen has changed. */
  readonly changed: () => void;
  /** Puts a deed on record; what it changes has changed. */
  readonly record: (who: Actor, act: Act, to: DoneTo) => void;
}
