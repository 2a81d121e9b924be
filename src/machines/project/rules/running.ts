import { elapsedMs, remainingMs } from '../../../api/time.ts';
import { isAboutToRun } from '../about-to-run.ts';
import { respawnWindow } from '../launch.ts';
import { countRun } from '../memory.ts';
import { sidecarStep } from '../sidecars.ts';
import type { Situation } from '../situation.ts';
import { because, event, type Rule, type Step } from '../step.ts';
import { stopStep } from '../stop.ts';

/** Failures are forgotten after a run of resetAfterSeconds. */
const ranWell = (s: Situation): boolean =>
  s.session !== null &&
  s.memory.failures > 0 &&
  s.memory.runningSince !== null &&
  elapsedMs(s.memory.runningSince, s.now) >= s.spec.backoff.resetAfterSeconds * 1000;

/** The present rules with the sidecars' own: those restart whatever the primary does. */
const withSidecars = (s: Situation, step: Step): Step => {
  const sidecars = sidecarStep(s);
  return {
    ...step,
    memory: { ...step.memory, ...sidecars.memory },
    events: [...(step.events ?? []), ...(sidecars.events ?? [])],
    actions: [...(step.actions ?? []), ...(sidecars.actions ?? [])],
  };
};

/** The session is recorded, and nobody wants it to end: keep it as the spec says. */
export const runningRules: readonly Rule[] = [
  {
    line: 'the primary ended and the spec has changed: start anew from the new spec',
    when: (s) => s.session !== null && s.death !== null && s.drifted && remainingMs(s.memory.notBefore, s.now) === 0,
    to: 'Terminating',
    step: (s) => stopStep(s, 'Updated'),
  },
  {
    line: 'the primary ended and its wait is not over',
    when: (s) => s.session !== null && s.death !== null && remainingMs(s.memory.notBefore, s.now) > 0,
    to: 'BackingOff',
    step: (s) => withSidecars(s, {}),
  },
  {
    line: 'the primary ended and most resumes of the fleet fail: hold, while one Project probes',
    when: (s) => s.session !== null && s.death !== null && s.fleetHold !== null && s.attempt?.resumed === true,
    to: 'BackingOff',
    step: (s) => ({ memory: because('FleetHeld', s.fleetHold ?? '') }),
  },
  {
    line: 'the primary ended and is due: run it again in its window',
    when: (s) => s.session !== null && s.death !== null,
    to: 'BackingOff',
    step: (s) => {
      if (s.session === null) return {};
      return withSidecars(s, {
        memory: { notBefore: null },
        events: [event(s, 'Normal', 'Respawning', `window ${s.primary.name} of session ${s.session.name}`)],
        actions: [respawnWindow(s, s.session, s.primary, s.primaryWindow)],
      });
    },
  },
  {
    line: 'the session is there and its primary is about to run',
    when: isAboutToRun,
    to: 'Starting',
    step: (s) => ({
      memory: { startingSince: s.memory.startingSince ?? s.now },
    }),
  },
  {
    line: 'the primary is seen running',
    when: (s) => s.session !== null && s.memory.runningSince === null,
    to: 'Running',
    step: (s) =>
      withSidecars(s, {
        memory: {
          ...because('Running', `session ${s.session?.name}`),
          runningSince: s.now,
          startingSince: null,
          notBefore: null,
          fresh: false,
          ...countRun(s),
        },
      }),
  },
  {
    line: 'the running session differs from the spec, and the spec says to restart',
    when: (s) => s.drifted && s.spec.updatePolicy === 'Restart',
    to: 'Terminating',
    step: (s) => stopStep(s, 'Updated'),
  },
  {
    line: 'a good run clears the failures',
    when: ranWell,
    to: 'Running',
    step: (s) => withSidecars(s, { memory: { failures: 0 } }),
  },
  {
    line: 'all is as it should be',
    when: (s) => s.session !== null,
    to: 'Running',
    step: (s) =>
      withSidecars(s, {
        memory: because(
          'Running',
          s.drifted
            ? `session ${s.session?.name}; the changed spec counts from the next start`
            : `session ${s.session?.name}`,
        ),
      }),
  },
];
