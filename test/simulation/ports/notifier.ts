import type { Notifier } from '../../../src/api/ports/notifier.ts';
import type { Alerting } from '../../../src/controllers/notification.ts';
import type { Life } from '../kernel/life.ts';
import type { Machine } from '../machine/machine.ts';

interface Parts {
  readonly life: Life;
  readonly machine: Machine;
}

/** A channel to people: what it takes lies in their mailbox. */
export const notifierOf = ({ life, machine }: Parts, kind: Notifier['kind'], name: string): Notifier => ({
  kind,
  name,
  deliver: (notification, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason));
      life
        .call(`notifier.${kind}`, {
          effect: () => {
            // What was called off is not handed over any more.
            if (!signal.aborted) machine.mailbox.take(name, notification);
          },
          fails: [() => new Error('the connection was refused'), () => new Error('451 try again later')],
        })
        .then(resolve, reject);
    }),
});

/** Two channels, and settings under which everything is told within a minute. */
export const alertingOf = (parts: Parts): Alerting => ({
  notifiers: [notifierOf(parts, 'email', 'email'), notifierOf(parts, 'webhook', 'webhook/ops')],
  settings: { cooldownMs: 30_000, digestMs: 5_000, maxPerHour: 10_000, include: null, exclude: [], host: 'simulated' },
  mask: (text) => text,
});
