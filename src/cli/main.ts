import { CommanderError } from 'commander';
import { messageOf, UserError } from '../api/errors.ts';
import { Unreadable } from '../api/ports/store.ts';
import type { Environment } from '../config.ts';
import { type Io, processIo } from './io.ts';
import { createProgram } from './program.ts';

/** kubectl's: 0 done, 1 failed, 2 not understood. */
const FAILED = 1;
const USAGE = 2;

/**
 * The command line. Ends with the exit code; never throws, and shows a stack trace to nobody who did not ask for
 * one (TMUXLET_DEBUG=1).
 */
export const main = async (argv: readonly string[], env: Environment, io: Io = processIo(env)): Promise<number> => {
  let exitCode = 0;
  try {
    const program = await createProgram(io, argv, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, io);
  }
};

const report = (error: unknown, io: Io): number => {
  const say = (line: string): void => void io.stderr.write(`${line}\n`);
  // Commander has said what is wrong already; for --help and --version nothing is.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof UserError) {
    say(`error: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof Unreadable) say(`error: ${error.message}`);
  else say(`internal error: ${messageOf(error)} (TMUXLET_DEBUG=1 shows where)`);
  if (io.env['TMUXLET_DEBUG'] && error instanceof Error) say(error.stack ?? '');
  return FAILED;
};
