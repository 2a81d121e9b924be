import type { StateReport } from '../api/mismatch.ts';
import type { SpecSource } from '../api/ports/manifests.ts';
import type { Store } from '../api/ports/store.ts';
import type { Clock, Keepsakes, LogFiles, Locks } from '../api/ports/world.ts';
import type { Tracer } from '../api/trace.ts';
import type { OrphanSettings } from '../machines/orphans.ts';
import type { Executors } from './executors/executors.ts';
import { FLEET, fleetController } from './fleet.ts';
import type { Heartbeats } from './heartbeats.ts';
import { type Controller, Loop } from './loop.ts';
import { type Alerting, ALERTS, notificationController } from './notification.ts';
import { MANIFESTS, manifestController } from './manifest.ts';
import type { Senses } from './observe.ts';
import { Passes } from './pass.ts';
import { ProjectController } from './project.ts';
import { queueController } from './queue.ts';
import { RETENTION, retentionController, type RetentionSettings } from './retention.ts';
import { reconcileOrphan } from './orphans/orphan.ts';
import { SESSIONS, sessionController } from './session.ts';
import { RECORDS, Synchronizer } from './synchronizer.ts';

/** Everything the controllers need of the world, as ports: real ones, or simulated. */
export interface ManagerParts extends Senses {
  readonly store: Store;
  readonly locks: Locks;
  readonly source: SpecSource;
  readonly logFiles: LogFiles;
  readonly keepsakes: Keepsakes;
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly ownerId: string;
  readonly newUid: () => string;
  readonly settings: ManagerSettings;
  /** Whom to tell; without it nobody is told and the outbox rests, as in a dry run. */
  readonly alerting?: Alerting;
  /** Made with the manager's own wake, since acts wake Projects. */
  readonly executors: (wake: Manager['wake']) => Executors;
}

/** Read at each use, where they may change while the controllers run. */
export interface ManagerSettings extends RetentionSettings {
  readonly maxConcurrentStarts: number;
  readonly shardSize: number;
  readonly externalTmuxServers?: number;
  readonly defaultMaxConcurrent: number;
  /** Plans everything and acts on nothing; the store is then a copy in memory. */
  readonly dryRun: boolean;
  /** Starts, stops and restarts go on; what has to be mended is told, and left as it is. */
  readonly stateSyncDryRun: boolean;
  /** All records are compared, and everything is looked at again, this often. */
  readonly stateSyncIntervalSeconds: number;
  readonly orphans: Omit<OrphanSettings, 'dryRun'>;
}

const orphanSettings = ({ orphans, dryRun, stateSyncDryRun }: ManagerSettings): OrphanSettings => ({
  ...orphans,
  dryRun: dryRun ? 'a dry run' : stateSyncDryRun ? 'STATE_SYNC_DRY_RUN' : null,
});

/** What comes due later than this is not waited for by `settled`. */
const HORIZON_MS = 5_000;

type LoopName = 'manifest' | 'queue' | 'project' | 'session' | 'synchronizer' | 'fleet' | 'retention';

/** The controllers with their queues, and who wakes whom. */
export class Manager {
  readonly #parts: ManagerParts;
  readonly #loops: Readonly<Record<LoopName, Loop>>;
  readonly #synchronizer: Synchronizer;
  /** Beside the others, which never wait for it. */
  readonly #notification: Loop | null;
  readonly #unlisten: (() => void)[] = [];
  /** What is known of beats at the moment. */
  readonly heartbeats: Heartbeats;

  constructor(given: ManagerParts) {
    const passes = new Passes();
    const parts = { ...given, passes, trace: passes.stamp(this.#tellAlertsToo(given.trace)) };
    this.#parts = parts;
    const { store, clock, trace, tmux, source, settings } = parts;
    const loop = (controller: Controller): Loop => new Loop(controller, clock, trace, passes);
    const { wake } = this;
    const wakeQueue = (queue: string): void => this.#loops.queue.queue.add(queue);
    const wakeFleet = (): void => this.#loops.fleet.queue.add(FLEET);
    const project = new ProjectController({
      ...parts,
      ...settings,
      get maxConcurrentStarts() {
        return settings.maxConcurrentStarts;
      },
      executors: parts.executors(wake),
      wake,
      wakeQueue,
      wakeFleet,
    });
    this.heartbeats = project.heartbeats;
    this.#synchronizer = new Synchronizer({
      ...parts,
      get orphanPolicy() {
        return settings.orphans.policy;
      },
      get intervalMs() {
        return settings.stateSyncIntervalSeconds * 1000;
      },
      mends: !settings.dryRun && !settings.stateSyncDryRun,
      wake,
      wakeManifests: () => this.#loops.manifest.queue.add(MANIFESTS),
    });
    this.#loops = {
      manifest: loop(manifestController({ ...parts, wakeQueue, wake: (uid) => wake(uid, 'its manifest changed') })),
      queue: loop(
        queueController({
          store,
          clock,
          wake: (uid) => wake(uid, 'admission changed'),
          get defaultMaxConcurrent() {
            return settings.defaultMaxConcurrent;
          },
        }),
      ),
      project: loop(project),
      session: loop(
        sessionController({
          store,
          tmux,
          wake,
          add: (key) => this.#loops.session.queue.add(key),
          reconcileOrphan: (key, since) =>
            reconcileOrphan({ ...parts, settings: orphanSettings(settings), wake }, key, since),
        }),
      ),
      synchronizer: loop(this.#synchronizer),
      fleet: loop(fleetController({ store, clock, trace, wake })),
      retention: loop(retentionController(parts)),
    };
    const { alerting, newUid } = parts;
    const wakeChannel = (channel: string): void => this.#notification?.queue.add(channel);
    this.#notification = alerting
      ? loop(notificationController({ store, clock, trace, alerting, newUid, wake: wakeChannel }))
      : null;
    this.#unlisten.push(
      source.onHint(() => this.#loops.manifest.queue.add(MANIFESTS)),
      tmux.onHint(({ shard }) => {
        this.#loops.session.queue.add(String(shard));
        this.#loops.synchronizer.queue.addAfter(RECORDS, this.#synchronizer.hintDelayMs);
      }),
    );
  }

