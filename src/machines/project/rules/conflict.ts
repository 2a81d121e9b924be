import { CONFLICT_EVENTS } from '../../../api/conflict.ts';
import { primaryOf } from '../../../api/manifest.ts';
import { timeText } from '../../../api/time.ts';
import { begin } from '../begin.ts';
import { conflictOf } from '../conflict.ts';
import { fail } from '../memory.ts';
import type { Situation } from '../situation.ts';
import { because, event, onChange, type Rule } from '../step.ts';

/** One folder for all tries of one start. */
const backupOf = (s: Situation, name: string): string =>
  `${name}-${timeText((s.memory.startingSince ?? s.now).wallMs).replaceAll(':', '-')}`;

/** The name we would use is taken, and the policy is not simply to take another one. */
export const conflictRules: readonly Rule[] = [
  {
    line: 'the session name belongs to somebody, or to a session that does not fit: wait',
    when: (s) => conflictOf(s)?.way === 'Hold',
    to: 'Queued',
    step: (s) => ({ ...onChange(s, 'Warning', 'NameConflict', conflictOf(s)?.why ?? ''), retry: true }),
  },
  {
    line: 'the session name is taken, and the spec says to fail',
    when: (s) => conflictOf(s)?.way === 'Fail',
    to: 'Failed',
    step: (s) => {
      const message = `${conflictOf(s)?.why}: end or rename it, or set session.name`;
      return {
        memory: { ...fail(s), ...because('NameConflict', message) },
        events: [event(s, 'Warning', CONFLICT_EVENTS.Fail, message)],
        again: true,
      };
    },
  },
  {
    line: 'the session name is taken, and the spec says to adopt that session',
    when: (s) => conflictOf(s)?.way === 'Adopt',
    to: 'Starting',
    step: (s) => {
      const conflict = conflictOf(s);
      if (conflict === null) return {};
      const { rival, why } = conflict;
      const attempt = s.memory.attempt + 1;
      const tags = { owner: s.ownerId, uid: s.project.uid, project: s.project.name, attempt, specHash: s.hash };
      const message = `${why}, in ${s.spec.path}: Project ${s.project.name} adopts it`;
      return {
        memory: {
          ...because('Adopting', message),
          attempt,
          startingSince: s.memory.startingSince ?? s.now,
          primary: primaryOf(s.spec).name,
        },
        events: s.memory.message === message ? [] : [event(s, 'Normal', CONFLICT_EVENTS.Adopt, message)],
        actions: [{ kind: 'AdoptSession', shard: rival.shard, sessionId: rival.id, sessionName: rival.name, tags }],
      };
    },
    mends: 'adopt the session that has the name',
  },
  {
    line: 'the session name is taken, and the spec says to replace that session',
    when: (s) => conflictOf(s)?.way === 'Replace',
    to: 'Starting',
    step: (s) => {
      const rival = conflictOf(s)?.rival;
      return begin(s, rival ? { sessionId: rival.id, sessionName: rival.name, backup: backupOf(s, rival.name) } : null);
    },
  },
];
