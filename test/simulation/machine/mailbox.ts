import type { Notification } from '../../../src/api/ports/notifier.ts';

/** What has reached people, by whatever channel; the same message may come twice. */
export class Mailbox {
  readonly arrived: { readonly channel: string; readonly notification: Notification }[] = [];

  take(channel: string, notification: Notification): void {
    this.arrived.push({ channel, notification });
  }
}
