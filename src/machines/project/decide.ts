import { isDeepStrictEqual } from 'node:util';
import { transition } from 'xstate';
import type { Action } from '../../api/action.ts';
import type { Case, Plan } from '../../api/decision.ts';
import type { Memory } from '../../api/memory.ts';
import type { Phase } from '../../api/phase.ts';
import { conditionsOf } from './conditions.ts';
import { nextLookMs } from './deadlines.ts';
import { type Decision, projectMachine } from './machine.ts';
import { wantsPlace } from './rules/absent.ts';
import { pipeWindows, recordRuns, recordState } from './records.ts';
import { classify, type Situation } from './situation.ts';

const isDecision = (params: object | undefined): params is Decision => params !== undefined && 'rule' in params;

/** Sends the observation through the machine: the first matching rule, the next phase and memory. */
const run = (s: Situation): { decision: Decision; memory: Memory } => {
  const restored = projectMachine.resolveState({ value: s.memory.phase, context: s.memory });
  const [next, actions] = transition(projectMachine, restored, { type: 'OBSERVED', situation: s });
  const decision = actions.map((action): object | undefined => action.params).find(isDecision);
  // The last rule has no condition, so one always matches: its absence is a fault of ours, not of a Project.
  if (decision === undefined) throw new Error(`no rule matched for Project ${s.project.name}`);
  return { decision, memory: { ...next.context, phase: next.value as Phase } };
};

/** A dependency once satisfied stays so, whatever becomes of the other Project. */
const satisfiedNow = (s: Situation, memory: Memory): readonly string[] => {
  const found = s.dependencies
    .filter((dependency) => dependency.state === 'Satisfied')
    .map((dependency) => `${dependency.project}/${dependency.condition}`)
    .filter((key) => !memory.satisfied.includes(key));
  return found.length === 0 ? memory.satisfied : [...memory.satisfied, ...found];
};

const isForgetting = (actions: readonly Action[]): boolean => actions.some((action) => action.kind === 'ForgetProject');

/** The runs that were seen have an attempt on record that they belong to: not so right after the loss of the database. */
const hasRecord = (s: Situation, committed: { readonly attempt: number } | null): boolean =>
  (s.attempt !== null || committed?.attempt === s.memory.attempt) &&
  (s.session === null || s.session.tags.attempt === s.memory.attempt);

/**
 * The whole decision about one Project: a pure function of what is stored, what was observed, and the time.
 * The plan says the next status, what to record, what to do and when to look again.
 */
export const decide = (c: Case): Plan => {
  const s = classify(c);
  const { decision, memory: decided } = run(s);
  const kept: Memory = {
    ...decided,
    observedGeneration: s.unknown === null ? s.project.generation : decided.observedGeneration,
    satisfied: satisfiedNow(s, decided),
    queuedSince: wantsPlace(s, decided.phase) ? (decided.queuedSince ?? s.now) : null,
  };
  const memory: Memory = { ...kept, conditions: conditionsOf(s, kept) };
  const acts = decision.actions ?? [];
  const hasChanged = acts.length > 0 || !isDeepStrictEqual({ ...decided, phase: s.memory.phase }, s.memory);
  const recorded = decision.attempt?.begin ?? decision.attempt?.seen ?? c.attempt;
  const known = s.unknown === null && !isForgetting(acts);
  const wantsRunning = s.session !== null && memory.stop === null && memory.finishedSince === null;
  const actions: readonly Action[] = [
    ...(known && hasRecord(s, recorded)
      ? recordRuns(
          s,
          acts.some((action) => action.kind === 'KillSession'),
        )
      : []),
    ...acts,
    ...(known && wantsRunning && acts.length === 0 ? pipeWindows(s) : []),
    ...(known ? recordState(s, memory, recorded && { name: recorded.sessionName, shard: recorded.shard }) : []),
  ];
  return {
    rule: decision.rule,
    memory,
    events: decision.events ?? [],
    attempt: decision.attempt ?? {},
    acknowledge: decision.acknowledge ?? null,
    actions,
    retry: decision.retry ?? false,
    requeueAfterMs: decision.again ? 0 : nextLookMs(s, memory, hasChanged),
  };
};
