import type { WindowLaunch } from '../../../src/api/action.ts';
import type { RunKey } from '../../../src/api/ports/runs.ts';
import { diskError } from './disk.ts';
import type { Disk } from './disk.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

/** Who beats, and how: by its own running time, so that nothing need happen for it. */
export interface Beater {
  readonly process: Process;
  /** Null: never. */
  readonly everyMs: number | null;
  /** Falls silent after so much; null: never. */
  readonly untilMs: number | null;
}

/** One run's directory. */
export interface RunDirectory {
  readonly path: string;
  readonly key: RunKey;
  readonly launch: WindowLaunch;
  /** What the command finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Epoch milliseconds of the start script. */
  preparedAt: number;
  /** Null: there is no file. */
  journal: string | null;
  /** Epoch milliseconds of the last line. */
  journalledAt: number | null;
  beater: Beater | null;
  /** Beats that others have added, by hand. */
  touches: number;
  /** Who holds the FIFO open. */
  holder: Process | null;
}

/** How often the command of a run has beaten so far. */
export const beatsOf = ({ beater, touches }: RunDirectory): number => {
  if (beater === null || beater.everyMs === null) return touches;
  return (
    touches + Math.floor(Math.min(beater.process.ranMs, beater.untilMs ?? Number.POSITIVE_INFINITY) / beater.everyMs)
  );
};

const idOf = ({ uid, attempt, window, run }: RunKey): string => `${uid}/${attempt}/${window}/${run}`;

/** Older runs and attempts than so many are removed. */
const KEPT = 10;

/** The directories of runs below the state directory, and who is told when a run's FIFO is closed. */
export class RunDirectories {
  /** The program in every pane. */
  readonly wrapper: string;
  readonly #surroundings: Surroundings;
  readonly #disk: Disk;
  readonly #root: string;
  readonly #byId = new Map<string, RunDirectory>();
  readonly #watchers = new Map<RunDirectory, Set<() => void>>();

  constructor(stateDir: string, disk: Disk, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#disk = disk;
    this.#root = `${stateDir}/attempts`;
    this.wrapper = `${stateDir}/tmuxlet-wrapper-0123456789ab.sh`;
  }

  get all(): readonly RunDirectory[] {
    return [...this.#byId.values()];
  }

  get(key: RunKey): RunDirectory | null {
    return this.#byId.get(idOf(key)) ?? null;
  }

  byPath(path: string): RunDirectory | null {
    return this.all.find((directory) => directory.path === path) ?? null;
  }

  /**
   * Writes the directory; one whose run was started is left as it is.
   * @throws ENOSPC
   */
  prepare(key: RunKey, launch: WindowLaunch, project: string): RunDirectory {
    const known = this.get(key);
    if (known !== null && known.journal !== null) return known;
    const path = `${this.#root}/${idOf(key)}`;
    if (this.#disk.isFull) throw diskError('ENOSPC', path);
    const directory: RunDirectory = {
      path,
      key,
      launch,
      environment: {
        ...launch.env,
        TMUXLET_UID: key.uid,
        TMUXLET_PROJECT: project,
        TMUXLET_ATTEMPT: String(key.attempt),
        TMUXLET_WINDOW: key.window,
        TMUXLET_RUN: String(key.run),
        TMUXLET_HEARTBEAT_FILE: `${path}/heartbeat`,
      },
      preparedAt: this.#surroundings.kernel.now().wallMs,
      journal: null,
      journalledAt: null,
      beater: null,
      touches: known?.touches ?? 0,
      holder: null,
    };
    this.#byId.set(idOf(key), directory);
    for (const other of this.all) {
      const { uid, attempt, window, run } = other.key;
      if (uid !== key.uid) continue;
      const isOld =
        attempt < key.attempt - KEPT || (attempt === key.attempt && window === key.window && run < key.run - KEPT);
      if (isOld) this.#remove(other);
    }
    this.#surroundings.changed();
    return directory;
  }

  /** A wrapper writes a line; on a full disk it is lost. */
  note(directory: RunDirectory, line: string): void {
    if (this.#disk.isFull) return;
    directory.journal = `${directory.journal ?? ''}${line}\n`;
    directory.journalledAt = this.#surroundings.kernel.now().wallMs;
    this.#surroundings.changed();
  }

  hold(directory: RunDirectory, holder: Process): void {
    directory.holder = holder;
  }

  /** The holder is gone: those who watch are told. */
  letGo(directory: RunDirectory): void {
    directory.holder = null;
    for (const ended of this.#watchers.get(directory) ?? []) ended();
  }

  /** Calls back whenever the FIFO has lost its writer; at once when it had one and has none. Returns how to stop. */
  watch(directory: RunDirectory, ended: () => void): () => void {
    const watchers = this.#watchers.get(directory) ?? new Set();
    this.#watchers.set(directory, watchers);
    watchers.add(ended);
    if (directory.holder === null && (directory.journal ?? '').includes('\n')) ended();
    return () => watchers.delete(ended);
  }

  /** Every directory of a Project. */
  forget(uid: string): void {
    for (const directory of this.all) if (directory.key.uid === uid) this.#remove(directory);
    this.#surroundings.changed();
  }

  /** A journal loses its end, as by a full disk or the machine's crash. */
  tear(directory: RunDirectory, keep: number): void {
    directory.journal = directory.journal?.slice(0, keep) ?? null;
    this.#surroundings.changed();
  }

  /** Nobody holds anything any more, and what was written in the last moments may be lost. */
  reboot(): void {
    const { random, kernel } = this.#surroundings;
    this.#watchers.clear();
    for (const directory of this.all) {
      directory.holder = null;
      const { journal, journalledAt } = directory;
      if (journal === null || journalledAt === null || kernel.now().wallMs - journalledAt > 30_000) continue;
      if (random.chance(0.3)) this.tear(directory, random.int(0, journal.length));
    }
  }

  #remove(directory: RunDirectory): void {
    this.#byId.delete(idOf(directory.key));
    this.#watchers.delete(directory);
  }
}
