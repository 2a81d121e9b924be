import type { HeartbeatSpec } from '../../../api/manifest.ts';

/** Looked at more often than this, nothing would be learnt. */
const LEAST_PERIOD_MS = 100;

/** How often beats are expected, and looked for, in milliseconds. */
export const periodMs = ({ periodSeconds }: HeartbeatSpec): number => Math.max(LEAST_PERIOD_MS, periodSeconds * 1000);

export const staleMs = ({ staleAfterSeconds }: HeartbeatSpec): number => staleAfterSeconds * 1000;

/** Silence that is worth writing down: beats miss more than one period, or half of what makes them stale. */
export const lateMs = (spec: HeartbeatSpec): number =>
  Math.min(staleMs(spec), Math.max(2 * periodMs(spec), staleMs(spec) / 2));

/**
 * The last beat must be no older than this to move a deadline: within the interval that was asked for, as
 * systemd has it (EXTEND_TIMEOUT_USEC), and no more than one beat missed.
 */
export const freshMs = (spec: HeartbeatSpec): number => Math.min(spec.extensionSeconds * 1000, 2 * periodMs(spec));

/** Beats that follow each other faster are not counted. */
export const leastGapMs = (spec: HeartbeatSpec): number => periodMs(spec) / 10;
