import type { Action, RecordRun } from '../../api/action.ts';
import type { Memory } from '../../api/memory.ts';
import type { StateFile } from '../../api/observation.ts';
import { valueOf } from '../../api/seen.ts';
import { canonicalJson } from '../spec-hash.ts';
import type { Situation } from './situation.ts';

/** Runs that ended and whose end is not yet on record, with the screens of a session about to be killed. */
export const recordRuns = (s: Situation, killing: boolean): readonly RecordRun[] =>
  Object.entries(s.observation.runs).flatMap(([window, run]) => {
    if (run.wrapper === null || (run.alive && !killing)) return [];
    const stored = s.runs.find((candidate) => candidate.window === window && candidate.run === run.run);
    const ended = run.alive ? null : (run.endedAt ?? s.now.wallMs);
    if (stored && (stored.endedAt !== null || ended === null)) return [];
    const pane = s.session?.panes.find((candidate) => candidate.pid === run.wrapper?.pid);
    return [
      {
        kind: 'RecordRun',
        uid: s.project.uid,
        attempt: s.memory.attempt,
        window,
        run: run.run,
        pid: run.command?.pid ?? null,
        startedAt: run.startedAt,
        endedAt: ended,
        exitCode: run.exitCode,
        screen: s.session && pane ? { shard: s.session.shard, paneId: pane.paneId } : null,
      },
    ];
  });

/** Windows whose output goes nowhere although the spec keeps it. */
export const pipeWindows = (s: Situation): readonly Action[] =>
  s.windows.flatMap(({ name, pane }) => {
    const logs = s.spec.session.windows.find((window) => window.name === name)?.logs ?? false;
    if (s.session === null || pane === null || pane.dead || pane.piped || !logs) return [];
    return [{ kind: 'PipeWindow', shard: s.session.shard, paneId: pane.paneId, project: s.project.name, window: name }];
  });

/** The identity and memory of a Project as its state file should have them. */
const stateOf = (s: Situation, next: Memory, sessionName: string | null, shard: number | null): StateFile => ({
  uid: s.project.uid,
  name: s.project.name,
  attempt: next.attempt,
  shard,
  sessionName,
  // Conditions are computed from observations: they are no evidence.
  memory: { ...next, conditions: [] },
});

const isOwn = (s: Situation, file: StateFile | undefined): file is StateFile => file?.uid === s.project.uid;

/** A row that has lost the name does not take it from the state file too: it is the evidence to repair the row from. */
const rememberedName = (s: Situation, next: Memory): string | null => {
  const file = valueOf(s.observation.stateFile);
  return isOwn(s, file) && file.attempt === next.attempt ? file.sessionName : null;
};

/** The state file follows the row; a torn one is written anew from it. */
export const recordState = (
  s: Situation,
  next: Memory,
  session: { readonly name: string | null; readonly shard: number } | null,
): readonly Action[] => {
  const file = valueOf(s.observation.stateFile);
  // One of an earlier Project would have to be archived, which is mending.
  if (file !== undefined && !isOwn(s, file) && !s.mending) return [];
  const state = stateOf(s, next, session?.name ?? rememberedName(s, next), session?.shard ?? null);
  if (file !== undefined && canonicalJson(file) === canonicalJson(state)) return [];
  return [{ kind: 'RecordState', state }];
};
