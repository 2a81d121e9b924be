import { isDeepStrictEqual } from 'node:util';
import type { StartSession } from '../../api/action.ts';
import { primaryOf } from '../../api/manifest.ts';
import type { Attempt } from '../../api/project.ts';
import { freeName, resumes, startSession } from './launch.ts';
import type { Situation } from './situation.ts';
import { because, event, type Step } from './step.ts';

/** The intent of a start that was committed and of which nothing was seen yet. */
export const openIntent = (s: Situation): Attempt | null =>
  s.attempt && s.attempt.endedAt === null ? s.attempt : null;

/** A resume without anything to resume with is a new start, and is told as one. */
const fallback = (s: Situation, resumed: boolean): string =>
  resumed && s.spec.session.windows.every((window) => window.resumeCommand === undefined)
    ? ', by command, for no window has a resumeCommand'
    : '';

/** Begins an attempt, or tries the one that was begun again: the intent is fixed before anything is made (I4). */
export const begin = (s: Situation, replace: StartSession['replace']): Step => {
  const intent = openIntent(s);
  const resumed = intent?.resumed ?? resumes(s);
  const attempt: Attempt = {
    uid: s.project.uid,
    attempt: intent?.attempt ?? s.memory.attempt + 1,
    shard: intent?.shard ?? s.target?.shard ?? 0,
    // A retry uses the same name, unless somebody has taken it meanwhile.
    sessionName: intent?.sessionName && !s.target?.taken.has(intent.sessionName) ? intent.sessionName : freeName(s),
    sessionId: null,
    specHash: s.hash,
    resumed,
    bootId: s.now.bootId,
    server: null,
    createdAt: intent?.createdAt ?? s.now.wallMs,
    startedAt: null,
    endedAt: null,
    cause: null,
  };
  const verb = resumed ? 'Resuming' : 'Starting';
  const message = `attempt ${attempt.attempt} as session ${attempt.sessionName}${fallback(s, resumed)}`;
  return {
    memory: {
      ...because(verb, message),
      attempt: attempt.attempt,
      startingSince: s.memory.startingSince ?? s.now,
      primary: primaryOf(s.spec).name,
      notBefore: null,
      sidecars: {},
    },
    attempt: isDeepStrictEqual(intent, attempt) ? {} : { begin: attempt },
    events: intent
      ? []
      : [
          ...(replace
            ? [
                event(
                  s,
                  'Warning',
                  'Replacing',
                  `killing ${replace.sessionName} (${replace.sessionId}), which has our name`,
                ),
              ]
            : []),
          event(s, 'Normal', verb, message),
        ],
    actions: [
      startSession(
        s,
        {
          attempt: attempt.attempt,
          shard: attempt.shard,
          sessionName: attempt.sessionName ?? s.project.name,
          resumed,
        },
        replace,
      ),
    ],
  };
};
