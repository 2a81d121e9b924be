/**
 * A moment, in a form that survives clock jumps and reboots.
 * Within one boot spans are measured on the monotonic clock, across boots on the wall clock.
 */
export interface Now {
  /** Milliseconds since the Unix epoch. */
  readonly wallMs: number;
  /** Milliseconds on the kernel's monotonic clock; comparable between processes of one boot. */
  readonly monotonicMs: number;
  /** `/proc/sys/kernel/random/boot_id`. */
  readonly bootId: string;
}

/**
 * Milliseconds from `since` to `now`; never negative, whatever the wall clock did. Since another boot at least as
 * many as this one has lasted: a wall clock that was set back in between stops nothing.
 */
export const elapsedMs = (since: Now, now: Now): number =>
  since.bootId === now.bootId
    ? Math.max(0, now.monotonicMs - since.monotonicMs)
    : Math.max(0, now.monotonicMs, now.wallMs - since.wallMs);

/** A persisted wait. It can only get shorter: no clock jump makes it longer than `forMs`. */
export interface Wait {
  readonly since: Now;
  readonly forMs: number;
}

/** Milliseconds left of a wait, 0 when it is over or there is none. */
export const remainingMs = (wait: Wait | null, now: Now): number =>
  wait === null ? 0 : Math.max(0, wait.forMs - elapsedMs(wait.since, now));

/** When a wait ends by the wall clock, in epoch milliseconds, for display. */
export const endsAt = (wait: Wait): number => wait.since.wallMs + wait.forMs;

/** What a Date holds at most, in milliseconds either way of the epoch. */
const LAST_MS = 8.64e15;

/** As RFC 3339, in UTC. A number that no calendar has, out of an odd record, is shown as the last moment there is. */
export const timeText = (atMs: number): string => new Date(Math.min(Math.max(atMs, -LAST_MS), LAST_MS)).toISOString();

/** The same without fractions, as Kubernetes writes it. */
export const secondText = (atMs: number): string => timeText(atMs).replace(/\.\d+Z$/, 'Z');
