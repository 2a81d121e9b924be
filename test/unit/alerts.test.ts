import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Alert, AlertSettings } from '../../src/api/alert.ts';
import type { Event } from '../../src/api/event.ts';
import type { Notification } from '../../src/api/ports/notifier.ts';
import type { Now } from '../../src/api/time.ts';
import { deliveryWaitMs, givenUp, MAX_ATTEMPTS } from '../../src/machines/alerts/delivery.ts';
import { planNotifications } from '../../src/machines/alerts/plan.ts';
import { severityOf } from '../../src/machines/alerts/reasons.ts';
import { keyOf } from '../../src/machines/alerts/take-in.ts';

const test = suite('alerts');

const SECOND = 1000;
const HOUR = 3_600_000;

const standard: AlertSettings = {
  cooldownMs: HOUR,
  digestMs: 10 * SECOND,
  maxPerHour: 20,
  include: null,
  exclude: [],
  host: 'box',
};

const at = (ms: number, bootId = 'boot'): Now => ({ wallMs: 1_800_000_000_000 + ms, monotonicMs: ms, bootId });

/** Event log, memory and outbox, as the controller keeps them; every look is planned on what the last one left. */
class People {
  readonly told: { readonly at: number; readonly notification: Notification }[] = [];
  readonly settings: AlertSettings;
  readonly #alerts = new Map<string, Alert>();
  #sent: readonly Now[] = [];
  #news: Event[] = [];
  #nextId = 1;
  readonly #newest = new Map<string, Event>();

  constructor(settings: Partial<AlertSettings> = {}) {
    this.settings = { ...standard, ...settings };
  }

