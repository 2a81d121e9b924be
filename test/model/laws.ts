import type { Case, Plan } from '../../src/api/decision.ts';
import { isTerminal, type Phase } from '../../src/api/phase.ts';
import { classify } from '../../src/machines/project/situation.ts';
import { decisionTable } from '../../src/machines/project/table.ts';

/** What holds for every combination; written against the case itself, and not against the rules' own words. */
export interface Law {
  readonly sentence: string;
  readonly holds: (c: Case, plan: Plan) => boolean;
}

const before = (c: Case): Phase => c.project.memory.phase;
const enters = (c: Case, plan: Plan, phase: Phase): boolean => plan.memory.phase === phase && before(c) !== phase;
const leaves = (c: Case, plan: Plan, phase: Phase): boolean => plan.memory.phase !== phase && before(c) === phase;

const isUnknown = ({ observation: { session, remains, untagged, server } }: Case): boolean =>
  [session, remains, untagged, server].some(({ seen }) => seen === 'Unknown');

const isAsked = ({ project, command }: Case): boolean =>
  command !== null || project.deletion !== null || (project.annotations['tmuxlet.dev/restartedAt'] ?? null) !== null;

/** Ends of the primary that were seen: its exit codes, null where nobody saw the code. */
const endsOf = ({ observation: { runs } }: Case): readonly (number | null)[] =>
  runs['main'] && !runs['main'].alive ? [runs['main'].exitCode] : [];

/** Each way to fail, and what must have been seen for it. */
const evidenceOfFailure: Readonly<Record<string, (c: Case) => boolean>> = {
  PrimaryFailed: (c) => endsOf(c).length > 0,
  BackoffLimitExceeded: (c) => endsOf(c).length > 0 || c.observation.session.seen === 'Absent',
  DeadlineExceeded: (c) => c.observation.session.seen === 'Present' && c.project.spec.activeDeadlineSeconds === 1_000,
  StartDeadlineExceeded: (c) => c.observation.session.seen === 'Absent' && c.project.memory.startingSince !== null,
  HeartbeatStale: (c) => c.observation.heartbeat.seen === 'Present' && c.project.spec.heartbeat?.onStale === 'Fail',
  NameConflict: (c) => c.target?.taken.has('web') === true && c.project.spec.conflictPolicy === 'Fail',
  SessionNameUnrecoverable: (c) => c.attempt?.sessionName === null && c.observation.session.seen === 'Absent',
};

const REFUTABLE = ['StartDeadlineExceeded', 'SessionNameUnrecoverable'];

export const LAWS: readonly Law[] = [
  {
    sentence: 'one rule decides, the first that matches, and the machine takes just that one',
    holds: (c, plan) => {
      const situation = classify(c);
      return decisionTable.find((rule) => rule.when(situation))?.line === plan.rule;
    },
  },
  {
    sentence: 'the next phase is the one the rule names, or the same',
    holds: (c, plan) => {
      const rule = decisionTable.find(({ line }) => line === plan.rule);
      return rule !== undefined && plan.memory.phase === (rule.to ?? before(c));
    },
  },
  {
    sentence: 'Unknown never leads to an act, but that a person may have a Project forgotten (I3)',
    holds: (c, plan) => {
      const forced = c.project.deletion?.force === true;
      return !isUnknown(c) || plan.actions.every(({ kind }) => forced && kind === 'ForgetProject');
    },
  },
  {
    sentence: 'Unknown never ends an attempt, and leads to no other phase than Terminating, for a deletion (I3)',
    holds: (c, plan) =>
      !isUnknown(c) ||
      (Object.keys(plan.attempt).length === 0 &&
        plan.memory.phase === (c.project.deletion === null ? before(c) : 'Terminating')),
  },
  {
    sentence: 'beats that could not be looked for are judged by nobody (I3)',
    holds: (c, plan) =>
      c.observation.heartbeat.seen !== 'Unknown' ||
      !plan.events.some(({ reason }) => ['HeartbeatStale', 'Nudging', 'DeadlineExtended'].includes(reason)),
  },
  {
    sentence: 'Completed is entered only with an exit code that was seen, and that the spec calls success (I11)',
    holds: (c, plan) => {
      if (!enters(c, plan, 'Completed')) return true;
      if (c.project.memory.finishedSince !== null) return true;
      const [code] = endsOf(c);
      const policy = c.project.spec.exitPolicy.find(({ exitCodes }) => exitCodes.includes(code ?? -1))?.action;
      return code !== undefined && code !== null && (policy === 'Complete' || (policy === undefined && code === 0));
    },
  },
  {
    sentence: 'Failed is entered only with the evidence that its reason speaks of (I11)',
    holds: (c, plan) =>
      !enters(c, plan, 'Failed') ||
      c.project.memory.finishedSince !== null ||
      evidenceOfFailure[plan.memory.reason]?.(c) === true,
  },
  {
    sentence: 'Completed is left only when a person asks (I11)',
    holds: (c, plan) => !leaves(c, plan, 'Completed') || isAsked(c),
  },
  {
    sentence: 'Failed is left only when a person asks, when the spec was changed, or when a session refutes it (I11)',
    holds: (c, plan) => {
      if (!leaves(c, plan, 'Failed') || isAsked(c)) return true;
      const { failedSpec, reason } = c.project.memory;
      const isRefuted = REFUTABLE.includes(reason) && c.observation.session.seen === 'Present';
      return isRefuted || (failedSpec !== null && plan.memory.failedSpec === null);
    },
  },
  {
    sentence: 'nothing is started beside something alive, unadmitted, suspended, finished or being deleted (I1, I9)',
    holds: (c, plan) => {
      if (!plan.actions.some(({ kind }) => kind === 'StartSession')) return true;
      const { session, remains } = c.observation;
      const clear = session.seen === 'Absent' && remains.seen === 'Present' && remains.value.length === 0;
      const { admittedAt, deletion, spec } = c.project;
      return clear && admittedAt !== null && deletion === null && !spec.suspend && !isTerminal(before(c));
    },
  },
  {
    sentence: 'a session without our tag is touched only as its policy and the evidence say (I2)',
    holds: (c, plan) =>
      plan.actions.every((action) => {
        if (action.kind === 'AdoptSession') return c.project.spec.conflictPolicy === 'Adopt';
        if (action.kind === 'RepairTags') {
          const { session, untagged } = c.observation;
          return untagged.seen === 'Present' || (session.seen === 'Present' && session.value.id === action.sessionId);
        }
        return action.kind !== 'StartSession' || action.replace === null || c.project.spec.conflictPolicy === 'Replace';
      }),
  },
  {
    sentence: 'what asks to be looked at again at once has changed what the next look rests on',
    holds: (c, plan) =>
      plan.requeueAfterMs !== 0 ||
      plan.actions.length > 0 ||
      Object.keys(plan.attempt).length > 0 ||
      JSON.stringify({ ...plan.memory, conditions: [] }) !== JSON.stringify({ ...c.project.memory, conditions: [] }),
  },
  {
    sentence: 'no number of an attempt goes back',
    holds: (c, plan) => plan.memory.attempt >= c.project.memory.attempt,
  },
];
