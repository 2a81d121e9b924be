import type { PaneDetails } from '../../../src/api/ports/tmux.ts';
import { TmuxError } from '../../../src/api/ports/tmux.ts';
import type { Actor, SessionSketch } from './ledger.ts';
import { Terminal } from './process.ts';
import type { Exit, Process, Program } from './process.ts';
import type { ProcessList } from './process-list.ts';
import { sessionNameIn } from './tmux-names.ts';
import type { Surroundings } from './surroundings.ts';

/** How often tmux misses the death of a pane's process (its utempter helper resets SIGCHLD). */
const MISSED_DEATHS = 0.1;

export interface Pane {
  readonly id: string;
  readonly window: Window;
  process: Process;
  terminal: Terminal | null;
  argv: readonly string[];
  /** What tmux has noticed: its own view, which can be behind. */
  dead: boolean;
  exit: Exit | null;
  pipe: string | null;
  startPath: string;
  currentPath: string;
  /** Lines and keys that reached it. */
  readonly typed: string[];
}

export interface Window {
  readonly id: string;
  readonly session: Session;
  name: string;
  remainOnExit: boolean;
  readonly panes: Pane[];
}

export interface Session {
  readonly id: string;
  readonly server: TmuxServer;
  name: string;
  /** The directory it was made in. */
  path: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** User options: the tags. */
  readonly options: Map<string, string>;
  readonly environment: Map<string, string>;
  /** Clients of people that look at it. */
  attached: number;
  readonly windows: Window[];
}

export interface NewPane {
  /** Window's name. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly pipe?: string | null;
  readonly remainOnExit?: boolean;
}

/** What a server needs of the machine. */
export interface ServerParts extends Surroundings {
  readonly processes: ProcessList;
  /** What an argv executes in a pane. */
  readonly programOf: (argv: readonly string[], isPiped: boolean) => Program;
  /** Tells control clients; tmux's own word for what has happened. */
  readonly notify: (server: TmuxServer, what: string) => void;
}

export const sketchOfSession = ({ id, name, server, options, attached }: Session): SessionSketch => ({
  socket: server.socket,
  serverPid: server.process.pid,
  id,
  name,
  owner: options.get('@tmuxlet_owner') ?? '',
  uid: options.get('@tmuxlet_uid') ?? '',
  attached,
});

/**
 * One tmux server: what it holds, and its habits. Whoever asks something of it must have a way to it first; a server
 * whose process is stopped must not be asked.
 */
export class TmuxServer {
  readonly socket: string;
  readonly process: Process;
  /** Its own environment, which its panes get too. */
  readonly environment: Readonly<Record<string, string>>;
  readonly sessions: Session[] = [];
  readonly #parts: ServerParts;
  #ids = { session: 0, window: 0, pane: 0 };

  constructor(socket: string, who: Actor, environment: Readonly<Record<string, string>>, parts: ServerParts) {
    this.socket = socket;
    this.environment = environment;
    this.#parts = parts;
    const program: Program = {
      argv: ['tmux', '-S', socket],
      // It ends on TERM alone; INT and HUP it does not heed.
      signalled: (_, signal) => (signal === 'SIGTERM' ? 'Dies' : 'Lives'),
      ended: () => this.#ended(),
    };
    this.process = parts.processes.spawn({ program, environment });
    parts.record(who, 'ServerStarted', { detail: socket });
  }

  get isLive(): boolean {
    return this.process.isLive;
  }

  /** Stopped: it answers nobody. */
  get isFrozen(): boolean {
    return this.process.state === 'Stopped';
  }

  get panes(): readonly Pane[] {
    return this.sessions.flatMap(({ windows }) => windows.flatMap(({ panes }) => panes));
  }

  session(id: string): Session {
    const session = this.sessions.find((each) => each.id === id);
    if (session === undefined) throw new TmuxError('NotFound', `can't find session: ${id}`);
    return session;
  }

  pane(id: string): Pane {
    const pane = this.panes.find((each) => each.id === id);
    if (pane === undefined) throw new TmuxError('NotFound', `can't find pane: ${id}`);
    return pane;
  }

