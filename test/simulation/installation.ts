import { rmSync } from 'node:fs';
import DatabaseFile from 'better-sqlite3';
import type { Tracer } from '../../src/api/trace.ts';
import type { CommandVerb } from '../../src/api/decision.ts';
import { readStore } from '../../src/store/store.ts';
import type { Chronicle } from './chronicle.ts';
import { type Controller, startController } from './controller.ts';
import { afterPowerLoss } from './power.ts';
import { rehearse } from './rehearsal.ts';
import type { Life } from './kernel/life.ts';
import { STATE_DIR } from './machine/machine.ts';
import type { Setup } from './schedule.ts';
import type { World } from './world.ts';

const CONTROLLER_LOCK = `${STATE_DIR}/controller`;

export type Reader = ReturnType<typeof readStore>;

/** The service manager tries again after this, when a controller has ended that nobody stopped. */
const RESTART_MS = 2_000;

/** One installation: its database, and the controllers that come and go over it. */
export class Installation {
  readonly world: World;
  readonly file: string;
  /** Uids of Projects whose rows somebody made unreadable. */
  readonly poisoned = new Set<string>();
  /** Uids of Projects whose session's name somebody took out of the record. */
  readonly lostNames = new Set<string>();
  /** Tick at which a controller last ended; null while none has. */
  endedAt: number | null = null;
  /** Points at which a dry run has changed the world. */
  readonly trespasses: string[] = [];
  /** Pids of controllers that were taken over and have written all the same. */
  readonly intruders: number[] = [];
  /** How often somebody has edited the database by hand. */
  edits = 0;
  readonly #setup: Setup;
  readonly #chronicle: Chronicle;
  readonly #committed: () => void;
  readonly #told: Tracer;
  readonly #asked = new Set<string>();
  readonly #deletions = new Set<string>();
  readonly #living: Controller[] = [];
  readonly #rehearsals = new Set<Life>();
  #reader: Reader | null = null;
  #restartMs = RESTART_MS;
  #isDown = true;

  constructor(parts: {
    readonly world: World;
    readonly file: string;
    readonly setup: Setup;
    readonly chronicle: Chronicle;
    /** Called in the moment of every commit. */
    readonly committed: () => void;
    readonly told: Tracer;
  }) {
    this.world = parts.world;
    this.file = parts.file;
    this.#setup = parts.setup;
    this.#chronicle = parts.chronicle;
    this.#committed = parts.committed;
    this.#told = parts.told;
  }

  /** The newest controller that lives; null while none does. */
  get controller(): Controller | null {
    return this.#living.at(-1) ?? null;
  }

  get controllers(): readonly Controller[] {
    return this.#living;
  }

  /** What is committed, seen from beside; null before there is a database. */
  get reader(): Reader | null {
    return this.#reader;
  }

