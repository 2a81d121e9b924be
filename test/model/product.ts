import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, Plan } from '../../src/api/decision.ts';
import { newMemory } from '../../src/api/memory.ts';
import { type Phase, PHASES } from '../../src/api/phase.ts';
import { decide } from '../../src/machines/project/decide.ts';
import { caseOf, type Circumstance, MEMORIES, OBSERVATIONS, settingOf } from './classes.ts';
import { LAWS } from './laws.ts';
import { PHASE_EXCEPTIONS } from './phase-exceptions.ts';

/** One class of each dimension, by their names. */
export interface Combination {
  readonly memory: string;
  readonly observation: string;
  readonly circumstance: string;
}

/** Every combination, with what makes its case in each phase. */
export function* product(
  circumstances: Readonly<Record<string, Circumstance>>,
): Generator<Combination & { readonly in: (phase: Phase) => Case }> {
  for (const [circumstance, given] of Object.entries(circumstances)) {
    const setting = settingOf(given);
    for (const [observation, sightOf] of Object.entries(OBSERVATIONS)) {
      const sight = sightOf(setting.hash);
      for (const [memory, memoryOf] of Object.entries(MEMORIES)) {
        const remembered = { ...newMemory, ...memoryOf(setting.spec) };
        const inPhase = (phase: Phase): Case => caseOf({ ...remembered, phase }, sight, setting);
        yield { memory, observation, circumstance, in: inPhase };
      }
    }
  }
}

/** No rule asks for this phase: what is decided in it is what is decided in any. */
const UNASKED: Phase = 'Running';

/** A plan without what tells of the phase itself: the phase, its conditions, and the time it has been Queued. */
const essenceOf = (plan: Plan): string =>
  JSON.stringify({
    ...plan,
    memory: { ...plan.memory, phase: null, conditions: null, queuedSince: null },
    actions: plan.actions.map((action) => (action.kind === 'RecordState' ? action.kind : action)),
  });

/** Breaches of one law: how many, and the first. */
class Breaches {
  count = 0;
  first = '';

  add(phase: Phase, { memory, observation, circumstance }: Combination, plan: Plan): void {
    this.count += 1;
    this.first ||=
      `${phase}; memory: ${memory}; observation: ${observation}; circumstance: ${circumstance}\n` +
      `rule: ${plan.rule}\nnext phase: ${plan.memory.phase} (${plan.memory.reason}); ` +
      `actions: ${plan.actions.map(({ kind }) => kind).join(', ') || 'none'}`;
  }

  expectNone(): void {
    assert.is(this.count, 0, `${this.count} combinations break it, the first:\n${this.first}`);
  }
}

/**
 * Decides all combinations with these circumstances once, and makes a test of each law. `foreign` names the
 * exceptions that no phase can show under them.
 */
export const testProduct = (
  name: string,
  circumstances: Readonly<Record<string, Circumstance>>,
  foreign: readonly string[],
): void => {
  const breaches = new Map(LAWS.map(({ sentence }) => [sentence, new Breaches()]));
  const dependent = new Breaches();
  const excused = new Set<string>();
  let decided = 0;

  for (const combination of product(circumstances)) {
    const plans = PHASES.map((phase) => {
      const c = combination.in(phase);
      const plan = decide(c);
      for (const { sentence, holds } of LAWS)
        if (!holds(c, plan)) breaches.get(sentence)?.add(phase, combination, plan);
      return { phase, plan, essence: essenceOf(plan) };
    });
    const elsewhere = plans[PHASES.indexOf(UNASKED)];
    for (const { phase, plan, essence } of plans) {
      decided += 1;
      if (elsewhere === undefined || essence === elsewhere.essence) continue;
      const excuse = PHASE_EXCEPTIONS.find(({ excuses }) => excuses(phase, plan, elsewhere.plan));
      if (excuse) excused.add(excuse.name);
      else dependent.add(phase, combination, plan);
    }
  }

  const test = suite(`the machine over all classes, ${name}`);
  const [ways, sights, memories] = [circumstances, OBSERVATIONS, MEMORIES].map((each) => Object.keys(each).length);
  const count = (ways ?? 0) * (sights ?? 0) * (memories ?? 0) * PHASES.length;
  test('every combination decides, and none throws', () => assert.is(decided, count));
  for (const [sentence, found] of breaches) test(sentence, () => found.expectNone());
  test('the plan does not depend on the phase, but for the exceptions that are named', () => dependent.expectNone());
  test('every other exception comes about', () => {
    const expected = PHASE_EXCEPTIONS.map(({ name }) => name).filter((exception) => !foreign.includes(exception));
    assert.equal([...excused].sort(), expected.sort());
  });
  test.run();
};
