import { allowedMs, isOverdue } from '../heartbeat/extension.ts';
import { fail } from '../memory.ts';
import { because, event, type Rule } from '../step.ts';

export const deadlineRules: readonly Rule[] = [
  {
    line: 'running longer than activeDeadlineSeconds: fail',
    when: isOverdue,
    to: 'Failed',
    step: (s) => {
      const message = `ran longer than ${Math.round((allowedMs(s) ?? 0) / 1000)} s`;
      return {
        memory: { ...fail(s), ...because('DeadlineExceeded', message) },
        events: [event(s, 'Warning', 'DeadlineExceeded', message)],
        attempt: { end: { attempt: s.memory.attempt, cause: 'DeadlineExceeded', endedAt: s.now.wallMs } },
        again: true,
      };
    },
  },
];
