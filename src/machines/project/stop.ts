import type { Action } from '../../api/action.ts';
import type { EndCause, Stop } from '../../api/memory.ts';
import type { ListedPane, ProcessIdentity } from '../../api/observation.ts';
import { elapsedMs } from '../../api/time.ts';
import type { Situation } from './situation.ts';
import { because, event, type Step } from './step.ts';

/** Ctrl-C, or the stop command, has this part of the grace period; SIGTERM the rest; then SIGKILL. */
const INTERRUPT_SHARE = 1 / 3;

const livePanes = (s: Situation): readonly ListedPane[] =>
  (s.session?.panes ?? []).filter((pane) => {
    const run = s.observation.runs[pane.windowName];
    return run?.wrapper?.pid === pane.pid ? run.alive : !pane.dead;
  });

/** Nothing of the Project lives any more: no session, no process. */
export const isGone = (s: Situation): boolean => s.sessionAbsent && s.remains.length === 0;

/** Some process of the Project lives, in a pane or outside. */
export const livesOn = (s: Situation): boolean => livePanes(s).length > 0 || s.remains.length > 0;

/** What is left of sessionRetentionSeconds, in milliseconds; it applies to finished Projects only. */
export const retentionLeftMs = (s: Situation): number =>
  s.memory.finishedSince === null
    ? 0
    : Math.max(0, s.spec.sessionRetentionSeconds * 1000 - elapsedMs(s.memory.finishedSince, s.now));

/** When the rung under way gives way to the next, in milliseconds after it was climbed. */
export const rungMs = (s: Situation, rung: Stop['rung']): number => {
  const graceMs = s.spec.terminationGracePeriodSeconds * 1000;
  const interruptMs = Math.round(graceMs * INTERRUPT_SHARE);
  switch (rung) {
    case 'Interrupt':
      return interruptMs;
    case 'Terminate':
      return graceMs - interruptMs;
    case 'Kill':
      return 0;
  }
};

const rootsOf = (panes: readonly ListedPane[], s: Situation): ProcessIdentity[] =>
  panes.flatMap((pane) => {
    const wrapper = s.observation.runs[pane.windowName]?.wrapper;
    return wrapper?.pid === pane.pid ? [wrapper] : [];
  });

const interrupt = (s: Situation, panes: readonly ListedPane[]): Action[] =>
  s.session === null || panes.length === 0
    ? []
    : [
        {
          kind: 'InterruptSession',
          shard: s.session.shard,
          sessionId: s.session.id,
          uid: s.project.uid,
          panes: panes.map((pane) => ({
            paneId: pane.paneId,
            stopCommand: s.spec.session.windows.find((window) => window.name === pane.windowName)?.stopCommand ?? null,
          })),
        },
      ];

const signal = (s: Situation, panes: readonly ListedPane[], name: 'SIGTERM' | 'SIGKILL'): Action => ({
  kind: 'SignalProcesses',
  uid: s.project.uid,
  signal: name,
  roots: rootsOf(panes, s),
});

const killSession = (s: Situation): Action[] =>
  s.session === null
    ? []
    : [{ kind: 'KillSession', shard: s.session.shard, sessionId: s.session.id, uid: s.project.uid }];

const firstRung = (s: Situation): Stop['rung'] => {
  if (s.spec.terminationGracePeriodSeconds === 0 || !livesOn(s)) return 'Kill';
  return livePanes(s).length > 0 ? 'Interrupt' : 'Terminate';
};

const next: Record<Stop['rung'], Stop['rung']> = { Interrupt: 'Terminate', Terminate: 'Kill', Kill: 'Kill' };

const climb = (s: Situation, cause: EndCause): Stop => {
  const { stop } = s.memory;
  if (stop === null) return { cause, rung: firstRung(s), since: s.now };
  const over = stop.rung !== 'Kill' && elapsedMs(stop.since, s.now) >= rungMs(s, stop.rung);
  // The latest reason is the one that counts; the rung never goes back down.
  return over ? { cause, rung: next[stop.rung], since: s.now } : { ...stop, cause };
};

const actionsOf = (s: Situation, stop: Stop, begun: boolean): readonly Action[] => {
  const panes = livePanes(s);
  const living = livesOn(s);
  // With nothing alive the session itself goes, unless people want to look at it for a while.
  if (!living) return retentionLeftMs(s) > 0 ? [] : killSession(s);
  switch (stop.rung) {
    case 'Interrupt':
      // Keys are typed at most once: in the pass that climbs the rung, and never again.
      return begun ? interrupt(s, panes) : [];
    case 'Terminate':
      return begun ? [signal(s, panes, 'SIGTERM')] : [];
    case 'Kill':
      return [signal(s, panes, 'SIGKILL'), ...(retentionLeftMs(s) > 0 ? [] : killSession(s))];
  }
};

const words: Record<Stop['rung'], string> = {
  Interrupt: 'asking its windows to end',
  Terminate: 'sending SIGTERM to its processes',
  Kill: 'killing what is left of it',
};

/** One step of a stop: it climbs from asking to killing, each rung committed before it is acted upon. */
export const stopStep = (s: Situation, cause: EndCause): Step => {
  const stop = climb(s, cause);
  const before = s.memory.stop;
  const begun = before === null || before.rung !== stop.rung;
  const subject = s.session ? `session ${s.session.name} (attempt ${s.memory.attempt})` : `attempt ${s.memory.attempt}`;
  return {
    memory: {
      stop,
      ...(s.memory.finishedSince === null ? because(`Stopping${cause}`, `${subject}: ${words[stop.rung]}`) : {}),
    },
    events: begun ? [event(s, 'Normal', 'Killing', `${subject}: ${words[stop.rung]} (${cause})`)] : [],
    actions: actionsOf(s, stop, begun),
  };
};
