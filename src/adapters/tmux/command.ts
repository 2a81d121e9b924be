import { TmuxError } from '../../api/ports/tmux.ts';
import { quoteForTmux } from './quote.ts';

/** One tmux command with its arguments, each as it stands. */
export type TmuxCommand = readonly [string, ...string[]];

/** Commands that run one after the other without anything between; the first that fails ends them. */
export type TmuxCommands = readonly [TmuxCommand, ...TmuxCommand[]];

/** Commands as one line of tmux's language: for a control client, and for commands that take commands. */
export const toLine = (commands: TmuxCommands): string =>
  commands.map(([name, ...words]) => [name, ...checked(words).map(quoteForTmux)].join(' ')).join(' ; ');

/** Commands as the arguments of a client: a word of its own that is or ends in `;` separates. */
export const toArguments = (commands: TmuxCommands): string[] =>
  commands.flatMap((command, index) => [
    ...(index === 0 ? [] : [';']),
    ...checked(command).map((word) => word.replace(/;$/, '\\;')),
  ]);

/** A NUL cannot be told to any process, and would end the line early. */
const checked = (words: readonly string[]): readonly string[] => {
  const bad = words.find((word) => word.includes('\0'));
  if (bad !== undefined) throw new TmuxError('Refused', `a NUL character cannot be given to tmux: ${bad}`);
  return words;
};
