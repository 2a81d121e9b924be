import { because, event, type Rule } from '../step.ts';

/** Unknown never destroys and never fails anything (I3); a person may still have a Project forgotten. */
export const holdRules: readonly Rule[] = [
  {
    line: 'deletion is forced: forget the Project and leave its session alone',
    when: (s) => s.project.deletion?.force === true,
    to: 'Terminating',
    step: (s) => ({
      memory: because('Forgotten', 'deleted by force; a session that lives on is not touched'),
      events: [event(s, 'Warning', 'Forgotten', 'deleted by force: its session, if one lives, was not stopped')],
      actions: [{ kind: 'ForgetProject', uid: s.project.uid, name: s.project.name }],
    }),
  },
  {
    line: 'deletion waits for what cannot be observed',
    when: (s) => s.unknown !== null && s.project.deletion !== null,
    to: 'Terminating',
    step: () => ({ retry: true }),
  },
  {
    line: 'what cannot be observed is held',
    when: (s) => s.unknown !== null,
    to: null,
    step: () => ({ retry: true }),
  },
  {
    line: 'of two sessions with our uid only the recorded one stays',
    when: (s) => s.observation.duplicates.length > 0,
    to: null,
    step: (s) => ({
      events: s.observation.duplicates.map((extra) =>
        event(
          s,
          'Warning',
          'DuplicateSession',
          `killing ${extra.name} (${extra.id}): a second session of this Project`,
        ),
      ),
      actions: s.observation.duplicates.map((extra) => ({
        kind: 'KillSession',
        shard: extra.shard,
        sessionId: extra.id,
        uid: s.project.uid,
      })),
      again: true,
    }),
  },
];
