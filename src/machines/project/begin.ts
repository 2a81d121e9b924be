import { isDeepStrictEqual } from 'node:util';
import type { StartSession } from '../../api/action.ts';
import { CONFLICT_EVENTS } from '../../api/conflict.ts';
import type { NewEvent } from '../../api/event.ts';
import { primaryOf } from '../../api/manifest.ts';
import type { Attempt } from '../../api/project.ts';
import { conflictOf } from './conflict.ts';
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

/** What is told of a session that had the name: what becomes of it, or which name is taken instead. */
const resolution = (s: Situation, { sessionName }: Attempt, replace: StartSession['replace']): readonly NewEvent[] => {
  const conflict = conflictOf(s);
  if (conflict === null) return [];
  if (replace !== null) {
    const message = `${conflict.why}: Project ${s.project.name} replaces it, with a copy in backups/${replace.backup}`;
    return [event(s, 'Warning', CONFLICT_EVENTS.Replace, message)];
  }
  const message = `${conflict.why}: Project ${s.project.name} takes ${sessionName}`;
  return [event(s, 'Normal', CONFLICT_EVENTS.Rename, message)];
};

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
    events: [
      // A retry is no news, but every kill is told (I5).
      ...(replace !== null || intent?.sessionName !== attempt.sessionName ? resolution(s, attempt, replace) : []),
      ...(intent ? [] : [event(s, 'Normal', verb, message)]),
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
