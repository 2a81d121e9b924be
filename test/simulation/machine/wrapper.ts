import { commandProgram } from './command.ts';
import type { Fate } from './fate.ts';
import { codeOf } from './process.ts';
import type { Process, Program } from './process.ts';
import type { ProcessList } from './process-list.ts';
import type { RunDirectories, RunDirectory } from './run-directories.ts';
import type { Surroundings } from './surroundings.ts';

/** What the wrapper needs of the machine. */
export interface WrapperParts extends Surroundings {
  readonly processes: ProcessList;
  readonly runs: RunDirectories;
  readonly fateOf: (directory: RunDirectory) => Fate;
}

/** How long a wrapper whose output goes to no pipe stays after its command, so that tmux reads the last words. */
const LAST_WORDS_MS = 200;

/** The wrapper in a pane: runs the command of a run's directory, and journals how that went. */
export const wrapperProgram = (directory: RunDirectory, isPiped: boolean, parts: WrapperParts): Program => {
  const { kernel, random, runs, processes } = parts;
  let command: Process | null = null;
  let tooEarly: 'SIGHUP' | 'SIGTERM' | null = null;
  let isOver = false;

  const over = (wrapper: Process, code: number): void => {
    isOver = true;
    runs.note(directory, `exit ${code}`);
    wrapper.after(isPiped ? 1 : LAST_WORDS_MS, () => wrapper.end({ code }));
  };

  const start = (wrapper: Process): void => {
    const program = commandProgram(directory, parts.fateOf(directory), parts, ({ exit }) =>
      wrapper.after(random.int(0, 1), () => over(wrapper, exit === null ? 1 : codeOf(exit))),
    );
    command = processes.spawn({ program, parent: wrapper, terminal: wrapper.terminal });
    runs.note(directory, `start ${command.pid} ${command.startTicks}`);
    if (tooEarly !== null) command.signal(tooEarly);
  };

  return {
    argv: ['/bin/sh', runs.wrapper, directory.path],
    isAwaited: true,
    begin(wrapper) {
      wrapper.after(random.int(0, 3), () => {
        runs.hold(directory, wrapper);
        if (directory.journal) runs.note(directory, '');
        runs.note(directory, `wrapper ${wrapper.pid} ${wrapper.startTicks} ${kernel.bootId}`);
        wrapper.after(random.int(0, 2), () => start(wrapper));
      });
    },
    signalled(_, signal) {
      if (signal === 'SIGINT' || isOver) return 'Lives';
      if (directory.holder === null) return 'Dies';
      if (signal === 'SIGHUP' || signal === 'SIGTERM') {
        runs.note(directory, `signal ${signal.slice(3)}`);
        if (command === null) tooEarly = signal;
        else command.signal(signal);
      }
      return 'Lives';
    },
    ended() {
      runs.letGo(directory);
    },
  };
};
