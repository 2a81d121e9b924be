import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import { locksOf } from '../../src/config.ts';
import { ControllerProcess } from './controller.ts';
import { eventually } from './eventually.ts';
import { FrontDoor } from './front-door.ts';
import { HookServer } from './hook-server.ts';
import { Prometheus } from './prometheus.ts';
import { tamper } from './store.ts';

/** What the dashboards' variables are in this world. */
export const PICKED = {
  datasource: 'tmuxlet',
  job: 'tmuxlet',
  instance: '127.0.0.1:9469',
  queue: '.*',
  project: 'trainer',
};

const SERVICES = 'api auth billing cache crawler-1 crawler-2 crawler-3 crawler-4 docs feeds images ingest mail media '
  .concat('payments proxy reports scheduler search shop sync-eu sync-us web worker')
  .split(' ');
const JOBS = ['nightly-1', 'nightly-2', 'nightly-3', 'nightly-4', 'nightly-5', 'nightly-6'];

const running = (command: string) => ({ session: { windows: [{ name: 'main', command }] } });

export interface Trouble {
  readonly what: string;
  readonly make: () => Promise<void>;
}

/** A real controller with many Projects, troubles to bring upon them, and a real Prometheus that watches. */
export class BusyWorld {
  readonly controller = new ControllerProcess();
  #door: FrontDoor | null = null;
  #hooks: HookServer | null = null;
  #prometheus: Prometheus | null = null;