  /** Something happens; the same as the object's newest event is counted. */
  happens(reason: string, object: string, ms: number, message = 'it went wrong'): void {
    const newest = this.#newest.get(object);
    const isRepeat = newest?.reason === reason && newest.message === message;
    const event: Event = isRepeat
      ? { ...newest, count: newest.count + 1, lastAt: ms }
      : { id: this.#nextId++, type: 'Warning', reason, message, object, count: 1, firstAt: ms, lastAt: ms };
    this.#newest.set(object, event);
    this.#news = [...this.#news.filter(({ id }) => id !== event.id), event];
  }

  look(ms: number, now: Now = at(ms)): number | null {
    const plan = planNotifications({
      events: this.#news,
      alerts: [...this.#alerts.values()],
      sent: this.#sent,
      settings: this.settings,
      now,
      id: 'n',
    });
    this.#news = [];
    this.#sent = plan.sent;
    for (const alert of plan.alerts) this.#alerts.set(keyOf(alert), alert);
    if (plan.notification) this.told.push({ at: ms, notification: plan.notification });
    return plan.requeueAfterMs;
  }

  get pendingTimes(): number {
    return [...this.#alerts.values()].reduce((sum, { pending }) => sum + (pending?.times ?? 0), 0);
  }

  get toldTimes(): number {
    return this.told.flatMap(({ notification }) => notification.events).reduce((sum, { times }) => sum + times, 0);
  }
}

test('what is wrong is told after the digest window, with its reason in the subject', () => {
  const people = new People();
  people.happens('BackoffLimitExceeded', 'Project/web', 0, 'failed 7 times in a row, the last with exit code 7');
  assert.is(people.look(0), 10 * SECOND);
  people.look(9_999);
  assert.is(people.told.length, 0);
  people.look(10_000);
  const [{ notification } = { notification: null }] = people.told;
  assert.is(notification?.subject, '[tmuxlet box] BackoffLimitExceeded: Project/web');
  assert.match(notification?.text ?? '', /CRITICAL BackoffLimitExceeded Project\/web\n {2}failed 7 times/);
  assert.is(people.look(10_001), null, 'and then there is nothing to wait for');
});

test('what comes close together goes out as one message, the most pressing first', () => {
  const people = new People();
  people.happens('ServerDied', 'Project/a', 0);
  people.look(0);
  people.happens('DeadlineExceeded', 'Project/b', 5 * SECOND);
  people.look(5 * SECOND);
  people.look(10 * SECOND);
  assert.is(people.told.length, 1);
  assert.equal(
    people.told[0]?.notification.events.map(({ reason }) => reason),
    ['DeadlineExceeded', 'ServerDied'],
  );
  assert.is(people.told[0]?.notification.subject, '[tmuxlet box] 2 alerts: DeadlineExceeded (1), ServerDied (1)');
});

test('of very many there is a summary by reason, which counts them all', () => {
  const people = new People();
  for (let index = 0; index < 200; index++) people.happens('ServerDied', `Project/p-${index}`, 0);
  people.happens('DeletionsHeld', 'Controller', 0);
  people.look(0);
  people.look(10 * SECOND);
  const [{ notification } = { notification: null }] = people.told;
  assert.match(notification?.text ?? '', /WARNING ServerDied, 200 times, about 200 objects\n.* and 195 more\n/);
  assert.match(notification?.subject ?? '', /201 alerts: DeletionsHeld \(1\), ServerDied \(200\)/);
  assert.ok((notification?.text ?? '').length < 2000);
});

test('a reason about an object is told once in a cool-down; what comes meanwhile is counted and told after it', () => {
  const people = new People();
  people.happens('PreflightFailed', 'Project/web', 0);
  people.look(0);
  people.look(10 * SECOND);
  for (let minute = 1; minute < 60; minute++) {
    people.happens('PreflightFailed', 'Project/web', minute * 60 * SECOND);
    people.look(minute * 60 * SECOND);
  }
  assert.is(people.told.length, 1);
  people.happens('PreflightFailed', 'Project/other', 59 * 60 * SECOND);
  people.look(59 * 60 * SECOND);
  people.look(59 * 60 * SECOND + 10 * SECOND);
  assert.is(people.told.length, 2, 'another object has a cool-down of its own');
  people.look(HOUR + 10 * SECOND);
  assert.equal(
    people.told[2]?.notification.events.map(({ object, times }) => [object, times]),
    [['Project/web', 59]],
  );
});

test('the ordinary life of a Project alerts nobody, and an act that fails only when it goes on failing', () => {
  const people = new People({ digestMs: 0 });
  for (const reason of ['PrimaryExited', 'BackOff', 'PreflightWarning']) people.happens(reason, 'Project/web', 0);
  people.happens('ActionFailed', 'Project/db', 0);
  people.happens('ActionFailed', 'Project/db', 1);
  people.look(2);
  assert.is(people.told.length, 0);
  people.happens('ActionFailed', 'Project/db', 3);
  people.look(3);
  assert.is(people.told[0]?.notification.events[0]?.times, 3);
});

test('a Warning that nobody weighed is told rather than missed; of Normal ones only the end of a trouble is', () => {
  const of = (type: 'Normal' | 'Warning', reason: string) =>
    severityOf({ type, reason, object: 'Project/web', message: '', count: 1 }, standard);
  assert.is(of('Warning', 'SomethingNew'), 'warning');
  assert.is(of('Normal', 'SomethingNew'), null);
  assert.is(of('Normal', 'FleetBreakerClosed'), 'info');
});

test('the config names which reasons alert, and which never do', () => {
  const of = (reason: string, reasons: Partial<AlertSettings>) =>
    severityOf({ type: 'Warning', reason, object: 'Project/web', message: '', count: 1 }, { ...standard, ...reasons });
  assert.is(of('PrimaryExited', { include: ['PrimaryExited'] }), 'warning');
  assert.is(of('DeadlineExceeded', { include: ['PrimaryExited'] }), null);
  assert.is(of('DeadlineExceeded', { exclude: ['DeadlineExceeded'] }), null);
});

test('a message that could not be delivered makes no message, whatever the config says (failure 38)', () => {
  const delivery = {
    channel: 'email',
    notification: { id: 'n', subject: 's', text: 't', events: [], createdAt: 0 },
    attempts: MAX_ATTEMPTS,
    nextAttempt: null,
    deliveredAt: null,
    failedAt: null,
    lastError: null,
  };
  const own = { ...givenUp(delivery, 'no route'), count: 9 };
  assert.is(own.reason, 'NotificationFailed');
  assert.is(severityOf(own, standard), null);
  assert.is(severityOf(own, { ...standard, include: ['NotificationFailed'] }), null);
});

test('line ends and other control characters neither begin a header nor move a cursor', () => {
  const people = new People({ digestMs: 0 });
  people.happens(
    'ManifestInvalid',
    'Manifest/a\r\nBcc: all@example.org\n.json',
    0,
    'one\r\ntwo\u001b[2J\u0000\u2028three',
  );
  people.look(0);
  const [{ notification } = { notification: null }] = people.told;
  assert.is(notification?.subject, '[tmuxlet box] ManifestInvalid: Manifest/a Bcc: all@example.org .json');
  assert.not.match(notification?.text ?? '', /(?!\n)\p{Cc}/u);
  assert.match(notification?.text ?? '', / {2}one\n {2}two \[2J \n? ? ?three/);
});

test('attempts to deliver wait longer and longer, up to half an hour, and end after a day', () => {
  const waits = Array.from({ length: MAX_ATTEMPTS }, (_, index) => deliveryWaitMs(index + 1));
  assert.equal(waits.slice(0, 3), [5_000, 10_000, 20_000]);
  assert.is(Math.max(...waits), 30 * 60_000);
  const day = waits.reduce((sum, ms) => sum + ms, 0) / HOUR;
  assert.ok(day > 24 && day < 30, `${day} hours`);
});

/** Anything at all, in any order, looked at at any times. */
const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 20 * 60 * SECOND }),
  happens: fc.array(
    fc.tuple(fc.constantFrom('ServerDied', 'DeadlineExceeded', 'NameConflict'), fc.constantFrom('a', 'b', 'c', 'd')),
    { maxLength: 5 },
  ),
  look: fc.boolean(),
});
const limits = fc.record({
  cooldownMs: fc.integer({ min: 0, max: 2 * HOUR }),
  digestMs: fc.integer({ min: 0, max: 60 * SECOND }),
  maxPerHour: fc.integer({ min: 1, max: 5 }),
});

