import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tellService } from '../../src/composition/service.ts';
import type { HealthCheck } from '../../src/server/control.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const test = suite('what the service manager is told');

const newService = ({ watchdogMs = 30_000, deaf = false }: { watchdogMs?: number | null; deaf?: boolean } = {}) => {
  const told: string[] = [];
  const notes: string[] = [];
  const clock = new ManualClock();
  const live: HealthCheck[] = [{ name: 'loop-project', ok: true, message: '' }];
  const service = tellService({
    manager: {
      watchdogMs,
      async tell(...assignments) {
        if (deaf) throw new Error('nobody listens');
        told.push(assignments[0] ?? '');
      },
    },
    health: { live: () => live },
    store: {
      phaseCounts: () => [
        { phase: 'Running', queue: 'default', projects: 2 },
        { phase: 'Queued', queue: 'default', projects: 1 },
        { phase: 'Running', queue: 'other', projects: 1 },
      ],
    },
    clock,
    note: (_level, message) => void notes.push(message),
  });
  return { service, told, notes, clock, live };
};
/** Time passes, and what was told in it arrives. */
const pass = async (clock: ManualClock, ms: number): Promise<void> => {
  clock.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
};

test('the watchdog is fed three times in its time, from the moment of readiness', async () => {
  const { service, told, clock } = newService();
  await pass(clock, 60_000);
  assert.equal(told, []);
  service.ready();
  await pass(clock, 30_000);
  assert.equal(told, ['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
});

test('a stuck controller is not fed, is told once, and is fed again when it gets on', async () => {
  const { service, told, notes, clock, live } = newService();
  service.ready();
  live[0] = { name: 'loop-project', ok: false, message: 'a pass has taken 120 s' };
  told.length = 0;
  await pass(clock, 60_000);
  assert.equal(told, []);
  assert.equal(notes, ['watchdog not fed']);
  live[0] = { name: 'loop-project', ok: true, message: '' };
  await pass(clock, 10_000);
  assert.equal(told, ['WATCHDOG=1']);
});

test('nobody is fed who is not watched, nor after the end', async () => {
  const unwatched = newService({ watchdogMs: null });
  unwatched.service.ready();
  await pass(unwatched.clock, 60_000);
  assert.equal(unwatched.told, ['READY=1']);
  const { service, told, clock } = newService();
  service.ready();
  service.stopping();
  await pass(clock, 60_000);
  assert.equal(told, ['READY=1', 'WATCHDOG=1', 'STOPPING=1']);
});

test('reading the settings anew and being ready again are told in this order, and feed once', async () => {
  const { service, told, clock } = newService();
  service.ready();
  service.reloading();
  service.ready();
  told.length = 0;
  await pass(clock, 10_000);
  assert.equal(told, ['WATCHDOG=1']);
});

test('a manager that does not listen is noted once, and harms nobody', async () => {
  const { service, notes, clock } = newService({ deaf: true });
  service.ready();
  await pass(clock, 60_000);
  assert.equal(notes, ['service manager not told']);
});

test.run();
