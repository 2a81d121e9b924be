import type { NewEvent } from '../../api/event.ts';
import type { Delivery } from '../../api/ports/notifier.ts';

/** Attempts before a message is given up: with these waits, a day after it was made. */
export const MAX_ATTEMPTS = 60;

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 30 * 60_000;

/** The wait after attempt number `attempts`, from 1: 5 s, doubled with each, up to half an hour. */
export const deliveryWaitMs = (attempts: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 30), LONGEST_WAIT_MS);

/** For the record; it alerts nobody, for it could not be delivered either (failure 38). */
export const givenUp = ({ channel, notification }: Delivery, error: string): NewEvent => ({
  type: 'Warning',
  reason: 'NotificationFailed',
  message: `given up after ${MAX_ATTEMPTS} attempts: "${notification.subject}": ${error}`,
  object: `Notification/${channel}`,
});