const play = (people: People, steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
  let ms = 0;
  let happened = 0;
  for (const { afterMs, happens, look } of steps) {
    ms += afterMs;
    for (const [reason, name] of happens) people.happens(reason, `Project/${name}`, ms);
    happened += happens.length;
    if (look) people.look(ms);
  }
  people.look(ms);
  return { ms, happened };
};

test('never more messages in an hour than allowed, nor one about the same within its cool-down (failure 38)', () => {
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 60 }), (settings, steps) => {
      const people = new People(settings);
      play(people, steps);
      for (const { at: from } of people.told) {
        const inHour = people.told.filter(({ at: when }) => when >= from && when < from + HOUR);
        assert.ok(inHour.length <= settings.maxPerHour);
      }
      const last = new Map<string, number>();
      for (const { at: when, notification } of people.told) {
        for (const event of notification.events) {
          assert.ok(when - (last.get(keyOf(event)) ?? Number.NEGATIVE_INFINITY) >= settings.cooldownMs);
          last.set(keyOf(event), when);
        }
      }
    }),
  );
});

test('nothing is lost: all that happened is told in the end, and each time once', () => {
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 60 }), (settings, steps) => {
      const people = new People(settings);
      const { ms, happened } = play(people, steps);
      assert.is(people.toldTimes + people.pendingTimes, happened);
      // Looked at when it asks to be, it comes to an end.
      let now = ms;
      for (let wait = people.look(now), looks = 0; wait !== null; wait = people.look(now)) {
        assert.ok(looks++ < 50, 'it never comes to rest');
        now += wait;
      }
      assert.is(people.toldTimes, happened);
    }),
  );
});

test('no jump of the wall clock tells twice, or holds back longer than the cool-down', () => {
  const people = new People({ digestMs: 0 });
  const jumped = (ms: number, wallMs: number): Now => ({ ...at(ms), wallMs });
  people.happens('ServerDied', 'Project/a', 0);
  people.look(0);
  people.happens('ServerDied', 'Project/a', 1);
  people.look(1, jumped(1, 4_000_000_000_000));
  assert.is(people.told.length, 1);
  people.look(HOUR, jumped(HOUR, 1_000));
  assert.is(people.told.length, 2);
});

test.run();