  /** @throws TmuxError DuplicateName, or Refused for a name that is none */
  newSession(
    who: Actor,
    {
      name,
      environment = {},
      options = {},
      pane,
    }: {
      readonly name: string;
      readonly environment?: Readonly<Record<string, string>>;
      readonly options?: Readonly<Record<string, string>>;
      readonly pane: NewPane;
    },
  ): Session {
    const kept = sessionNameIn(name);
    if (kept === null) throw new TmuxError('Refused', `invalid session: ${name}`);
    if (this.sessions.some((each) => each.name === kept)) {
      throw new TmuxError('DuplicateName', `duplicate session: ${kept}`);
    }
    const session: Session = {
      id: `$${this.#ids.session++}`,
      server: this,
      name: kept,
      path: pane.cwd,
      // tmux tells whole seconds.
      createdAt: Math.floor(this.#parts.kernel.now().wallMs / 1000) * 1000,
      options: new Map(Object.entries(options)),
      environment: new Map(Object.entries(environment)),
      attached: 0,
      windows: [],
    };
    this.sessions.push(session);
    this.#addWindow(session, pane);
    this.#parts.record(who, 'SessionCreated', { session: sketchOfSession(session), detail: kept });
    this.#parts.notify(this, 'sessions-changed');
    return session;
  }

  newWindow(who: Actor, session: Session, pane: NewPane): Window {
    this.#parts.record(who, 'WindowAdded', { session: sketchOfSession(session), detail: pane.name });
    return this.#addWindow(session, pane);
  }

  /** Another pane in a window, as people split it. */
  splitWindow(who: Actor, window: Window, argv: readonly string[], cwd: string): Pane {
    this.#parts.record(who, 'WindowAdded', {
      session: sketchOfSession(window.session),
      detail: `split ${window.name}`,
    });
    const pane = this.#newPane(window, { name: window.name, argv, cwd });
    window.panes.push(pane);
    return pane;
  }

  renameSession(who: Actor, session: Session, name: string): void {
    const kept = sessionNameIn(name);
    if (kept === null) throw new TmuxError('Refused', `invalid session: ${name}`);
    if (kept !== session.name && this.sessions.some((each) => each.name === kept)) {
      throw new TmuxError('DuplicateName', `duplicate session: ${kept}`);
    }
    this.#parts.record(who, 'SessionRenamed', { session: sketchOfSession(session), detail: kept });
    session.name = kept;
    this.#parts.notify(this, 'session-renamed');
  }

  renameWindow(window: Window, name: string): void {
    window.name = name;
    this.#parts.changed();
  }

