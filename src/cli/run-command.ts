import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { messageOf, UserError } from '../api/errors.ts';
import type { Environment } from '../config.ts';
import type { Io } from './io.ts';

/** What a shell says of a command that it cannot run. */
const CANNOT_RUN = 127;

/**
 * Runs a command in this one's place: its terminal, its input and output, and what signals this process gets.
 * Ends with its exit code, or with 128 + n when signal n ended it.
 * @throws UserError (exit code 127) when it cannot be run
 */
export const runCommand = async (
  { stdin }: Pick<Io, 'stdin'>,
  [file = '', ...args]: readonly string[],
  env: Environment,
): Promise<number> => {
  const child = spawn(file, args, { stdio: 'inherit', env });
  const passOn = (signal: NodeJS.Signals): boolean => child.kill(signal);
  const leave = (): void => {};
  // From a terminal these reach the command by themselves; this process must only outlive it.
  const fromTerminal = stdin.isTTY === true ? leave : passOn;
  const handlers = { SIGTERM: passOn, SIGINT: fromTerminal, SIGHUP: fromTerminal, SIGQUIT: fromTerminal } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (error) {
    throw new UserError(`${file} cannot be run: ${messageOf(error)}`, CANNOT_RUN);
  } finally {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  }
};
