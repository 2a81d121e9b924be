import { isGone, stopStep } from '../stop.ts';
import { event, type Rule } from '../step.ts';

export const deletionRules: readonly Rule[] = [
  {
    line: 'deletion is asked: stop the session and confirm it and its processes absent',
    when: (s) => s.project.deletion !== null && !isGone(s),
    to: 'Terminating',
    step: (s) => stopStep(s, 'Deleted'),
  },
  {
    line: 'deletion is asked and nothing is left: let the Project go',
    when: (s) => s.project.deletion !== null,
    to: 'Terminating',
    step: (s) => ({
      events: [event(s, 'Normal', 'Deleted', 'its session and processes are gone; the Project is forgotten')],
      actions: [{ kind: 'ForgetProject', uid: s.project.uid, name: s.project.name }],
    }),
  },
];
