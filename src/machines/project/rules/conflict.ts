import { primaryOf, sessionNameOf } from '../../../api/manifest.ts';
import type { ListedSession } from '../../../api/observation.ts';
import { begin } from '../begin.ts';
import { fail } from '../memory.ts';
import type { Situation } from '../situation.ts';
import { because, event, onChange, type Rule } from '../step.ts';

/** Who has the name we would use, when the policy does not simply take another one. */
const conflict = (s: Situation): ListedSession | null =>
  s.spec.conflictPolicy === 'Rename' ? null : (s.target?.taken.get(sessionNameOf(s.project.name, s.spec)) ?? null);

const held = (s: Situation): string | null => {
  const rival = conflict(s);
  if (rival === null || s.spec.conflictPolicy === 'Fail') return null;
  // What another Project has, or another installation, is never given up to us.
  if (rival.tags !== null) return `session name ${rival.name} belongs to Project ${rival.tags.project}`;
  return rival.claimed ? `session name ${rival.name} belongs to another installation of tmuxlet` : null;
};

/** The name we would use is taken, and the policy is not simply to take another one. */
export const conflictRules: readonly Rule[] = [
  {
    line: 'the session name belongs to another Project or installation: wait',
    when: (s) => held(s) !== null,
    to: 'Queued',
    step: (s) => ({ ...onChange(s, 'Warning', 'NameConflict', held(s) ?? ''), retry: true }),
  },
  {
    line: 'the session name is taken, and the spec says to fail',
    when: (s) => conflict(s) !== null && s.spec.conflictPolicy === 'Fail',
    to: 'Failed',
    step: (s) => {
      const rival = conflict(s);
      const message = `session name ${rival?.name} is taken by ${rival?.id}, not ours: end or rename it, or set session.name`;
      return {
        memory: { ...fail(s), ...because('NameConflict', message) },
        events: [event(s, 'Warning', 'NameConflict', message)],
        again: true,
      };
    },
  },
  {
    line: 'the session name is taken, and the spec says to adopt that session',
    when: (s) => conflict(s) !== null && s.spec.conflictPolicy === 'Adopt',
    to: 'Starting',
    step: (s) => {
      const rival = conflict(s);
      if (!rival) return {};
      const attempt = s.memory.attempt + 1;
      const tags = { owner: s.ownerId, uid: s.project.uid, project: s.project.name, attempt, specHash: s.hash };
      return {
        memory: {
          ...because('Adopting', `session ${rival.name} (${rival.id})`),
          attempt,
          startingSince: s.memory.startingSince ?? s.now,
          primary: primaryOf(s.spec).name,
        },
        events: [event(s, 'Normal', 'Adopting', `session ${rival.name} (${rival.id}), as the spec says`)],
        actions: [{ kind: 'AdoptSession', shard: rival.shard, sessionId: rival.id, sessionName: rival.name, tags }],
      };
    },
    mends: 'adopt the session that has the name',
  },
  {
    line: 'the session name is taken, and the spec says to replace that session',
    when: (s) => conflict(s) !== null,
    to: 'Starting',
    step: (s) => {
      const rival = conflict(s);
      return begin(s, rival && { sessionId: rival.id, sessionName: rival.name });
    },
  },
];
