import { fail } from '../memory.ts';
import { because, event, type Rule } from '../step.ts';
import { beatsFreshly, heartbeatStale, silentMs } from '../heartbeat.ts';
import type { Situation } from '../situation.ts';
import { stopStep } from '../stop.ts';

/** Running time allowed, extensions counted, in milliseconds; null for no limit. */
export const allowedMs = (s: Pick<Situation, 'spec' | 'memory'>): number | null =>
  s.spec.activeDeadlineSeconds === undefined
    ? null
    : (s.spec.activeDeadlineSeconds + s.memory.extensions * (s.spec.heartbeat?.extensionSeconds ?? 0)) * 1000;

const overdue = (s: Situation): boolean => {
  const allowed = allowedMs(s);
  return (
    s.session !== null && s.death === null && s.memory.runningSince !== null && allowed !== null && s.ranMs >= allowed
  );
};

const extensible = (s: Situation): boolean =>
  s.spec.heartbeat !== undefined &&
  s.spec.heartbeat.extensionSeconds > 0 &&
  s.memory.extensions < s.spec.heartbeat.maxExtensions &&
  beatsFreshly(s);

const stale = (s: Situation, policy: 'Restart' | 'Fail'): boolean =>
  s.spec.heartbeat?.onStale === policy && s.memory.runningSince !== null && heartbeatStale(s);

const silence = (s: Situation): string => `no heartbeat for ${Math.round(silentMs(s) / 1000)} s`;

export const deadlineRules: readonly Rule[] = [
  {
    line: 'the deadline is reached with fresh heartbeats: extend it, so many times',
    when: (s) => overdue(s) && extensible(s),
    to: null,
    step: (s) => ({
      memory: { extensions: s.memory.extensions + 1 },
      events: [
        event(
          s,
          'Normal',
          'DeadlineExtended',
          `by ${s.spec.heartbeat?.extensionSeconds} s, extension ${s.memory.extensions + 1} of ${s.spec.heartbeat?.maxExtensions}`,
        ),
      ],
      again: true,
    }),
  },
  {
    line: 'running longer than activeDeadlineSeconds: fail',
    when: overdue,
    to: 'Failed',
    step: (s) => ({
      memory: { ...fail(s), ...because('DeadlineExceeded', `ran longer than ${(allowedMs(s) ?? 0) / 1000} s`) },
      events: [event(s, 'Warning', 'DeadlineExceeded', `ran longer than ${(allowedMs(s) ?? 0) / 1000} s`)],
      attempt: { end: { attempt: s.memory.attempt, cause: 'DeadlineExceeded', endedAt: s.now.wallMs } },
      again: true,
    }),
  },
  {
    line: 'the heartbeat is stale and the spec says to fail',
    when: (s) => stale(s, 'Fail'),
    to: 'Failed',
    step: (s) => ({
      memory: { ...fail(s), ...because('HeartbeatStale', silence(s)) },
      events: [event(s, 'Warning', 'HeartbeatStale', silence(s))],
      attempt: { end: { attempt: s.memory.attempt, cause: 'HeartbeatStale', endedAt: s.now.wallMs } },
      again: true,
    }),
  },
  {
    line: 'the heartbeat is stale and the spec says to restart',
    when: (s) => stale(s, 'Restart'),
    to: 'Terminating',
    step: (s) => stopStep(s, 'HeartbeatStale'),
  },
];
