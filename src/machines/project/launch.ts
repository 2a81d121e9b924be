import { isAbsolute, join } from 'node:path';
import type { RespawnWindow, StartSession, WindowLaunch } from '../../api/action.ts';
import { sessionNameOf, type WindowSpec } from '../../api/manifest.ts';
import type { OwnedSession } from '../../api/observation.ts';
import type { Situation, WindowState } from './situation.ts';

const under = (base: string, path: string): string => (isAbsolute(path) ? path : join(base, path));

/** A start with history runs `resumeCommand`; a fresh one, or a spec that never resumes, runs `command`. */
export const resumes = (s: Situation): boolean =>
  s.spec.resumePolicy === 'Always' && !s.memory.fresh && s.memory.attempt > 0;

const launchOf = (s: Situation, window: WindowSpec, run: number, resumed: boolean): WindowLaunch => ({
  name: window.name,
  run,
  command: (resumed ? window.resumeCommand : undefined) ?? window.command,
  cwd: window.cwd === undefined ? s.spec.path : under(s.spec.path, window.cwd),
  env: { ...s.spec.session.env, ...window.env },
  envFile: s.spec.session.envFile === undefined ? null : under(s.spec.path, s.spec.session.envFile),
  logs: window.logs,
});

export const startSession = (
  s: Situation,
  intent: { attempt: number; shard: number; sessionName: string; resumed: boolean },
  replace: StartSession['replace'],
): StartSession => ({
  kind: 'StartSession',
  shard: intent.shard,
  sessionName: intent.sessionName,
  tags: {
    owner: s.ownerId,
    uid: s.project.uid,
    project: s.project.name,
    attempt: intent.attempt,
    specHash: s.hash,
  },
  windows: s.spec.session.windows.map((window) => launchOf(s, window, 1, intent.resumed)),
  replace,
});

/** The next run of one window in a session that lives. */
export const respawnWindow = (
  s: Situation,
  session: OwnedSession,
  state: WindowState,
  spec: WindowSpec,
): RespawnWindow => ({
  kind: 'RespawnWindow',
  shard: session.shard,
  sessionId: session.id,
  tags: session.tags,
  paneId: state.pane?.paneId ?? null,
  // A run whose wrapper never wrote a line was prepared and not begun: its number is still free.
  window: launchOf(
    s,
    spec,
    state.run ? state.run.run + (state.run.wrapper ? 1 : 0) : 1,
    s.spec.resumePolicy === 'Always',
  ),
});

/** The session name for a new start: the spec's, or with `Rename` the next free one after it. */
export const freeName = (s: Situation): string => {
  const wanted = sessionNameOf(s.project.name, s.spec);
  const taken = s.target?.taken;
  if (!taken?.has(wanted) || s.spec.conflictPolicy !== 'Rename') return wanted;
  for (let suffix = 2; ; suffix += 1) {
    const candidate = `${wanted}-${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
};
