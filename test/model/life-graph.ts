import { fromTransition } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import type { Phase } from '../../src/api/phase.ts';
import { copyOf, HAPPENINGS, keyOf, look, newWorld, type SmallWorld } from './small-world.ts';

/** Enough for one thing to go wrong while another is being mended. */
const TROUBLES = 2;

interface Happened {
  readonly type: string;
}

export interface LifeStep {
  readonly happening: string;
  readonly key: string;
  readonly rule: string;
  readonly from: Phase;
  readonly to: Phase;
}

/** One kind of world, and what it becomes by each happening and the look that follows, by their keys. */
export interface LifeNode {
  readonly key: string;
  readonly small: SmallWorld;
  readonly next: readonly LifeStep[];
}

/** The machine in its small world as a logic that xstate can walk: what happens is the event, the world the state. */
const life = fromTransition((before: SmallWorld, { type }: Happened) => {
  const after = HAPPENINGS[type]?.(copyOf(before)) ?? null;
  return after === null ? before : look(after);
}, newWorld(TROUBLES));

/** As Object.values, for keys that xstate brands. */
const valuesOf = <K extends string, V>(record: Readonly<Record<K, V>>): readonly V[] => Object.values<V>(record);

/** Every kind of world that can come about, by its key. */
export const lifeGraph = (): ReadonlyMap<string, LifeNode> => {
  const serializeState = ({ context }: { context: SmallWorld }): string => keyOf(context);
  const map = getAdjacencyMap(life, {
    events: Object.keys(HAPPENINGS).map((type) => ({ type })),
    serializeState,
    serializeEvent: ({ type }) => type,
    stopWhen: ({ context }) => context.world.forgotten,
  });
  return new Map(
    valuesOf(map).map(({ state: { context: small }, transitions }) => {
      const next = valuesOf(transitions).flatMap(({ event, state: { context: after } }): LifeStep[] => {
        if (after === small) return [];
        const { rule, memory } = after.world.plan;
        return [{ happening: event.type, key: keyOf(after), rule, from: after.from, to: memory.phase }];
      });
      return [keyOf(small), { key: keyOf(small), small, next }];
    }),
  );
};

export interface PhaseEdge {
  readonly from: Phase;
  readonly to: Phase;
  readonly rules: ReadonlySet<string>;
}

/** Which phase follows which, and by which rules. */
export const phaseEdges = (graph: ReadonlyMap<string, LifeNode>): readonly PhaseEdge[] => {
  const edges = new Map<string, { from: Phase; to: Phase; rules: Set<string> }>();
  for (const { next } of graph.values()) {
    for (const { from, to, rule } of next) {
      if (to === from) continue;
      const edge = edges.get(`${from} ${to}`) ?? { from, to, rules: new Set() };
      edges.set(`${from} ${to}`, edge);
      edge.rules.add(rule);
    }
  }
  return [...edges.values()];
};
