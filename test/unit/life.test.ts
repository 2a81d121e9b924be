import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../src/api/decision.ts';
import { type EndCause, type Memory, newMemory } from '../../src/api/memory.ts';
import type { Attempt, ProjectRow, Run } from '../../src/api/project.ts';
import type { Trace } from '../../src/api/trace.ts';
import { Life } from '../../src/controllers/life.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { attemptOf, manifestOf } from '../helpers/store.ts';

const test = suite('what is told of attempts and runs');

/** One Project whose plans a test makes up, and everything that is told of it. */
class Lived {
  readonly clock = new ManualClock();
  readonly told: Trace[] = [];
  memory: Memory = { ...newMemory, phase: 'Starting', attempt: 1, primary: 'main' };
  attempts: Attempt[] = [attemptOf('uid', 1)];
  runs: Run[] = [];
  readonly #life = new Life({
    store: {
      attempts: () => this.attempts,
      runs: () => this.runs,
    },
    clock: this.clock,
    trace: (trace) => this.told.push(trace),
  });

  plan(change: Partial<Memory>, more: Partial<Pick<Plan, 'attempt' | 'events'>> = {}): void {
    const memory = { ...this.memory, ...change };
    const plan = { rule: '', memory, events: [], attempt: {}, acknowledge: null, actions: [], retry: false };
    const row = { uid: 'uid', name: 'web', spec: manifestOf('web').spec, admittedAt: null, memory: this.memory };
    this.#life.tell(row as unknown as ProjectRow, { ...plan, requeueAfterMs: null, ...more });
    this.memory = memory;
  }

  seenRunning(change: Partial<Memory> = {}): void {
    this.plan({ phase: 'Running', runningSince: this.clock.now(), notBefore: null, ...change });
  }

  exits(key: string, backoffMs: number): void {
    const notBefore = { since: this.clock.now(), forMs: backoffMs };
    this.plan({ phase: 'BackingOff', runningSince: null, countedRun: key, notBefore });
    this.runs.push({ uid: 'uid', attempt: 1, window: 'main', run: 1, endedAt: 1 } as Run);
  }

  ends(cause: EndCause, phase: Memory['phase']): void {
    const end = { attempt: this.memory.attempt, cause, endedAt: 1 };
    this.plan({ phase, runningSince: null }, { attempt: { end } });
    this.attempts = this.attempts.map((each) => ({ ...each, cause: each.cause ?? cause }));
  }

  begins(attempt: number): void {
    const begin = attemptOf('uid', attempt);
    this.plan({ phase: 'Starting', attempt }, { attempt: { begin } });
    this.attempts = [begin, ...this.attempts];
  }

  get newest(): Trace | undefined {
    return this.told.at(-1);
  }
}

test('the first run is no restart, and no repair', () => {
  const web = new Lived();
  web.seenRunning();
  assert.equal(web.told, [{ trace: 'RunSeen', name: 'web', restart: null, repairMs: null }]);
});

test('a run that ends too fast to be seen running counts once, when its end does', () => {
  const web = new Lived();
  web.exits('1/100', 1000);
  web.plan({});
  assert.equal(web.told, [{ trace: 'RunSeen', name: 'web', restart: null, repairMs: null }]);
});

test('a primary that runs again in its window is a repair, which took no longer for its back-off', () => {
  const web = new Lived();
  web.seenRunning();
  web.exits('1/100', 10_000);
  web.clock.advance(10_300);
  web.seenRunning({ restarts: 1 });
  assert.equal(web.newest, {
    trace: 'RunSeen',
    name: 'web',
    restart: { cause: 'Exited', inItsWindow: true },
    repairMs: 300,
  });
});

test('an attempt is begun for the reason its forerunner ended, and is begun once', () => {
  const web = new Lived();
  web.seenRunning();
  web.ends('ServerDied', 'Queued');
  web.clock.advance(2_000);
  web.begins(2);
  assert.equal(web.newest, { trace: 'AttemptBegan', name: 'web', cause: 'ServerDied' });
  web.plan({}, { attempt: { begin: attemptOf('uid', 2) } });
  assert.is(web.told.filter(({ trace }) => trace === 'AttemptBegan').length, 1);
  web.clock.advance(500);
  web.seenRunning({ restarts: 1 });
  assert.equal(web.newest, {
    trace: 'RunSeen',
    name: 'web',
    restart: { cause: 'ServerDied', inItsWindow: false },
    repairMs: 2_500,
  });
});

test('what was asked for is a restart and no repair: nothing is timed', () => {
  const web = new Lived();
  web.seenRunning();
  web.ends('Restarted', 'Queued');
  web.begins(2);
  web.clock.advance(900);
  web.seenRunning({ restarts: 1 });
  assert.equal(web.newest, {
    trace: 'RunSeen',
    name: 'web',
    restart: { cause: 'Restarted', inItsWindow: false },
    repairMs: null,
  });
});

test('a repair that a person’s stop comes into, or that ends in failure, is timed no more', () => {
  for (const change of [
    { phase: 'Suspended' },
    { phase: 'Failed' },
    { phase: 'Terminating', stop: { cause: 'Reset', rung: 'Kill', since: new ManualClock().now() } },
  ] as const) {
    const web = new Lived();
    web.seenRunning();
    web.exits('1/100', 0);
    web.plan(change);
    web.seenRunning({ restarts: 1 });
    assert.is(web.newest?.trace === 'RunSeen' && web.newest.repairMs, null, change.phase);
  }
});

test('a session that is found alive is an attempt that was adopted', () => {
  const web = new Lived();
  const seen = {
    ...attemptOf('uid', 3),
    sessionName: 'web',
    sessionId: '$1',
    server: { pid: 1, startTicks: 1 },
    startedAt: 1,
  };
  const events = [{ type: 'Normal', reason: 'Adopted', message: '', object: 'Project/web' }] as const;
  web.plan({ attempt: 3 }, { attempt: { seen }, events });
  assert.equal(web.told, [{ trace: 'AttemptBegan', name: 'web', cause: 'Adopted' }]);
});

test.run();
