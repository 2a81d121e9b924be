import type { Phase } from '../../../api/phase.ts';
import { elapsedMs, remainingMs } from '../../../api/time.ts';
import { begin, openIntent } from '../begin.ts';
import { resumes } from '../launch.ts';
import { fail } from '../memory.ts';
import type { Situation } from '../situation.ts';
import { because, event, onChange, type Rule, type Step } from '../step.ts';
import { stopStep } from '../stop.ts';
import { conflictRules } from './conflict.ts';
import { preflightRules } from './preflight.ts';

const waitsFor = (s: Situation): { reason: string; message: string } | null => {
  const open = s.dependencies.filter(
    (dependency) =>
      dependency.state !== 'Satisfied' && !s.memory.satisfied.includes(`${dependency.project}/${dependency.condition}`),
  );
  const first =
    open.find(({ state }) => state === 'Failed') ?? open.find(({ state }) => state === 'NotFound') ?? open[0];
  if (!first) return null;
  switch (first.state) {
    case 'Failed':
      return { reason: 'DependencyFailed', message: `${first.project} has failed` };
    case 'NotFound':
      return { reason: 'DependencyNotFound', message: `there is no Project ${first.project}` };
    default:
      return { reason: 'DependencyNotReady', message: `waits for ${first.project} to be ${first.condition}` };
  }
};

/** It waits in its queue, and for nothing but a place in it. */
export const wantsPlace = (s: Situation, phase: Phase): boolean =>
  phase === 'Queued' && s.project.admittedAt === null && waitsFor(s) === null;

/** What waits in line, or for its checks, is no start under way: no deadline fails it for that. */
const withoutStart = (rule: Rule): Rule => {
  if (rule.to !== 'Pending' && rule.to !== 'Queued') return rule;
  const step = (s: Situation): Step => {
    const decided = rule.step(s);
    return { ...decided, memory: { ...decided.memory, startingSince: null } };
  };
  return { ...rule, step };
};

const rules: readonly Rule[] = [
  {
    line: 'the start deadline has passed: Failed',
    when: (s) =>
      s.memory.startingSince !== null && elapsedMs(s.memory.startingSince, s.now) >= s.spec.startDeadlineSeconds * 1000,
    to: 'Failed',
    step: (s) => {
      const message = `no session after ${s.spec.startDeadlineSeconds} s of trying`;
      return {
        memory: { ...fail(s), ...because('StartDeadlineExceeded', message) },
        events: [event(s, 'Warning', 'StartDeadlineExceeded', message)],
        attempt: openIntent(s)
          ? { end: { attempt: s.memory.attempt, cause: 'SessionVanished', endedAt: s.now.wallMs } }
          : {},
        again: true,
      };
    },
  },
  {
    line: 'processes of an earlier attempt live on: end them before anything is started',
    when: (s) => s.remains.length > 0,
    to: 'Terminating',
    step: (s) => stopStep(s, 'Finished'),
  },
  {
    line: 'a dependency is not satisfied: wait in the queue and say for which',
    when: (s) => waitsFor(s) !== null,
    to: 'Queued',
    step: (s) => {
      const wait = waitsFor(s);
      if (!wait) return {};
      return onChange(s, wait.reason === 'DependencyNotReady' ? 'Normal' : 'Warning', wait.reason, wait.message);
    },
  },
  ...preflightRules,
  {
    line: 'no place in the queue: wait',
    when: (s) => s.project.admittedAt === null,
    to: 'Queued',
    step: (s) => ({ memory: because('QueueFull', `waits for a place in queue ${s.spec.queue}`) }),
  },
  {
    line: 'the wait before the next start is not over',
    when: (s) => remainingMs(s.memory.notBefore, s.now) > 0,
    to: 'BackingOff',
    step: () => ({}),
  },
  {
    line: 'most resumes of the fleet fail: hold, while one Project probes',
    when: (s) => s.fleetHold !== null && resumes(s),
    to: 'Queued',
    step: (s) => ({ memory: because('FleetHeld', s.fleetHold ?? '') }),
  },
  {
    line: 'the machine has no room for one more session: wait',
    when: (s) => s.memory.phase !== 'Starting' && typeof s.machineHold === 'string',
    to: 'Queued',
    step: (s) => ({ ...onChange(s, 'Warning', 'NoRoom', s.machineHold ?? ''), retry: true }),
  },
  {
    line: 'too many starts are under way: wait for the next wave',
    when: (s) => s.memory.phase !== 'Starting' && s.startSlots <= 0,
    to: 'Queued',
    step: () => ({ memory: because('StartThrottled', 'waits for other starts to finish') }),
  },
  {
    line: 'no tmux server answers that could take the session: wait',
    when: (s) => s.target === null,
    to: 'Queued',
    step: () => ({ memory: because('NoServer', 'no tmux server answers that has room'), retry: true }),
  },
  ...conflictRules,
  {
    line: 'admitted, checked and due: start, or resume',
    when: () => true,
    to: 'Starting',
    step: (s) => begin(s, null),
  },
];

/** No session carries our uid, and that is known. */
export const absentRules: readonly Rule[] = rules.map(withoutStart);
