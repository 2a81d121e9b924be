import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import { peoplesProgram } from './command.ts';
import { Disk } from './disk.ts';
import { drawFate, RUNS_ON, scriptedFate } from './fate.ts';
import type { Fate } from './fate.ts';
import { KernelLocks } from './kernel-locks.ts';
import type { Actor, Deed } from './ledger.ts';
import { Mailbox } from './mailbox.ts';
import type { Process, Program, Signal } from './process.ts';
import { ProcessList, sketchOf } from './process-list.ts';
import { beatsOf, RunDirectories } from './run-directories.ts';
import type { RunDirectory } from './run-directories.ts';
import type { Surroundings } from './surroundings.ts';
import type { Pane } from './tmux-server.ts';
import { TmuxServers } from './tmux-servers.ts';
import { wrapperProgram } from './wrapper.ts';

export const STATE_DIR = '/var/lib/tmuxlet';
export const SOCKET = '/run/tmuxlet/tmux';

/**
 * What is true, controller or not. It belongs to nobody and survives every life; it knows neither weather nor
 * time-outs. Who changes it says who they are.
 */
export class Machine {
  readonly stateDir = STATE_DIR;
  /** All that was ever done, in order. */
  readonly ledger: Deed[] = [];
  readonly processes: ProcessList;
  readonly runs: RunDirectories;
  readonly tmux: TmuxServers;
  readonly disk: Disk;
  readonly locks: KernelLocks;
  readonly mailbox = new Mailbox();
  /** Command lines of heartbeats and checks that were run. */
  readonly programsRun: string[] = [];
  /** Commands that name no fate run on from now on, instead of drawing one. */
  areCommandsCalm = false;
  readonly #kernel: Kernel;
  readonly #random: Random;
  #revision = 0;

  constructor({ kernel, random }: { readonly kernel: Kernel; readonly random: Random }) {
    this.#kernel = kernel;
    this.#random = random;
    const surroundings: Surroundings = {
      kernel,
      random,
      changed: () => {
        this.#revision += 1;
      },
      record: (who, act, { session = null, process = null, detail = '' }) => {
        this.ledger.push({ tick: kernel.tick, who, act, session, process, detail });
        this.#revision += 1;
      },
    };
    this.disk = new Disk(surroundings);
    this.disk.makeDirectory(STATE_DIR);
    this.locks = new KernelLocks(surroundings);
    this.processes = new ProcessList(surroundings);
    this.runs = new RunDirectories(this.stateDir, this.disk, surroundings);
    const parts = { ...surroundings, processes: this.processes, runs: this.runs };
    const fateOf = (directory: RunDirectory): Fate => this.#fateOf(directory);
    this.tmux = new TmuxServers(SOCKET, {
      ...parts,
      programOf: (argv, isPiped): Program => {
        const directory = argv[1] === this.runs.wrapper ? this.runs.byPath(argv[2] ?? '') : null;
        return directory ? wrapperProgram(directory, isPiped, { ...parts, fateOf }) : peoplesProgram(argv);
      },
    });
  }

  /** Grows with every change that can be seen. */
  get revision(): number {
    return this.#revision;
  }

  /** Whoever keeps more of the world's state beside tells that it changed. */
  touch(): void {
    this.#revision += 1;
  }

  /** Does this process run the wrapper of a run? */
  isWrapper(process: Process): boolean {
    return process.program.argv[1] === this.runs.wrapper;
  }

  /** When a pane last had output: a mark that changes with each. */
  activityOf(pane: Pane): string {
    const directory = pane.argv[1] === this.runs.wrapper ? this.runs.byPath(pane.argv[2] ?? '') : null;
    return String(pane.typed.length + (directory === null ? 0 : beatsOf(directory)));
  }

  signal(who: Actor, process: Process, signal: Signal): void {
    this.ledger.push({
      tick: this.#kernel.tick,
      who,
      act: 'Signalled',
      session: null,
      process: sketchOf(process),
      detail: signal,
    });
    this.#revision += 1;
    process.signal(signal);
  }

  /** The process of a controller's life. */
  spawnController(): number {
    return this.processes.spawn({ program: { argv: ['node', 'tmuxlet'] } }).pid;
  }

  /** That process has ended, by whatever. */
  kill(pid: number): void {
    this.processes.byPid(pid)?.end({ signal: 9 });
  }

  /** Everything that lives is gone, files stay; the kernel's clocks are the caller's matter. */
  reboot(): void {
    this.processes.reboot();
    this.tmux.reboot();
    this.runs.reboot();
    this.#revision += 1;
  }

  #fateOf({ launch }: RunDirectory): Fate {
    return scriptedFate(launch.command) ?? (this.areCommandsCalm ? RUNS_ON : drawFate(this.#random));
  }
}
