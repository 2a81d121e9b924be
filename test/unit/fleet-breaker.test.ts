import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Breaker } from '../../src/api/breaker.ts';
import { heldByFleet, planBreaker, type Resume } from '../../src/machines/fleet-breaker.ts';
import { DecisionWorld } from '../helpers/decision-world.ts';
import type { Now } from '../../src/api/time.ts';

const test = suite('the fleet breaker');

const at = (ms: number): Now => ({ wallMs: 1_000_000 + ms, monotonicMs: ms, bootId: 'b' });
const closed: Breaker = { state: 'Closed', since: at(0), probe: null, tries: 0 };
const resumes = (...outcomes: Resume['outcome'][]): Resume[] =>
  outcomes.map((outcome, index) => ({
    uid: `u${index}`,
    name: `p${index}`,
    resumedAt: at(1).wallMs,
    outcome,
    runningSince: null,
  }));

test('stays closed while half or more of the resumes go well, or too few are known', () => {
  for (const found of [
    resumes('Failing', 'Failing', 'Failing', 'Failing'),
    resumes('Failing', 'Failing', 'Failing', 'Well', 'Well', 'Well'),
    resumes('Failing', 'Failing', 'UnderWay', 'UnderWay', 'UnderWay', 'UnderWay'),
  ]) {
    assert.is(planBreaker(closed, found, at(2)).breaker, closed);
  }
});

test('opens when more than half of at least five fail, once with an event, and lets one probe (failure 70)', () => {
  const found = resumes('Failing', 'Failing', 'GivenUp', 'Well', 'Well');
  const { breaker, event } = planBreaker(closed, found, at(2));
  assert.is(breaker.state, 'Open');
  assert.is(breaker.probe?.uid, 'u0');
  assert.is(event?.reason, 'FleetBreakerOpen');
  assert.is(heldByFleet(breaker, 'u0'), null);
  assert.ok(heldByFleet(breaker, 'u1'));
  assert.is(planBreaker(breaker, found, at(3)).event, null);
});

test('does not take for well what only began to run a moment ago', () => {
  const looping = resumes(
    'Failing',
    'Failing',
    'Failing',
    'Failing',
    'Failing',
    'Well',
    'Well',
    'Well',
    'Well',
    'Well',
  );
  const begun = looping.map((resume) => (resume.outcome === 'Well' ? { ...resume, runningSince: at(1) } : resume));
  assert.is(planBreaker(closed, begun, at(2)).breaker.state, 'Open');
  assert.is(planBreaker(closed, begun, at(20_001)).breaker.state, 'Closed');
});

test('closes when the probe has run well for a while', () => {
  const open: Breaker = { state: 'Open', since: at(0), probe: { uid: 'u0', since: at(0) }, tries: 0 };
  const found = resumes('Well', 'Failing', 'Failing', 'Failing', 'Failing');
  assert.is(planBreaker(open, found, at(19_999)).breaker.state, 'Open');
  const { breaker, event } = planBreaker(open, found, at(20_000));
  assert.is(breaker.state, 'Closed');
  assert.is(event?.reason, 'FleetBreakerClosed');
  // What failed before it closed does not open it again.
  assert.is(planBreaker(breaker, found, at(20_001)).breaker.state, 'Closed');
});

test('a probe that fails is followed by another one, after longer and longer waits', () => {
  const found = resumes('Failing', 'Failing', 'Failing', 'Failing', 'Failing');
  let breaker: Breaker = { state: 'Open', since: at(0), probe: { uid: 'u0', since: at(0) }, tries: 0 };
  const probes: string[] = [];
  const waits: number[] = [];
  let ms = 0;
  for (let step = 0; step < 6; step += 1) {
    const plan = planBreaker(breaker, found, at(ms));
    if (plan.breaker.probe && plan.breaker.probe.uid !== breaker.probe?.uid) probes.push(plan.breaker.probe.uid);
    if (!plan.breaker.probe && breaker.probe) waits.push(plan.requeueAfterMs ?? 0);
    breaker = plan.breaker;
    ms += plan.requeueAfterMs ?? 0;
  }
  assert.equal(probes.slice(0, 2), ['u1', 'u2']);
  assert.ok((waits[1] ?? 0) > (waits[0] ?? 0));
});

test('closes when nobody is left who could probe', () => {
  const open: Breaker = { state: 'Open', since: at(0), probe: null, tries: 1 };
  assert.is(planBreaker(open, resumes('GivenUp', 'GivenUp'), at(1)).breaker.state, 'Closed');
});

test('a held Project is not resumed, says so, and goes on when it may', () => {
  const world = new DecisionWorld().settle();
  world.serverDies();
  world.fleetHold = 'most resumes fail';
  world.settle();
  assert.is(world.phase, 'Queued');
  assert.is(world.memory.reason, 'FleetHeld');
  world.fleetHold = null;
  assert.is(world.settle().phase, 'Running');
});

test('a first start is not held: it is no resume', () => {
  const world = new DecisionWorld();
  world.fleetHold = 'most resumes fail';
  assert.is(world.settle().phase, 'Running');
});

test.run();
