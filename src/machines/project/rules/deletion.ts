import { isGone, stopStep } from '../stop.ts';
import type { Situation } from '../situation.ts';
import { event, type Rule, type Step } from '../step.ts';

/** It had finished before its deletion was asked, and that was withdrawn: finished is what it is (I11). */
const wasFinished = (s: Situation): boolean => s.memory.phase === 'Terminating' && s.memory.finishedSince !== null;

const still = (s: Situation): Step => ({
  events: [event(s, 'Normal', 'StillFinished', 'its deletion was withdrawn, and it had finished before')],
  again: true,
});

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
  {
    line: 'the deletion of what had completed was withdrawn: Completed still',
    when: (s) => wasFinished(s) && s.memory.failedSpec === null,
    to: 'Completed',
    step: still,
  },
  {
    line: 'the deletion of what had failed was withdrawn: Failed still',
    when: wasFinished,
    to: 'Failed',
    step: still,
  },
];
