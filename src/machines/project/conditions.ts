import { CONDITION_TYPES, type Condition, type ConditionType } from '../../api/condition.ts';
import type { Memory } from '../../api/memory.ts';
import type { Phase } from '../../api/phase.ts';
import { conflictOf } from './conflict.ts';
import type { Situation } from './situation.ts';

type Finding = Pick<Condition, 'status' | 'reason' | 'message'>;

const is = (truth: boolean, yes: readonly [string, string], no: readonly [string, string]): Finding => ({
  status: truth ? 'True' : 'False',
  reason: truth ? yes[0] : no[0],
  message: truth ? yes[1] : no[1],
});

/** An act that failed is tried again, and told where people look first (failure 30). */
const withTrouble = (s: Situation, { message }: Memory): string =>
  s.trouble === null ? message : `${message} (the last try failed: ${s.trouble})`;

/** Phases of a Project that wants a session and has none. */
const WANTING: readonly Phase[] = ['Pending', 'Queued', 'Starting', 'BackingOff'];

/** Another session has the name, and the policy finds no way round it. */
const nameConflict = (s: Situation, next: Memory): Finding => {
  if (s.unknown !== null) return { status: 'Unknown', reason: 'NotObserved', message: s.unknown };
  const conflict = conflictOf(s);
  const blocks = conflict?.way === 'Hold' || conflict?.way === 'Fail';
  const matters = WANTING.includes(next.phase) || (next.phase === 'Failed' && next.reason === 'NameConflict');
  return is(blocks && matters, ['NameTaken', conflict?.why ?? ''], ['NoConflict', 'no other session is in the way']);
};

/** One finding a type, from the observation and the memory just decided. */
const findings: Record<ConditionType, (s: Situation, next: Memory) => Finding> = {
  Ready: (s, next) =>
    s.unknown !== null
      ? { status: 'Unknown', reason: 'NotObserved', message: s.unknown }
      : is(next.phase === 'Running', ['Running', withTrouble(s, next)], [next.reason, withTrouble(s, next)]),
  Admitted: (s, next) =>
    is(
      s.project.admittedAt !== null,
      ['Admitted', `holds a place in queue ${s.spec.queue}`],
      [next.reason, next.phase === 'Queued' ? next.message : `holds no place in queue ${s.spec.queue}`],
    ),
  PreflightPassed: (s, next) => {
    if (s.spec.preflight.mode === 'Skip')
      return { status: 'True', reason: 'Skipped', message: 'preflight.mode is Skip' };
    if (next.preflightFailures > 0) return { status: 'False', reason: 'ChecksFailed', message: next.message };
    return next.preflightPassed === s.project.generation
      ? { status: 'True', reason: 'ChecksPassed', message: 'for this generation' }
      : { status: 'Unknown', reason: 'NotRun', message: 'not run for this generation' };
  },
  SessionAvailable: (s) =>
    s.unknown !== null
      ? { status: 'Unknown', reason: 'NotObserved', message: s.unknown }
      : is(
          s.session !== null,
          ['SessionFound', `session ${s.session?.name}`],
          ['NoSession', 'no session carries its uid'],
        ),
  NameConflict: nameConflict,
  ManifestValid: (s) =>
    is(
      s.project.manifestError === null,
      ['Parsed', 'the manifest is in force'],
      ['InvalidManifest', s.project.manifestError ?? ''],
    ),
  // As it was told: a restart of the controller, which has seen no beat yet, makes nobody well or ill.
  Stalled: (s, next) =>
    is(
      s.session !== null && next.heartbeat?.stale === true,
      ['HeartbeatStale', `no heartbeat for ${s.spec.heartbeat?.staleAfterSeconds} s`],
      ['NotStalled', s.spec.heartbeat ? 'heartbeats arrive' : 'no heartbeat is asked for'],
    ),
  Complete: (_, next) => is(next.phase === 'Completed', [next.reason, next.message], ['NotFinished', '']),
  Failed: (_, next) => is(next.phase === 'Failed', [next.reason, next.message], ['NotFailed', '']),
};

/** Conditions are computed anew on every pass (failure 18); only the time of their last change is remembered. */
export const conditionsOf = (s: Situation, next: Memory): readonly Condition[] =>
  CONDITION_TYPES.map((type) => {
    const finding = findings[type](s, next);
    const before = s.memory.conditions.find((condition) => condition.type === type);
    return {
      type,
      ...finding,
      lastTransitionTime:
        before?.status === finding.status ? before.lastTransitionTime : new Date(s.now.wallMs).toISOString(),
      observedGeneration: s.project.generation,
    };
  });
