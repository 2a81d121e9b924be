import { isTerminal } from '../../../api/phase.ts';
import { isGone, stopStep } from '../stop.ts';
import { because, event, type Rule } from '../step.ts';

export const suspensionRules: readonly Rule[] = [
  {
    line: 'suspended with something alive: stop it',
    when: (s) => s.spec.suspend && !isTerminal(s.memory.phase) && !isGone(s),
    to: 'Terminating',
    step: (s) => stopStep(s, 'Suspended'),
  },
  {
    line: 'suspended: stay out of the queue',
    when: (s) => s.spec.suspend && !isTerminal(s.memory.phase),
    to: 'Suspended',
    step: (s) => ({
      memory: { ...because('Suspended', 'spec.suspend is true'), notBefore: null, startingSince: null },
      events: s.memory.phase === 'Suspended' ? [] : [event(s, 'Normal', 'Suspended', 'spec.suspend is true')],
      attempt:
        s.attempt && s.attempt.endedAt === null
          ? { end: { attempt: s.attempt.attempt, cause: 'Suspended', endedAt: s.now.wallMs } }
          : {},
    }),
  },
  {
    line: 'no longer suspended: back to the queue',
    when: (s) => s.memory.phase === 'Suspended',
    to: 'Queued',
    step: (s) => ({
      memory: because('Resumed', 'spec.suspend is false'),
      events: [event(s, 'Normal', 'Unsuspended', 'spec.suspend is false; the Project is queued again')],
      again: true,
    }),
  },
];