  /** Sets options of a session; empty ones are unset. */
  setOptions(who: Actor, session: Session, options: Readonly<Record<string, string>>): void {
    this.#parts.record(who, 'SessionTagged', {
      session: sketchOfSession(session),
      detail: JSON.stringify(options),
    });
    for (const [name, value] of Object.entries(options)) {
      if (value === '') session.options.delete(name);
      else session.options.set(name, value);
    }
  }

  killSession(who: Actor, session: Session): void {
    this.#parts.record(who, 'SessionKilled', { session: sketchOfSession(session) });
    this.#dropSession(session);
  }

  killWindow(who: Actor, window: Window): void {
    this.#parts.record(who, 'WindowKilled', { session: sketchOfSession(window.session), detail: window.name });
    for (const pane of window.panes.slice()) this.#dropPane(pane);
  }

  killPane(who: Actor, pane: Pane): void {
    const { window } = pane;
    this.#parts.record(who, 'WindowKilled', {
      session: sketchOfSession(window.session),
      detail: `${window.name} ${pane.id}`,
    });
    this.#dropPane(pane);
  }

  /** Runs something else in a pane; what still runs there is hung up. */
  respawnPane(who: Actor, pane: Pane, { argv, cwd, pipe = null, remainOnExit = false }: NewPane): void {
    this.#parts.record(who, 'PaneRespawned', { session: sketchOfSession(pane.window.session), detail: pane.id });
    const old = pane.terminal;
    pane.argv = argv;
    pane.startPath = cwd;
    pane.currentPath = cwd;
    pane.pipe = pipe;
    pane.dead = false;
    pane.exit = null;
    pane.window.remainOnExit = remainOnExit;
    pane.process.reap();
    pane.terminal = new Terminal();
    old?.hangUp();
    pane.process = this.#spawn(pane.window.session, pane.id, argv, pipe !== null, pane.terminal, (process, exit) =>
      this.#died(pane, process, exit),
    );
  }

  pipePane(who: Actor, pane: Pane, file: string | null): void {
    this.#parts.record(who, 'PanePiped', { session: sketchOfSession(pane.window.session), detail: pane.id });
    pane.pipe = file;
  }

  /** Types a line and Enter, or Ctrl-C when it is null. A pane that is dead takes nothing. */
  type(who: Actor, pane: Pane, line: string | null): void {
    this.#parts.record(who, 'Typed', { session: sketchOfSession(pane.window.session), detail: line ?? 'C-c' });
    if (pane.dead || pane.terminal === null) return;
    pane.typed.push(line ?? 'C-c');
    const inFront = [...pane.terminal.processes];
    for (const process of inFront) {
      if (line === null) process.signal('SIGINT');
      else process.program.typed?.(process, line);
    }
  }

  attach(session: Session): void {
    session.attached += 1;
    this.#parts.changed();
  }

  detach(session: Session): void {
    session.attached = Math.max(0, session.attached - 1);
    this.#parts.changed();
  }

  /** As kill-server, or its crash. */
  end(who: Actor, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#parts.record(who, 'ServerEnded', { detail: this.socket });
    this.process.signal(signal);
  }

  details(session: Session): readonly PaneDetails[] {
    return session.windows.flatMap((window, index) =>
      window.panes.map((pane, place) => ({
        paneId: pane.id,
        pid: pane.process.pid,
        pane: place,
        window: index,
        windowName: window.name,
        layout: `b25d,220x50,0,0,${pane.id.slice(1)}`,
        command: pane.process.program.argv[0] ?? '',
        startCommand: pane.argv.join(' '),
        path: pane.currentPath,
      })),
    );
  }

  #addWindow(session: Session, pane: NewPane): Window {
    const { name, remainOnExit = false } = pane;
    const window: Window = { id: `@${this.#ids.window++}`, session, name, remainOnExit, panes: [] };
    session.windows.push(window);
    window.panes.push(this.#newPane(window, pane));
    return window;
  }

  #newPane(window: Window, { argv, cwd, pipe = null }: NewPane): Pane {
    const id = `%${this.#ids.pane++}`;
    const terminal = new Terminal();
    const pane: Pane = {
      id,
      window,
      terminal,
      process: this.#spawn(window.session, id, argv, pipe !== null, terminal, (process, exit) =>
        this.#died(pane, process, exit),
      ),
      argv,
      dead: false,
      exit: null,
      pipe,
      startPath: cwd,
      currentPath: cwd,
      typed: [],
    };
    return pane;
  }

  #spawn(
    session: Session,
    paneId: string,
    argv: readonly string[],
    isPiped: boolean,
    terminal: Terminal,
    died: (process: Process, exit: Exit) => void,
  ): Process {
    const { processes, programOf } = this.#parts;
    const program = programOf(argv, isPiped);
    const ended = (process: Process, exit: Exit): void => {
      program.ended?.(process, exit);
      died(process, exit);
    };
    const environment = { ...this.environment, ...Object.fromEntries(session.environment), TMUX_PANE: paneId };
    return processes.spawn({ program: { ...program, ended }, environment, parent: this.process, terminal });
  }

  #died(pane: Pane, process: Process, exit: Exit): void {
    const { kernel, random } = this.#parts;
    const misses = random.chance(MISSED_DEATHS);
    kernel.after(random.int(0, 3), () => this.process.whenItRuns(() => this.#notice(pane, process, exit, misses)));
  }

  #notice(pane: Pane, process: Process, exit: Exit, misses: boolean): void {
    // A death that was missed leaves the zombie, and no status. Mostly the terminal's end still tells that it is dead.
    const isTold = !misses || this.#parts.random.chance(0.7);
    if (!misses) process.reap();
    if (pane.process !== process || !this.panes.includes(pane)) return;
    if (!isTold) return;
    pane.dead = true;
    pane.exit = misses ? null : exit;
    pane.terminal = null;
    this.#parts.changed();
    if (!pane.window.remainOnExit) this.#dropPane(pane);
  }

  #dropPane(pane: Pane): void {
    const { window } = pane;
    const { session } = window;
    window.panes.splice(window.panes.indexOf(pane), 1);
    if (window.panes.length === 0) {
      session.windows.splice(session.windows.indexOf(window), 1);
      this.#parts.notify(this, 'window-close');
    }
    if (session.windows.length === 0) this.#dropSession(session);
    this.#close(pane);
    this.#parts.changed();
  }

  #dropSession(session: Session): void {
    const place = this.sessions.indexOf(session);
    if (place < 0) return;
    this.sessions.splice(place, 1);
    const panes = session.windows.flatMap((window) => window.panes);
    session.windows.length = 0;
    for (const pane of panes) this.#close(pane);
    this.#parts.notify(this, 'sessions-changed');
  }

  #close(pane: Pane): void {
    const { terminal } = pane;
    pane.terminal = null;
    pane.process.reap();
    terminal?.hangUp();
  }

  #ended(): void {
    const { panes } = this;
    this.sessions.length = 0;
    for (const pane of panes) this.#close(pane);
    this.#parts.notify(this, 'exit');
  }
}
