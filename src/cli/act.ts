import type { Command } from 'commander';
import { type Context, createContext } from './context.ts';
import type { Io } from './io.ts';

/** What a verb does with its arguments and options. Ends with its exit code; none is 0. */
export type Verb<A extends readonly unknown[]> = (context: Context, ...args: A) => Promise<number | void>;

/** Makes of a verb what commander calls: with a context made from the flags, closed at the end. */
export type Act = <A extends readonly unknown[]>(verb: Verb<A>) => (...args: unknown[]) => Promise<void>;

export const createAct =
  (io: Io, setExitCode: (code: number) => void): Act =>
  <A extends readonly unknown[]>(verb: Verb<A>) =>
  async (...args: unknown[]) => {
    // Commander passes the arguments, the options and, last, the command itself.
    const command = args.pop() as Command;
    const context = createContext(io, command.optsWithGlobals());
    try {
      // It has matched them to those that the verb's command declares.
      setExitCode((await verb(context, ...(args as unknown as A))) ?? 0);
    } finally {
      context.close();
    }
  };
