import { remainingMs } from '../../../api/time.ts';
import { backoffMs } from '../../backoff.ts';
import type { Situation } from '../situation.ts';
import { because, event, type Rule } from '../step.ts';

const checked = (s: Situation): boolean =>
  s.spec.preflight.mode === 'Skip' || s.memory.preflightPassed === s.project.generation;

/** A report that answers the question asked last: another one than was judged, whatever the wall clock says of it. */
const report = (s: Situation) =>
  s.preflight !== null && s.preflight.generation === s.project.generation && s.preflight.at !== s.memory.preflightJudged
    ? s.preflight
    : null;

const problems = (s: Situation) => report(s)?.checks.filter((check) => check.result === 'Fail') ?? [];

/** Checks come before the place in the queue: a Project that cannot start takes none from the others. */
export const preflightRules: readonly Rule[] = [
  {
    line: 'pre-flight passed for this generation: remember',
    when: (s) => !checked(s) && report(s) !== null && (problems(s).length === 0 || s.spec.preflight.mode === 'Warn'),
    to: 'Queued',
    step: (s) => ({
      memory: {
        ...because('PreflightPassed', 'ready to be started'),
        preflightPassed: s.project.generation,
        preflightFailures: 0,
        notBefore: null,
      },
      events: (report(s)?.checks ?? [])
        .filter((check) => check.result !== 'Pass')
        .map((check) => event(s, 'Warning', 'PreflightWarning', `${check.name}: ${check.message}`)),
      again: true,
    }),
  },
  {
    line: 'pre-flight failed: hold with the remedy, and try again after a back-off',
    when: (s) => !checked(s) && report(s) !== null,
    to: 'Pending',
    step: (s) => {
      const failures = s.memory.preflightFailures + 1;
      const message = problems(s)
        .map((check) => `${check.name}: ${check.message}; ${check.remedy}`)
        .join(' · ');
      return {
        memory: {
          ...because('PreflightFailed', message),
          preflightFailures: failures,
          preflightJudged: report(s)?.at ?? null,
          // The first retry waits too: what a check found wrong is rarely mended at once.
          notBefore: { since: s.now, forMs: Math.max(1000, backoffMs(failures + 1, s.spec.backoff)) },
        },
        events: [event(s, 'Warning', 'PreflightFailed', message)],
      };
    },
  },
  {
    line: 'pre-flight has not passed and its next try is not due: wait',
    when: (s) => !checked(s) && remainingMs(s.memory.notBefore, s.now) > 0,
    to: 'Pending',
    step: () => ({}),
  },
  {
    line: 'pre-flight has not run for this generation: run it',
    when: (s) => !checked(s),
    to: 'Pending',
    step: (s) => ({
      memory: s.memory.preflightFailures > 0 ? {} : because('PreflightRunning', 'checking what a start needs'),
      actions: [{ kind: 'RunPreflight', uid: s.project.uid, name: s.project.name, generation: s.project.generation }],
    }),
  },
];
