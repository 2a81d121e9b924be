import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DIAGRAM_FILE, diagramText, withDiagram } from '../../scripts/generate-state-diagram.ts';
import { type Phase, PHASES } from '../../src/api/phase.ts';
import type { DecisionWorld } from '../helpers/decision-world.ts';
import { lifeGraph } from './life-graph.ts';
import { copyOf } from './small-world.ts';

const graph = lifeGraph();
const nodes = [...graph.values()];
const steps = nodes.flatMap(({ next }) => next);

/** Kept for outside conditions that nothing observes yet: no rule of the table leads to it. */
const UNREACHED: readonly Phase[] = ['Waiting'];

const test = suite('all lives of a Project in a small world');

test('what is gone through is no trifle', () => {
  assert.ok(nodes.length > 2_000, `${nodes.length} kinds of worlds`);
});

test('every phase is reached, but those that are named', () => {
  const reached = new Set(nodes.map(({ small }) => small.world.memory.phase));
  assert.equal(
    PHASES.filter((phase) => !reached.has(phase)),
    UNREACHED,
  );
});

for (const phase of PHASES.filter((phase) => !UNREACHED.includes(phase))) {
  test(`${phase} can be left, and entered from another phase or at the beginning`, () => {
    assert.ok(steps.some(({ from, to }) => from === phase && to !== phase));
    assert.ok(phase === 'Pending' || steps.some(({ from, to }) => to === phase && from !== phase));
  });
}

/** The keys from which some path leads to a world that is meant. */
const ways = (isMeant: (world: DecisionWorld) => boolean): ReadonlySet<string> => {
  const before = new Map<string, string[]>();
  for (const { key, next } of nodes)
    for (const step of next) before.set(step.key, [...(before.get(step.key) ?? []), key]);
  const found = new Set(nodes.filter(({ small }) => isMeant(small.world)).map(({ key }) => key));
  for (const key of found) for (const earlier of before.get(key) ?? []) found.add(earlier);
  return found;
};

test('from everywhere a way leads to Running, to Suspended, to an end or to being forgotten: nothing is a dead end', () => {
  const goals: readonly Phase[] = ['Running', 'Suspended', 'Completed', 'Failed'];
  const leads = ways(({ memory, forgotten }) => forgotten || (goals.includes(memory.phase) && memory.stop === null));
  const stuck = nodes.filter(({ key }) => !leads.has(key));
  assert.is(stuck.length, 0, stuck[0]?.key);
});

test('what has finished is not started again unless a person asks (I11)', () => {
  const revived = nodes.filter(({ small }) => small.revived);
  assert.is(revived.length, 0, revived[0]?.key);
});

/** Ends every outage; then looks, and lets the time pass that each plan asks for. */
const settle = (world: DecisionWorld): { readonly passes: number; readonly ms: number } => {
  world.unknown = null;
  world.inert.clear();
  world.row = { ...world.row, admittedAt: world.row.admittedAt ?? world.now.wallMs };
  const begin = world.now.monotonicMs;
  for (let passes = 1; passes <= 60; passes += 1) {
    const before = JSON.stringify(world.memory);
    const { actions, requeueAfterMs } = world.pass();
    const isQuiet = actions.length === 0 && JSON.stringify(world.memory) === before;
    const isThere = ['Running', 'Suspended', 'Completed', 'Failed'].includes(world.phase) && world.memory.stop === null;
    if (world.forgotten || (isQuiet && isThere)) return { passes, ms: world.now.monotonicMs - begin };
    if (isQuiet) world.advance(requeueAfterMs ?? 0);
  }
  throw new Error(`still busy after 60 passes: ${world.phase}, ${world.plan.rule}`);
};

test('once all is in order again it comes to rest, soon, as people want it, and in silence (I7, I12)', () => {
  for (const { small } of nodes) {
    const { world } = copyOf(small);
    const { ms } = settle(world);
    assert.ok(ms <= 120_000, `${ms} ms`);
    assert.is(world.forgotten, world.row.deletion !== null || small.world.forgotten);
    if (world.row.spec.suspend && !world.forgotten)
      assert.ok(['Suspended', 'Completed', 'Failed'].includes(world.phase));
    if (!world.row.spec.suspend) assert.is.not(world.phase, 'Suspended');
  }
});

test('the diagram in the documents is drawn from these lives (else: npm run state-diagram)', () => {
  const written = readFileSync(DIAGRAM_FILE, 'utf8');
  assert.fixture(written, withDiagram(written, diagramText(graph)));
});

test('a document without a place for the diagram is refused, not left as it is', () => {
  assert.throws(() => withDiagram('# States\n', ''), /lacks the lines/);
});

test.run();
