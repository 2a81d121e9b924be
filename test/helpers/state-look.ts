import { newMemory } from '../../src/api/memory.ts';
import type { Phase } from '../../src/api/phase.ts';
import type { ListedSession, StateFile } from '../../src/api/observation.ts';
import type { Attempt, ProjectRow } from '../../src/api/project.ts';
import { present } from '../../src/api/seen.ts';
import { type Look, sessionKey } from '../../src/machines/synchronize/look.ts';
import { OWNER, specOf } from './decision-world.ts';
import { attemptOf } from './store.ts';

export const AT = { wallMs: 1_800_000_000_000, monotonicMs: 1_000_000, bootId: 'boot-1' };

/** A Project all of whose records agree; tests spoil them one by one. */
export interface Agreeing {
  readonly row: ProjectRow;
  readonly attempt: Attempt | null;
  readonly session: ListedSession | null;
  readonly stateFile: StateFile | null;
}

export const projectIn = (name: string, phase: Phase = 'Running', shard = 0, spec: object = {}): Agreeing => {
  const uid = `uid-${name}`;
  const runs = phase === 'Running';
  const finishedSince = phase === 'Completed' || phase === 'Failed' ? AT : null;
  const number = phase === 'Pending' ? 0 : 3;
  const row: ProjectRow = {
    uid,
    name,
    labels: {},
    annotations: {},
    generation: 1,
    resourceVersion: 1,
    spec: specOf({ path: `/srv/${name}`, ...spec }),
    file: `/manifests/${name}.json`,
    manifestError: null,
    createdAt: 1,
    deletion: null,
    admittedAt: 1,
    memory: { ...newMemory, phase, attempt: number, finishedSince },
  };
  // An id of its own for each name.
  const id = `$${Number.parseInt(name, 36)}`;
  const session: ListedSession = {
    shard,
    id,
    name,
    createdAt: 1000,
    attached: 0,
    tags: { owner: OWNER, uid, project: name, attempt: number, specHash: 'v1-0' },
    claimed: true,
    panes: [],
  };
  const attempt = attemptOf(uid, number, { shard, sessionName: name, sessionId: id, startedAt: 1000 });
  const stateFile: StateFile = { uid, name, attempt: number, shard, sessionName: name, memory: row.memory };
  return { row, attempt: runs ? attempt : null, session: runs ? session : null, stateFile };
};

/** What a look at these Projects sees, on as many servers as they name. */
export const lookAt = (projects: readonly Agreeing[], given: Partial<Look> = {}): Look => {
  const sessions = projects.flatMap(({ session }) => session ?? []);
  const attempts = projects.flatMap(({ attempt }) => attempt ?? []);
  const shards = [...new Set([0, ...[...sessions, ...attempts].map(({ shard }) => shard)])];
  return {
    rows: projects.map(({ row }) => row),
    quarantined: [],
    attempts,
    moving: new Set(),
    listings: shards.map((shard) => ({
      shard,
      socket: `/tmux.${shard}`,
      server: present({ pid: 1, startTicks: 1 }),
      sessions: present(sessions.filter((session) => session.shard === shard)),
    })),
    paths: present(new Map(sessions.map(({ shard, id, name }) => [sessionKey(shard, id), `/srv/${name}`]))),
    stateFiles: present(
      projects.flatMap(({ stateFile }) => (stateFile ? [{ name: stateFile.name, file: present(stateFile) }] : [])),
    ),
    declared: present(new Set(projects.map(({ row }) => row.name))),
    orphanPolicy: 'Kill',
    now: AT,
    ...given,
  };
};
