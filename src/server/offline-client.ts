import { existsSync } from 'node:fs';
import { UserError } from '../api/errors.ts';
import { readStore } from '../store/store.ts';
import type { Client, Whereabouts } from './client.ts';
import { controllerInfo, TMUX_SOCKET_SETTING } from './controller-info.ts';
import type { SocketOf } from './views/project.ts';
import { listOf } from './views/list.ts';
import { topView } from './views/top.ts';
import { createViews, type Views } from './views/views.ts';

/** The client where no controller runs: reads what the last one left, and refuses the rest in one line. */
export const createOfflineClient = ({ stateDir, database, tmuxSocket, locks }: Whereabouts): Client => {
  let store: ReturnType<typeof readStore> | null = null;
  const open = () => {
    store ??= readStore(database);
    return store;
  };
  const views = (): Views => {
    const reader = open();
    return createViews(reader, shardSockets(reader.setting(TMUX_SOCKET_SETTING) ?? tmuxSocket));
  };
  const refuse = (): never => {
    throw new UserError(`no controller is running in ${stateDir}; start it with: tmuxlet run --state-dir ${stateDir}`);
  };
  return {
    live: false,
    controller: async () => (existsSync(database) ? controllerInfo(open(), null) : { version: null, manifests: null }),
    projects: async (labelSelector) => views().projects({ labelSelector }),
    project: async (name) => views().project(name),
    describe: async (name) => views().describe(name),
    manifests: async () => views().manifests(),
    events: async (filter) => views().events(filter),
    queues: async () => views().queues(),
    top: async () => topView(open(), () => null, null),
    metrics: async () => refuse(),
    notifications: async () => views().notifications(),
    sessions: async () => refuse(),
    locks: async () => listOf('Lock', 0, locks()),
    plan: async () => refuse(),
    sync: async () => refuse(),
    testAlerts: async () => refuse(),
    watchProjects: () => refuse(),
    watchEvents: () => refuse(),
    request: async () => refuse(),
    setSuspend: async () => refuse(),
    delete: async () => refuse(),
    close: () => store?.close(),
  };
};

/** Shards beyond the first have their number after the path. */
const shardSockets =
  (first: string): SocketOf =>
  (shard) =>
    shard === 0 ? first : `${first}.${shard}`;
