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
      const sleep = (): void => {
        const leftMs = dueAt - monotonicMs();
        timer =
          leftMs > LONGEST_TIMER_MS ? setTimeout(sleep, LONGEST_TIMER_MS) : setTimeout(callback, Math.max(0, leftMs));
        if (!keepAlive) timer.unref();
      };
      sleep();
      return () => clearTimeout(timer);
    },
  };
};
