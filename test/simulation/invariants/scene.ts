import type { ProjectRow } from '../../../src/api/project.ts';
import type { Trace } from '../../../src/api/trace.ts';
import type { Installation, Reader } from '../installation.ts';
import type { Deed, SessionSketch } from '../machine/ledger.ts';
import type { Machine } from '../machine/machine.ts';
import type { Process } from '../machine/process.ts';
import type { Session } from '../machine/tmux-server.ts';
import type { Setup } from '../schedule.ts';
import { OWNER_ID, type World } from '../world.ts';
import type { Declared } from './declared.ts';

/** How a row was before a commit, and is after it; null: it was not there, or is not any more. */
export interface RowChange {
  readonly before: ProjectRow | null;
  readonly after: ProjectRow | null;
  /** The database was lost meanwhile, and this one made anew; or its last commits were. */
  readonly isLost: boolean;
}

/** All that a judge may look at: the machine's truth, its ledger, and what is committed. Never the controller's memory. */
export interface Scene {
  readonly world: World;
  readonly setup: Setup;
  readonly installation: Installation;
  readonly truth: Truth;
  readonly declared: Declared;
}

/** One invariant's checks; each answers with what is wrong, or null. */
export interface Judge {
  /** Something was done to the world; what is committed is as it was in that moment. */
  deed?(deed: Deed): string | null;
  /** A transaction was committed and changed a Project's row. */
  committed?(change: RowChange, reader: Reader): string | null;
  /** The controller told something. */
  told?(trace: Trace): string | null;
  /** Something has changed in the world, or time has gone by. */
  always?(): string | null;
  /** Faults have stopped, people rest, and the time to converge is over. */
  converged?(): string | null;
  /** From now on nothing should happen. */
  rests?(): void;
  /** It has rested for long. */
  rested?(): string | null;
}

/** Which session the controller has given to which Project, whatever people did to its tags since. */
export class Truth {
  readonly #world: World;
  readonly #given = new WeakMap<Session, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** To be told of every deed, before the judges. */
  note({ who, act, session }: Deed): void {
    if (who !== 'controller' || session === null) return;
    if (act !== 'SessionCreated' && act !== 'SessionTagged') return;
    const live = this.sessionOf(session);
    const uid = live?.options.get('@tmuxlet_uid');
    if (live !== null && uid !== undefined) this.#given.set(live, uid);
  }

  /** The live session of a sketch. */
  sessionOf({ serverPid, id }: SessionSketch): Session | null {
    const { sessions } = this.#world.machine.tmux;
    return sessions.find((each) => each.server.process.pid === serverPid && each.id === id) ?? null;
  }

  /** It was asked of a server that could not run then, and is done now that nobody waits for it any more. */
  isLate({ tick, session }: Deed): boolean {
    const { live } = this.#world.machine.tmux;
    return live.some(({ process }) => process.pid === session?.serverPid && process.wentOnAt === tick);
  }

  uidOf(session: Session): string | null {
    return this.#given.get(session) ?? null;
  }

  /** Live sessions that are a Project's, but for husks. */
  sessionsOf(uid: string): readonly Session[] {
    return this.#world.machine.tmux.sessions.filter(
      (session) => this.#given.get(session) === uid && !isHusk(session, uid, this.#world.machine),
    );
  }

  /** Live processes that are marked as a Project's. */
  processesOf(uid: string): readonly Process[] {
    return this.#world.machine.processes.live.filter(({ environment }) => environment['TMUXLET_UID'] === uid);
  }

  /** Those of them that run in its windows: a shell of people may carry the uid, too. */
  windowProcessesOf(uid: string): readonly Process[] {
    return this.processesOf(uid).filter(({ environment }) => environment['TMUXLET_WINDOW'] !== undefined);
  }

  /** The command of a window's run while it lives; its children are not it. */
  commandOf(uid: string, attempt: number, window: string): Process | null {
    const { machine } = this.#world;
    const command = this.processesOf(uid).find(({ environment, ppid, isLive }) => {
      const parent = machine.processes.byPid(ppid);
      return (
        isLive &&
        parent !== null &&
        environment['TMUXLET_WINDOW'] === window &&
        environment['TMUXLET_ATTEMPT'] === String(attempt) &&
        machine.isWrapper(parent)
      );
    });
    return command ?? null;
  }

  isRunning(uid: string, attempt: number, window: string): boolean {
    return this.commandOf(uid, attempt, window) !== null;
  }
}

/** By its tags it is of this uid; one that has lost any of these, when its record is lost too, nobody knows any more. */
export const isKnownAs = ({ options }: Session, uid: string): boolean =>
  options.get('@tmuxlet_uid') === uid &&
  options.get('@tmuxlet_owner') === OWNER_ID &&
  (options.get('@tmuxlet_attempt') ?? '') !== '';

/** Somebody took one of its tags, and nothing of the Project lives in it any more: a shell that people opened there is theirs. */
export const isHusk = (session: Session, uid: string, machine: Machine): boolean =>
  !isKnownAs(session, uid) &&
  !session.windows.some(({ panes }) =>
    panes.some(
      ({ process }) => process.isLive && machine.isWrapper(process) && process.environment['TMUXLET_UID'] === uid,
    ),
  );

export const nameOf = (row: ProjectRow): string => `${row.name} (${row.uid.slice(0, 8)})`;
