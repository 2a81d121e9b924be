import { schedule, type ScheduledTask } from 'node-cron';
import { cronEvery } from '../controllers/resync.ts';

/** The tick that has everything looked at again. */
export interface Resync {
  /** From now on this often. */
  every(seconds: number): void;
  stop(): Promise<void>;
}

export const scheduleResync = (tick: () => Promise<void>, seconds: number): Resync => {
  const begin = (each: number): ScheduledTask => schedule(cronEvery(each), tick, { noOverlap: true });
  let interval = seconds;
  let task = begin(seconds);
  return {
    every(next) {
      if (next === interval) return;
      void task.destroy();
      interval = next;
      task = begin(next);
    },
    stop: async () => task.destroy(),
  };
};
