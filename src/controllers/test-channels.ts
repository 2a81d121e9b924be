import { messageOf } from '../api/errors.ts';
import type { ChannelTest, Notification } from '../api/ports/notifier.ts';
import type { Clock } from '../api/ports/world.ts';
import { withDeadline } from './deadline.ts';
import { type Alerting, DEADLINE_MS } from './notification.ts';

/** Sends a test message through every channel at once, past the outbox; says how each took it. */
export const testChannels = (
  { notifiers, settings: { host } }: Alerting,
  clock: Clock,
  newUid: () => string,
): Promise<readonly ChannelTest[]> => {
  const notification: Notification = {
    id: newUid().slice(0, 8),
    subject: `[tmuxlet ${host}] a test`,
    text: 'This is a test: alerts of tmuxlet reach you.\n',
    events: [],
    createdAt: clock.now().wallMs,
  };
  const { signal } = new AbortController();
  return Promise.all(
    notifiers.map(async (notifier) => {
      try {
        await withDeadline(clock, DEADLINE_MS, signal, (until) => notifier.deliver(notification, until));
        return { channel: notifier.name, error: null };
      } catch (error) {
        return { channel: notifier.name, error: messageOf(error) };
      }
    }),
  );
};
