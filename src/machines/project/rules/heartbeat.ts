import type { NudgeWindow } from '../../../api/action.ts';
import type { HeartbeatMemory } from '../../../api/heartbeat.ts';
import type { HeartbeatSpec } from '../../../api/manifest.ts';
import { elapsedMs } from '../../../api/time.ts';
import { backoffMs } from '../../backoff.ts';
import { extensionMs, isOverdue } from '../heartbeat/extension.ts';
import { isLate, isStale, pulseOf, silentMs } from '../heartbeat/silence.ts';
import { fail } from '../memory.ts';
import type { Situation } from '../situation.ts';
import { because, event, type Rule, type Step } from '../step.ts';
import { stopStep } from '../stop.ts';

/** Asked before the deadline is. */
export const extensionRules: readonly Rule[] = [
  {
    line: 'the deadline is reached with fresh heartbeats: extend it, so many times',
    when: (s) => isOverdue(s) && extensionMs(s) > 0,
    to: null,
    step: (s) => {
      const ms = extensionMs(s);
      const number = s.memory.extensions + 1;
      const message = `by ${ms / 1000} s, extension ${number} of ${s.spec.heartbeat?.maxExtensions}`;
      return {
        memory: { extensions: number, extendedMs: s.memory.extendedMs + ms },
        events: [event(s, 'Normal', 'DeadlineExtended', message)],
        again: true,
      };
    },
  },
];

const stale = (s: Situation, ...policies: readonly HeartbeatSpec['onStale'][]): boolean => {
  const pulse = pulseOf(s);
  return pulse !== null && policies.includes(pulse.spec.onStale) && isStale(pulse, s.now);
};

const silence = (s: Situation): string => {
  const pulse = pulseOf(s);
  return `no heartbeat for ${Math.round((pulse ? silentMs(pulse, s.now) : 0) / 1000)} s`;
};

/** What is remembered of this silence, from here on. */
const silenceOf = (s: Situation, more: Partial<HeartbeatMemory>): HeartbeatMemory | null => {
  const pulse = pulseOf(s);
  if (pulse === null) return s.memory.heartbeat;
  const { life, lastBeat, marks } = pulse.seen;
  return { ...(s.memory.heartbeat ?? { life, lastBeat, marks, stale: false, nudgedAt: null }), ...more };
};

/** Told once a silence. */
const tellStale = (s: Situation) =>
  s.memory.heartbeat?.stale ? [] : [event(s, 'Warning', 'HeartbeatStale', silence(s))];

/** The silence that is remembered has ended: a later beat was seen, another run began, or nobody asks any more. */
const isOver = (s: Situation): boolean => {
  const remembered = s.memory.heartbeat;
  if (remembered === null || s.session === null || s.memory.runningSince === null) return false;
  if (s.spec.heartbeat === undefined) return true;
  const pulse = pulseOf(s);
  if (pulse === null) return false;
  const { life, lastBeat } = pulse.seen;
  if (life !== remembered.life) return true;
  return lastBeat !== null && (remembered.lastBeat === null || elapsedMs(remembered.lastBeat, lastBeat) > 0);
};

/** The keys of a nudge, where a command of ours runs that could read them (failure 40). */
const nudge = (s: Situation): NudgeWindow | null => {
  const { run, pane } = s.primary;
  if (s.session === null || pane === null || !run?.alive || run.wrapper === null || run.command === null) return null;
  return {
    kind: 'NudgeWindow',
    shard: s.session.shard,
    sessionId: s.session.id,
    uid: s.project.uid,
    paneId: pane.paneId,
    text: s.spec.heartbeat?.nudgeText ?? '',
    wrapper: run.wrapper,
    command: run.command,
  };
};

/** Restarts for want of beats in a row with this one; beats over resetAfterSeconds begin a new row. */
const restartsNow = (s: Situation): number => {
  const pulse = pulseOf(s);
  const beating = pulse ? elapsedMs(pulse.runningSince, s.now) - silentMs(pulse, s.now) : 0;
  return beating >= s.spec.backoff.resetAfterSeconds * 1000 ? 1 : s.memory.staleRestarts + 1;
};

const restart = (s: Situation): Step => {
  const restarts = restartsNow(s);
  const waitMs = backoffMs(restarts, s.spec.backoff);
  const step = stopStep(s, 'HeartbeatStale');
  return {
    ...step,
    memory: {
      ...step.memory,
      heartbeat: silenceOf(s, { stale: true }),
      staleRestarts: restarts,
      // No failure, since nothing of its own ended; but no loop without a wait either (I8).
      notBefore: waitMs > 0 ? { since: s.now, forMs: waitMs } : null,
    },
    events: [...tellStale(s), ...(step.events ?? [])],
  };
};

/** Silence of a run that goes on. Beats on time match none of these, and so write nothing. */
export const heartbeatRules: readonly Rule[] = [
  {
    line: 'a silence has ended: forget it',
    when: isOver,
    to: null,
    step: (s) => ({
      memory: { heartbeat: null },
      events:
        s.memory.heartbeat?.stale && s.memory.heartbeat.life === pulseOf(s)?.seen.life
          ? [event(s, 'Normal', 'HeartbeatResumed', 'heartbeats arrive again')]
          : [],
      again: true,
    }),
  },
  {
    line: 'the heartbeat is late: write down when the last one was',
    when: (s) => {
      const pulse = pulseOf(s);
      return s.memory.heartbeat === null && pulse !== null && isLate(pulse, s.now);
    },
    to: null,
    step: (s) => ({ memory: { heartbeat: silenceOf(s, {}) }, again: true }),
  },
  {
    line: 'the heartbeat is stale and the spec says to fail',
    when: (s) => stale(s, 'Fail'),
    to: 'Failed',
    step: (s) => ({
      memory: { ...fail(s), ...because('HeartbeatStale', silence(s)), heartbeat: null },
      events: tellStale(s),
      attempt: { end: { attempt: s.memory.attempt, cause: 'HeartbeatStale', endedAt: s.now.wallMs } },
      again: true,
    }),
  },
  {
    line: 'the heartbeat is stale and the spec says to restart',
    when: (s) => stale(s, 'Restart'),
    to: 'Terminating',
    step: restart,
  },
  {
    line: 'the heartbeat is stale and the spec says to nudge: once a silence',
    when: (s) => stale(s, 'Nudge') && s.memory.heartbeat?.nudgedAt == null && nudge(s) !== null,
    to: null,
    step: (s) => {
      const action = nudge(s);
      return {
        memory: { heartbeat: silenceOf(s, { stale: true, nudgedAt: s.now }) },
        events: [
          ...tellStale(s),
          event(
            s,
            'Normal',
            'Nudging',
            `typing ${action?.text ? 'heartbeat.nudgeText and ' : ''}Enter into its window`,
          ),
        ],
        actions: action === null ? [] : [action],
      };
    },
  },
  {
    line: 'the heartbeat is stale: say so once',
    when: (s) => stale(s, 'Alert', 'Nudge') && !s.memory.heartbeat?.stale,
    to: null,
    step: (s) => ({ memory: { heartbeat: silenceOf(s, { stale: true }) }, events: tellStale(s), again: true }),
  },
];