  /** Has a Project looked at. Whatever the reason, the whole truth is looked at again. */
  readonly wake = (uid: string, why: string): void => {
    this.#parts.trace({ trace: 'Woken', controller: 'project', key: uid, why });
    this.#loops.project.queue.add(uid);
  };

  /** Whatever is recorded may be something to tell people. */
  #tellAlertsToo(trace: Tracer): Tracer {
    return (told) => {
      trace(told);
      if (told.trace === 'EventRecorded') this.#notification?.queue.add(ALERTS);
    };
  }

  get loops(): readonly Loop[] {
    return [...Object.values(this.#loops), ...(this.#notification ? [this.#notification] : [])];
  }

  start(): void {
    for (const loop of this.loops) loop.start();
    this.resync();
    this.#loops.synchronizer.queue.add(RECORDS);
    if (!this.#parts.settings.dryRun) this.#loops.retention.queue.add(RETENTION);
  }

  /** Settings are read at each use; what follows from others is looked at now. */
  settingsChanged(): void {
    for (const loop of this.loops) loop.start();
    this.resync();
  }

  /** The interval is over. What disagrees is told before those look who mend it: afterwards it would not be seen. */
  async tick(): Promise<void> {
    try {
      await this.synchronize();
    } catch {
      // The loop has told why, and tries it again.
    }
    this.resync();
  }

  /** Compares all records now; resolves with what was found, when those who mend it are about to. */
  synchronize(): Promise<StateReport> {
    const report = this.#synchronizer.next();
    this.#loops.synchronizer.queue.add(RECORDS);
    return report;
  }

  /** What the last comparison found; null before the first. */
  get stateReport(): StateReport | null {
    return this.#synchronizer.report;
  }

  /** Everything is looked at again: a lost hint costs latency and nothing else. */
  resync(): void {
    const { store } = this.#parts;
    this.#loops.manifest.queue.add(MANIFESTS);
    this.#loops.fleet.queue.add(FLEET);
    this.#loops.session.queue.add(SESSIONS);
    this.#notification?.queue.add(ALERTS);
    const rows = store.projects();
    const queues = new Set([...store.queues().map((queue) => queue.name), ...rows.map((row) => row.spec.queue)]);
    for (const queue of queues) this.#loops.queue.queue.add(queue);
    for (const row of rows) this.#loops.project.queue.add(row.uid);
  }

  /** Resolves when nothing is under way or due soon: what is left waits for time or for somebody else. */
  async settled(horizonMs = HORIZON_MS): Promise<void> {
    while (this.#isBusy(horizonMs)) await new Promise<void>((resolve) => this.#parts.clock.after(20, resolve));
  }

  #isBusy(horizonMs: number): boolean {
    const { manifest, queue: admission, project, session, synchronizer } = this.#loops;
    const working = [manifest, admission, project, session, synchronizer];
    if (working.some(({ queue }) => !queue.isIdle)) return true;
    // What is being delivered has a deadline; what is to be delivered later, the next run delivers.
    if (this.#notification && !this.#notification.queue.isIdle) return true;
    if (this.#loops.manifest.queue.dueWithin(horizonMs).length > 0) return true;
    const rows = this.#parts.store.projects();
    if (rows.some((row) => row.memory.reason === 'PreflightRunning' && !this.#parts.settings.dryRun)) return true;
    // What runs well has its own deadlines, for ever: they are not waited for.
    const running = new Set(rows.filter((row) => row.memory.phase === 'Running').map((row) => row.uid));
    return this.#loops.project.queue.dueWithin(horizonMs).some((uid) => !running.has(uid));
  }

  /** Lets what is under way end. Every session lives on. */
  async stop(): Promise<void> {
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}
