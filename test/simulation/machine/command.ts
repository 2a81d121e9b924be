import type { Random } from '../kernel/random.ts';
import { RUNS_ON, scriptedFate } from './fate.ts';
import type { Fate, SoftSignal } from './fate.ts';
import { SIGNAL_NUMBERS } from './process.ts';
import type { Process, Program, Signal } from './process.ts';
import type { ProcessList } from './process-list.ts';
import type { RunDirectory } from './run-directories.ts';

const isSoft = (signal: Signal): signal is SoftSignal =>
  signal === 'SIGHUP' || signal === 'SIGINT' || signal === 'SIGTERM';

/** A program that takes signals as its fate says, and otherwise does nothing. */
export const mannered = (argv: readonly string[], ignores: readonly SoftSignal[], lingerMs: number): Program => ({
  argv,
  signalled(process, signal) {
    if (isSoft(signal) && ignores.includes(signal)) return 'Lives';
    if (lingerMs === 0) return 'Dies';
    process.after(lingerMs, () => process.end({ signal: SIGNAL_NUMBERS[signal] }));
    return 'Lives';
  },
});

/** A Project's command, as its fate has it. */
export const commandProgram = (
  directory: RunDirectory,
  fate: Fate,
  { processes, random }: { readonly processes: ProcessList; readonly random: Random },
  ended: (process: Process) => void,
): Program => {
  const { command } = directory.launch;
  const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
  const { beatsEveryMs, silentAfterMs, endsAfterMs, exitCode, child } = fate;

  const manners = mannered(argv, fate.ignores, fate.lingerMs);
  let hasBegun = false;

  const begin = (process: Process): void => {
    hasBegun = true;
    process.execute(directory.environment);
    if (child !== null) {
      processes.spawn({
        program: mannered([...argv, 'child'], child.ignores, 0),
        environment: child.cleanEnvironment ? {} : process.environment,
        parent: process,
      });
    }
    directory.beater = { process, everyMs: beatsEveryMs, untilMs: silentAfterMs };
    if (endsAfterMs !== null) process.after(endsAfterMs, () => process.end({ code: exitCode }));
  };

  return {
    argv,
    // Until it is executed it is a shell, with neither manners nor marker.
    begin: (process) => process.after(random.int(0, 2), () => begin(process)),
    signalled: (process, signal) => (hasBegun ? (manners.signalled?.(process, signal) ?? 'Dies') : 'Dies'),
    typed(process, line) {
      if (line === fate.stopLine) process.end({ code: 0 });
    },
    ended,
  };
};

/** A program of people: a shell that waits for what they type, or whatever they gave tmux to execute. */
export const peoplesProgram = (argv: readonly string[]): Program => {
  if (argv.length === 0) return { ...mannered(['-bash'], ['SIGTERM', 'SIGINT'], 0), isAwaited: true };
  const { endsAfterMs, exitCode, ignores, lingerMs } = scriptedFate(argv) ?? RUNS_ON;
  return {
    ...mannered(argv, ignores, lingerMs),
    isAwaited: true,
    begin(process) {
      if (endsAfterMs !== null) process.after(endsAfterMs, () => process.end({ code: exitCode }));
    },
  };
};
