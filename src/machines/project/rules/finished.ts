import { isTerminal } from '../../../api/phase.ts';
import { elapsedMs } from '../../../api/time.ts';
import { failureHash } from '../../spec-hash.ts';
import { SESSION_NAME_UNRECOVERABLE } from '../evidence.ts';
import type { Situation } from '../situation.ts';
import { because, event, type Rule } from '../step.ts';
import { livesOn, retentionLeftMs, stopStep } from '../stop.ts';

const ttlOver = (s: Situation): boolean =>
  s.spec.ttlSecondsAfterFinished !== undefined &&
  s.memory.finishedSince !== null &&
  elapsedMs(s.memory.finishedSince, s.now) >= s.spec.ttlSecondsAfterFinished * 1000;

/** The failures that a session refutes when it appears after all (I11, failure 1). */
const REFUTABLE = ['StartDeadlineExceeded', SESSION_NAME_UNRECOVERABLE];

const isLate = (s: Situation): boolean =>
  s.memory.phase === 'Failed' &&
  REFUTABLE.includes(s.memory.reason) &&
  s.session?.tags.attempt === s.memory.attempt &&
  s.primary.alive;

/** Completed and Failed: nothing runs any more, and the place in the queue is free at once. */
export const finishedRules: readonly Rule[] = [
  {
    line: 'Failed, and the spec was changed where it matters: try again',
    when: (s) =>
      s.memory.phase === 'Failed' && s.memory.failedSpec !== null && s.memory.failedSpec !== failureHash(s.spec),
    to: 'Queued',
    step: (s) => ({
      memory: {
        ...because('SpecChanged', 'the spec was changed after the failure'),
        failures: 0,
        failedSpec: null,
        finishedSince: null,
        notBefore: null,
        ranMs: 0,
        runningSince: null,
        extensions: 0,
        extendedMs: 0,
        heartbeat: null,
        staleRestarts: 0,
      },
      events: [event(s, 'Normal', 'Retrying', 'the spec was changed after the failure')],
      again: true,
    }),
  },
  {
    line: 'Failed for want of a session, and the session of that attempt is alive: heal',
    when: (s) => isLate(s),
    to: 'Starting',
    step: (s) => ({
      memory: {
        ...because('Healed', `session ${s.session?.name} is there after all`),
        failedSpec: null,
        finishedSince: null,
        startingSince: s.now,
      },
      events: [
        event(s, 'Normal', 'Healed', `session ${s.session?.name} of attempt ${s.memory.attempt} is alive after all`),
      ],
      again: true,
    }),
  },
  {
    line: 'finished with something alive: end it',
    when: (s) => isTerminal(s.memory.phase) && livesOn(s),
    to: null,
    step: (s) => stopStep(s, 'Finished'),
  },
  {
    line: 'finished, and its session has been kept long enough: clean it up',
    when: (s) => isTerminal(s.memory.phase) && s.session !== null && retentionLeftMs(s) === 0,
    to: null,
    step: (s) => stopStep(s, 'Finished'),
  },
  {
    line: 'finished longer than ttlSecondsAfterFinished: archive the manifest',
    // One that cannot be read cannot be taken out of its file either, and is for people to mend.
    when: (s) => isTerminal(s.memory.phase) && s.session === null && ttlOver(s) && s.project.manifestError === null,
    to: null,
    step: (s) => ({
      events: [
        event(s, 'Normal', 'Archived', `finished for ${s.spec.ttlSecondsAfterFinished} s: its manifest is archived`),
      ],
      actions: [{ kind: 'ArchiveManifest', uid: s.project.uid, name: s.project.name, file: s.project.file }],
    }),
    mends: 'archive the manifest',
  },
  {
    line: 'finished: nothing is left to do',
    when: (s) => isTerminal(s.memory.phase),
    to: null,
    step: () => ({}),
  },
];
