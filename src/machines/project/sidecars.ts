import type { Action } from '../../api/action.ts';
import type { NewEvent } from '../../api/event.ts';
import type { WindowSpec } from '../../api/manifest.ts';
import type { Memory, SidecarMemory } from '../../api/memory.ts';
import { remainingMs } from '../../api/time.ts';
import { backoffMs } from '../backoff.ts';
import { respawnWindow } from './launch.ts';
import { lifeOf, type Situation, type WindowState } from './situation.ts';
import { event, type Step } from './step.ts';

const fresh: SidecarMemory = { failures: 0, notBefore: null, countedRun: null };

const wantsRestart = (window: WindowSpec, exitCode: number | null): boolean => {
  switch (window.restartPolicy ?? 'Always') {
    case 'Always':
      return true;
    case 'OnFailure':
      return exitCode !== 0;
    case 'Never':
      return false;
  }
};

/** A run of resetAfterSeconds begins a new row of failures. */
const ranWell = (s: Situation, { run }: WindowState): boolean =>
  run?.startedAt != null &&
  run.endedAt !== null &&
  run.endedAt - run.startedAt >= s.spec.backoff.resetAfterSeconds * 1000;

interface Care {
  readonly memory: SidecarMemory;
  readonly actions: readonly Action[];
  readonly events: readonly NewEvent[];
}

/** One sidecar: an end is counted once, then it is respawned after its own wait. */
const careFor = (s: Situation, window: WindowSpec, state: WindowState): Care => {
  const before = s.memory.sidecars[window.name] ?? fresh;
  const idle: Care = { memory: before, actions: [], events: [] };
  if (s.session === null || state.alive || !wantsRestart(window, state.run?.exitCode ?? null)) return idle;
  // A window the session never had belongs to a spec that counts from the next start.
  if (s.drifted && state.pane === null) return idle;
  const key = lifeOf(s.session.tags.attempt, state);
  const counted = before.countedRun === key;
  const failures = counted ? before.failures : ranWell(s, state) ? 1 : before.failures + 1;
  const waitMs = backoffMs(failures, s.spec.backoff);
  const memory: SidecarMemory = counted
    ? before
    : { failures, countedRun: key, notBefore: waitMs > 0 ? { since: s.now, forMs: waitMs } : null };
  if (remainingMs(memory.notBefore, s.now) > 0) return { ...idle, memory };
  return {
    memory: { ...memory, notBefore: null },
    actions: [respawnWindow(s, s.session, state, window)],
    events: [event(s, 'Normal', 'Respawning', `window ${window.name} of session ${s.session.name}`)],
  };
};

/** The sidecars' part of a pass: they end and are restarted on their own, whatever the primary does. */
export const sidecarStep = (s: Situation): Step => {
  const cared = s.windows
    .filter((state) => state.name !== s.primary.name)
    .flatMap((state) => {
      const window = s.spec.session.windows.find((candidate) => candidate.name === state.name);
      return window ? [{ name: state.name, care: careFor(s, window, state) }] : [];
    });
  const kept = cared.filter(({ care }) => care.memory !== fresh);
  const memory: Pick<Memory, 'sidecars'> = {
    sidecars: Object.fromEntries(kept.map(({ name, care }) => [name, care.memory])),
  };
  return {
    memory,
    actions: cared.flatMap(({ care }) => care.actions),
    events: cared.flatMap(({ care }) => care.events),
  };
};