  /** Somebody starts a controller, whether one runs or not. */
  start(): void {
    const { world, file } = this;
    this.#isDown = false;
    const controller = startController({
      world,
      setup: this.#setup,
      file,
      trace: (told) => {
        this.#chronicle.add('controller', told);
        this.#told(told);
      },
      committed: (life) => {
        if (this.#isTakenOver(life)) this.intruders.push(life.pid);
        this.#reader ??= readStore(file, { now: () => world.kernel.now().wallMs });
        this.#committed();
      },
      died: (life) => this.#died(life),
    });
    if (controller === null) return;
    this.#living.push(controller);
    this.#chronicle.add('machine', `controller ${controller.life.pid} started`);
  }

  /** Somebody starts a controller beside the one that runs, whose lock he has deleted. */
  startAnother(): void {
    this.world.machine.locks.forget(CONTROLLER_LOCK);
    this.start();
  }

  /** Somebody makes a dry run beside whatever runs. */
  rehearse(forMs: number): void {
    const { world, file } = this;
    const life = rehearse({
      world,
      setup: this.#setup,
      file,
      forMs,
      trace: () => {},
      died: () => {
        this.#rehearsals.delete(life);
        world.machine.kill(life.pid);
      },
      changed: (point) => void this.trespasses.push(point),
    });
    this.#rehearsals.add(life);
  }

  /** The newest one is killed; the next one starts after `ms`. */
  crash(ms: number): boolean {
    const { controller } = this;
    this.#restartMs = ms;
    controller?.life.end();
    return controller !== null;
  }

  /** It dies in the middle of one of its next acts. */
  crashSoon(moments: number): boolean {
    this.controller?.life.endAfter(moments);
    return this.controller !== null;
  }

  /** All of them end without a word, and none starts before somebody starts one. */
  down(): void {
    this.#isDown = true;
    for (const { life } of this.#living.slice()) life.end();
    for (const life of this.#rehearsals) life.end();
  }

  /** The database is gone, with a controller that would go on writing into a file that has no name any more. */
  loseDatabase(): void {
    this.down();
    this.#replaceDatabase(() => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.file}${suffix}`, { force: true });
    });
  }

  /** The machine loses its power, and the database its last commits; `share` of those that can be lost stay. */
  losePower(share: number): void {
    const putBack = afterPowerLoss(this.file, share);
    this.down();
    this.#replaceDatabase(putBack);
  }

  /** Somebody edits the database by hand. */
  edit(sql: string, ...values: readonly unknown[]): number {
    if (this.#reader === null) return 0;
    this.edits += 1;
    const db = new DatabaseFile(this.file);
    try {
      return db.prepare(sql).run(...values).changes;
    } finally {
      db.close();
    }
  }

  /** All that is in the database, a line for each row. */
  dump(): readonly string[] {
    if (this.#reader === null) return [];
    const db = new DatabaseFile(this.file, { readonly: true });
    try {
      const tables = db
        .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        .pluck();
      return tables.all().flatMap((table) =>
        db
          .prepare(`SELECT * FROM ${table}`)
          .all()
          .map((row) => `${table} ${JSON.stringify(row)}`),
      );
    } finally {
      db.close();
    }
  }

  /** As the server does it. */
  command(verb: CommandVerb, name: string): void {
    const { controller, world } = this;
    const uid = this.#reader?.projectByName(name)?.uid;
    if (controller === null || uid === undefined) return;
    this.#asked.add(name);
    const command = { id: world.random.uuid(), verb, project: name, requestedAt: world.kernel.now().wallMs };
    this.#atServer(() => controller.store.transaction((writes) => writes.addCommand(command)));
    controller.manager.wake(uid, `${verb} was asked for`);
  }

  /** Somebody says that so many manifests were taken away on purpose, where that is waited for. */
  confirmDeletions(): boolean {
    const { controller, world } = this;
    if (controller === null || !this.#reader?.setting('manifests.notices')?.includes('DeletionsHeld')) return false;
    const requestedAt = world.kernel.now().wallMs;
    const command = { id: world.random.uuid(), verb: 'confirm-deletions', project: '', requestedAt } as const;
    this.#atServer(() => controller.store.transaction((writes) => writes.addCommand(command)));
    controller.manager.resync();
    return true;
  }

  /** Has anybody ever asked for a restart or a reset of this one? */
  wasAsked(name: string): boolean {
    return this.#asked.has(name);
  }

  wasDeletionAsked(name: string): boolean {
    return this.#deletions.has(name);
  }

  requestDeletion(name: string, force: boolean): void {
    const { controller, world } = this;
    const uid = this.#reader?.projectByName(name)?.uid;
    if (controller === null || uid === undefined) return;
    this.#deletions.add(name);
    const requestedAt = world.kernel.now().wallMs;
    this.#atServer(() => controller.store.transaction((writes) => writes.setDeletion(uid, { requestedAt, force })));
    controller.manager.wake(uid, 'deletion was asked for');
  }

  /** One healthy controller, and nobody who ends it. */
  rest(): void {
    for (const { life } of this.#living.slice(0, -1)) life.end();
    this.controller?.life.rest();
    if (this.#living.length === 0) this.start();
    this.#restartMs = RESTART_MS;
  }

  closeReader(): void {
    this.#reader?.close();
    this.#reader = null;
  }

  /** A request that fails is answered with its error, and that is all. */
  #atServer(request: () => void): void {
    try {
      request();
    } catch (error) {
      this.#chronicle.add('people', `refused: ${String(error)}`);
    }
  }

  #placeOf(life: Life): number {
    return this.#living.findIndex((each) => each.life === life);
  }

  #isTakenOver(life: Life): boolean {
    const place = this.#placeOf(life);
    return place >= 0 && place < this.#living.length - 1;
  }

  #replaceDatabase(replace: () => void): void {
    // The handle is closed at once after the death.
    this.world.kernel.after(0, () => {
      this.closeReader();
      replace();
      this.#committed();
    });
  }

  #died(life: Life): void {
    const place = this.#placeOf(life);
    if (place >= 0) this.#living.splice(place, 1);
    const { machine, kernel } = this.world;
    machine.kill(life.pid);
    this.endedAt = kernel.tick;
    this.#chronicle.add('machine', `controller ${life.pid} ended`);
    if (this.#isDown || this.#living.length > 0) return;
    const ms = this.#restartMs;
    this.#restartMs = RESTART_MS;
    kernel.after(ms, () => {
      if (!this.#isDown && this.#living.length === 0) this.start();
    });
  }
}