  get prometheus(): Prometheus {
    if (this.#prometheus === null) throw new Error('Prometheus was not started');
    return this.#prometheus;
  }

  /** Declares what lives a normal life, and waits until it does. `jobSeconds`: how long a job of the queue `batch` takes. */
  async open({ scrapeMs, jobSeconds }: { scrapeMs: number; jobSeconds: number }): Promise<void> {
    const { controller } = this;
    this.#hooks = await HookServer.open();
    this.#door = await FrontDoor.open();
    this.#prometheus = await Prometheus.open({
      global: { scrape_interval: `${scrapeMs}ms`, scrape_timeout: `${scrapeMs}ms` },
      scrape_configs: [
        {
          job_name: PICKED.job,
          static_configs: [{ targets: [this.#door.address], labels: { instance: PICKED.instance } }],
        },
      ],
    });
    for (const name of SERVICES) controller.declare(name);
    for (const name of JOBS) controller.declare(name, { ...running(`sleep ${jobSeconds}`), queue: 'batch' });
    controller.declare('trainer', {
      ...running('while :; do touch "$TMUXLET_HEARTBEAT_FILE"; sleep 3; done'),
      heartbeat: { source: 'File', periodSeconds: 2, staleAfterSeconds: 600 },
      activeDeadlineSeconds: 3600,
    });
    controller.declare('archive', { suspend: true });
    controller.declare('migrate', running('exit 0'));
    await this.start();
    await eventually(() => SERVICES.every((name) => controller.sessions().some(({ project }) => project === name)), {
      withinMs: 60_000,
      everyMs: 250,
    });
    await controller.untilPhase('migrate', 'Completed');
  }

  /** Starts the controller, and waits until Prometheus has seen it. */
  async start(): Promise<void> {
    const { controller } = this;
    const file = join(controller.dir, 'tmuxlet.json');
    const settings = {
      queues: { default: { maxConcurrent: 60 }, batch: { maxConcurrent: 2 } },
      orphans: { graceSeconds: 0, observationsApartSeconds: 1 },
      alerts: { digestSeconds: 0, webhooks: [{ name: 'ops', url: this.#hooks?.url }] },
    };
    writeFileSync(file, JSON.stringify(settings));
    const begin = controller.output.length;
    await controller.start('--config', file);
    const port = await eventually(
      () => /^metrics +http:\/\/127\.0\.0\.1:(\d+)\/metrics$/m.exec(controller.output.slice(begin))?.[1],
    );
    // Every life of the controller has a port of its own, and to Prometheus it stays the same one.
    this.#door?.leadTo(Number(port));
    await this.#seen('up == 1');
  }

  /** In this order; each ends when it has shown. */
  get troubles(): readonly Trouble[] {
    const { controller } = this;
    return [
      { what: 'Projects that cannot be well', make: () => this.#declareTrouble() },
      { what: 'primaries are killed', make: () => this.#killPrimaries(SERVICES.slice(0, 5)) },
      { what: 'a person holds a lock and asks for restarts', make: () => this.#byHand() },
      {
        what: 'the tmux server is killed',
        make: async () => {
          for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
          await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 2, 60_000);
          await controller.untilPhase('trainer', 'Running', 60_000);
          await controller.until('flaky', ({ status }) => status.attempt === 2, 60_000);
        },
      },
      { what: 'the controller is killed, and a Project is forgotten meanwhile', make: () => this.#killController() },
      { what: 'primaries are killed again', make: () => this.#killPrimaries(['trainer', ...SERVICES.slice(5, 9)]) },
    ];
  }

  async #declareTrouble(): Promise<void> {
    const { controller } = this;
    controller.tmux('new-session', '-d', '-s', 'notes', 'sleep', '100000');
    controller.declare('notes', { conflictPolicy: 'Fail' });
    controller.declare('inbox', { session: { name: 'notes', windows: [{ name: 'main', command: 'sleep 100000' }] } });
    controller.declare('importer', { ...running('exit 3'), restartPolicy: 'Never' });
    controller.declare('legacy', { path: join(controller.dir, 'not-there') });
    controller.declare('restore', { dependsOn: [{ project: 'archive', condition: 'Running' }] });
    controller.declare('flaky', {
      ...running('sleep 1; exit 1'),
      backoffLimit: 1000,
      backoff: { initialSeconds: 2, maxSeconds: 8 },
    });
    controller.declare('agent', {
      ...running('touch "$TMUXLET_HEARTBEAT_FILE"; sleep 100000'),
      heartbeat: { source: 'File', periodSeconds: 0.5, staleAfterSeconds: 2, onStale: 'Alert' },
    });
    writeFileSync(join(controller.manifests, 'typo.json'), '{ "kind": ');
    await controller.untilPhase('notes', 'Failed');
    await controller.untilPhase('importer', 'Failed');
    await controller.untilPhase('legacy', 'Pending');
    await controller.untilPhase('inbox', 'Running');
    await controller.until('flaky', ({ status }) => status.failures > 0);
    await controller.until('agent', ({ status }) =>
      status.conditions.some((condition) => condition.type === 'Stalled' && condition.status === 'True'),
    );
  }

  async #killPrimaries(names: readonly string[]): Promise<void> {
    const { controller } = this;
    for (const name of names) {
      const before = (await controller.until(name, ({ status }) => status.phase === 'Running')).status.restarts;
      const pids = await controller.processesOf(name);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await controller.until(name, ({ status }) => status.restarts > before && status.phase === 'Running', 30_000);
    }
  }

  async #byHand(): Promise<void> {
    const { controller } = this;
    const lock = openLocks(locksOf(controller.stateDir), systemClock()).tryAcquire('trainer', 'a backup by hand');
    if (lock === null) throw new Error('somebody else has the lock');
    const asked = await controller.client.request('restart', 'trainer');
    await controller.client.request('reset', 'importer');
    await this.#seen('tmuxlet_lock_busy_total > 0');
    await this.#seen('tmuxlet_project_lock_held_seconds > 1');
    lock.release();
    await eventually(() => controller.acknowledged(asked.id), { withinMs: 30_000 });
    await controller.untilPhase('trainer', 'Running', 30_000);
  }

  async #killController(): Promise<void> {
    const { controller } = this;
    await controller.kill();
    tamper(controller.database, "PRAGMA foreign_keys = ON; DELETE FROM projects WHERE name = 'media'");
    rmSync(join(controller.stateDir, 'state', 'media.json'));
    controller.undeclare('media');
    await this.#seen(`up == 0`);
    await this.start();
    await eventually(() => !controller.sessions().some(({ project }) => project === 'media'), { withinMs: 30_000 });
    await this.#seen('sum(tmuxlet_orphans_ended_total) > 0');
  }

  /** Waits until Prometheus has seen it. */
  async #seen(expr: string): Promise<void> {
    await eventually(async () => (await this.prometheus.query(expr)).length > 0, { withinMs: 30_000, everyMs: 100 });
  }

  async close(): Promise<void> {
    await this.#prometheus?.close();
    await this.controller.close();
    await this.#door?.close();
    await this.#hooks?.close();
  }
}
