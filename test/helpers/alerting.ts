import type { AlertSettings } from '../../src/api/alert.ts';
import type { Delivery, Notifier } from '../../src/api/ports/notifier.ts';
import type { Store } from '../../src/api/ports/store.ts';
import type { Trace } from '../../src/api/trace.ts';
import { ALERTS, notificationController } from '../../src/controllers/notification.ts';
import type { Controller, Outcome } from '../../src/controllers/loop.ts';
import { openStore } from '../../src/store/store.ts';
import { ManualClock } from './manual-clock.ts';

export const settings: AlertSettings = {
  cooldownMs: 3_600_000,
  digestMs: 0,
  maxPerHour: 100,
  include: null,
  exclude: [],
  host: 'box',
};

/** The notification controller over a real store and real channels, in time that stands still until it is moved. */
export class Alerts {
  readonly clock = new ManualClock();
  readonly traces: Trace[] = [];
  readonly stopping = new AbortController();
  readonly store: Store;
  readonly #controller: Controller;

  constructor(path: string, notifiers: readonly Notifier[], given: Partial<AlertSettings> = {}) {
    this.store = openStore(path, { now: () => this.clock.now().wallMs });
    this.#controller = notificationController({
      store: this.store,
      clock: this.clock,
      trace: (trace) => this.traces.push(trace),
      alerting: { notifiers, settings: { ...settings, ...given }, mask: (text) => text.replaceAll('hunter2', '***') },
      newUid: () => crypto.randomUUID(),
      wake: () => {},
    });
  }

  record(reason: string, object = 'Project/web', message = 'it went wrong'): void {
    const event = { type: 'Warning', reason, object, message } as const;
    this.store.transaction((writes) => writes.recordEvent(event, this.clock.now().wallMs));
  }

  /** From events to the outbox. */
  gather(): Promise<Outcome> {
    return this.deliver(ALERTS);
  }

  /** All of a channel's outbox that is due. */
  async deliver(channel: string): Promise<Outcome> {
    for (;;) {
      const outcome = await this.pass(channel);
      if (outcome.requeueAfterMs !== 0) return outcome;
    }
  }

  /** One pass of the controller. */
  pass(key: string): Promise<Outcome> {
    return this.#controller.reconcile({ key, since: this.clock.now().monotonicMs }, this.stopping.signal);
  }

  /** The only message there is, as the outbox has it. */
  get delivery(): Delivery {
    const [delivery, ...more] = this.store.deliveries();
    if (delivery === undefined || more.length > 0) throw new Error(`${more.length} more than one message`);
    return delivery;
  }
}
