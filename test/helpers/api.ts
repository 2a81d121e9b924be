import { join } from 'node:path';
import { Registry } from 'prom-client';
import type { Command } from '../../src/api/decision.ts';
import { API_VERSION } from '../../src/api/manifest.ts';
import type { StateReport } from '../../src/api/mismatch.ts';
import type { ShardListing } from '../../src/api/observation.ts';
import type { ChannelTest } from '../../src/api/ports/notifier.ts';
import type { Store } from '../../src/api/ports/store.ts';
import type { Holder } from '../../src/api/ports/world.ts';
import type { Trace, Tracer } from '../../src/api/trace.ts';
import type { Control, HealthCheck, PlannedAction, Screen } from '../../src/server/control.ts';
import { createServer, type ServerOptions } from '../../src/server/server.ts';
import type { LiveBeats } from '../../src/server/views/heartbeat.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryFolder } from './temporary.ts';

/** A controller that does nothing by itself: commands are stored, deletions written down, traces told on request. */
export class StandInControl implements Control {
  readonly ownerId = 'owner-1';
  readonly deletions: { readonly name: string; readonly force: boolean }[] = [];
  shards: readonly ShardListing[] = [];
  planned: readonly PlannedAction[] = [];
  tested: readonly ChannelTest[] = [];
  liveness: readonly HealthCheck[] = [{ name: 'loop', ok: true, message: '' }];
  readiness: readonly HealthCheck[] = [{ name: 'tmux', ok: true, message: '' }];
  readonly #store: Store;
  readonly #listeners = new Set<Tracer>();

  constructor(store: Store) {
    this.#store = store;
  }

  beats: LiveBeats | null = null;
  readonly beatsOf = () => this.beats;
  readonly health = { live: () => this.liveness, ready: () => this.readiness };

  async listings(): Promise<readonly ShardListing[]> {
    return this.shards;
  }

  held: readonly Holder[] = [];

  locks() {
    return this.held;
  }

  shown: readonly Screen[] = [];

  async screens(): Promise<readonly Screen[]> {
    return this.shown;
  }

  async plan(): Promise<readonly PlannedAction[]> {
    return this.planned;
  }

  /** Whether each comparison that was asked for was a dry run. */
  readonly synced: boolean[] = [];
  report: StateReport | null = null;

  stateReport() {
    return this.report;
  }

  async synchronize(dryRun: boolean): Promise<StateReport> {
    this.synced.push(dryRun);
    return { apiVersion: API_VERSION, kind: 'StateReport', at: 7, mending: !dryRun, items: [], skipped: [] };
  }

  async testAlerts() {
    return this.tested;
  }

  command(verb: Command['verb'], project: string): Command {
    const command = { id: `${verb}-${project}`, verb, project, requestedAt: 5, acknowledgedAt: null, result: null };
    this.#store.transaction((writes) => writes.addCommand(command));
    return command;
  }

  readonly suspended = new Map<string, boolean>();

  async setSuspend(name: string, suspend: boolean): Promise<boolean> {
    const changed = this.suspended.get(name) !== suspend;
    this.suspended.set(name, suspend);
    return changed;
  }

  requestDeletion(name: string, force: boolean): void {
    this.deletions.push({ name, force });
  }

  onTrace(listener: Tracer): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  tell(trace: Trace = { trace: 'Woken', controller: 'project', key: 'web', why: 'test' }): void {
    for (const listener of this.#listeners) listener(trace);
  }
}

export interface Api {
  /** The state directory. */
  readonly folder: string;
  readonly socket: string;
  readonly url: string;
  readonly store: Store;
  readonly control: StandInControl;
  readonly registry: Registry;
  /** What the server could not answer for. */
  readonly errors: unknown[];
  /** The controller goes, its state directory stays. */
  stopServer(): Promise<void>;
  close(): Promise<void>;
}

/** A real server with a real store in a state directory of its own, and a controller that does nothing. */
export const startApi = async (
  settings: Pick<ServerOptions, 'token' | 'readsNeedToken' | 'allowedHosts' | 'limits'> = {},
): Promise<Api> => {
  const { path: folder, remove } = temporaryFolder();
  const socket = join(folder, 'tmuxlet.sock');
  const store = openStore(join(folder, 'tmuxlet.db'), { now: () => 10_000 });
  const control = new StandInControl(store);
  const registry = new Registry();
  const errors: unknown[] = [];
  const server = createServer({
    reader: store,
    control,
    registry,
    socketOf: (shard) => join(folder, shard === 0 ? 'tmux' : `tmux.${shard}`),
    socket,
    listen: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    onError: (error) => errors.push(error),
    ...settings,
  });
  const { url } = await server.listen();
  const stopServer = () => server.close(100);
  const close = async () => {
    await stopServer();
    store.close();
    remove();
  };
  return { folder, socket, url, store, control, registry, errors, stopServer, close };
};
