import { readFileSync } from 'node:fs';
import type { Clock } from '../api/ports/world.ts';

/** Node's timers fire at once when asked for more than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface ClockOptions {
  /** Do timers that are still to fire keep the process alive? Default: yes. */
  readonly keepAlive?: boolean;
}

/** The machine's clocks. The monotonic one is the kernel's, comparable between processes of one boot. */
export const systemClock = ({ keepAlive = true }: ClockOptions = {}): Clock => {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

  return {
    now: () => ({ wallMs: Date.now(), monotonicMs: monotonicMs(), bootId }),

    after(ms, callback) {
      const dueAt = monotonicMs() + ms;
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        const leftMs = Math.max(0, Math.ceil(dueAt - monotonicMs()));
        timer = setTimeout(fire, Math.min(leftMs, LONGEST_TIMER_MS));
        if (!keepAlive) timer.unref();
      };
      // Node counts from the time its loop last looked at the clock, and so can be some milliseconds early.
      const fire = (): void => (monotonicMs() < dueAt ? wait() : callback());
      wait();
      return () => clearTimeout(timer);
    },
  };
};
