import type { Clock } from '../../api/ports/world.ts';
import type { ShardListing } from '../../api/observation.ts';
import { TMUX_COMMANDS, type TmuxCommandName } from '../../api/tmux-commands.ts';
import type { TmuxResult } from '../../api/trace.ts';
import { asTmuxError } from './classify.ts';
import type { TmuxCommand, TmuxCommands } from './command.ts';

/** Is told how tmux answers. */
export interface TmuxObserver {
  answered(command: TmuxCommandName, result: TmuxResult, ms: number): void;
  /** A look at every server is over; it was begun at this time of the monotonic clock. */
  listed(listings: readonly ShardListing[], monotonicMs: number): void;
}

/** Commands that come before the one that they are there for. */
const FORERUNNERS: Readonly<Record<string, TmuxCommandName>> = { 'copy-mode': 'send-keys', 'if-shell': 'new-window' };

/** What a line is for: its first command, or where it is guarded, the first of those that the guard lets pass. */
export const purposeOf = ([first]: TmuxCommands): TmuxCommandName => {
  const name = first[0] === 'if-shell' ? guardedName(first) : first[0];
  return FORERUNNERS[name] ?? TMUX_COMMANDS.find((known) => known === name) ?? 'other';
};

const guardedName = (guard: TmuxCommand): string => guard.at(-2)?.split(' ')[0] ?? '';

/** Null where nobody was asked, since no server is there. */
const resultOf = (error: unknown): TmuxResult | null => {
  switch (asTmuxError(error).kind) {
    case 'NoServer':
      return null;
    case 'TimedOut':
      return 'timeout';
    case 'Unreachable':
      return 'unreachable';
    default:
      return 'refused';
  }
};

export type Asking = (commands: TmuxCommands) => Promise<readonly string[]>;

/** The same way to ask, with every answer told. */
export const observed =
  (ask: Asking, { answered }: Pick<TmuxObserver, 'answered'>, clock: Clock): Asking =>
  async (commands) => {
    const began = clock.now().monotonicMs;
    const tell = (result: TmuxResult): void => answered(purposeOf(commands), result, clock.now().monotonicMs - began);
    try {
      const lines = await ask(commands);
      tell('success');
      return lines;
    } catch (error) {
      const result = resultOf(error);
      if (result !== null) tell(result);
      throw error;
    }
  };
