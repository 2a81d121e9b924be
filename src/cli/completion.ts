import tab from '@bomb.sh/tab/commander';
import type { RootCommand } from '@bomb.sh/tab';
import type { Command } from 'commander';
import { messageOf } from '../api/errors.ts';
import { createContext } from './context.ts';
import type { Io } from './io.ts';
import { KIND_NAMES } from './verbs/get.ts';

/** What the completion scripts call: `tmuxlet complete -- get projects w`. */
const REQUEST = 'complete';

/** Verbs whose first argument is the name of a Project. */
const NAMING = [
  'delete',
  'describe',
  'logs',
  'attach',
  'events',
  'wait',
  'suspend',
  'unsuspend',
  'restart',
  'reset',
  'lock',
];

/** Bash without the package bash-completion lacks what the script asks for the words of the line. */
const BASH_WORDS = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    }
fi
`;

/**
 * Adds `completion SHELL`, which prints a script for bash, zsh or fish, and what such a script calls. Names of
 * Projects are asked for beforehand: who completes cannot wait.
 */
export const addCompletion = async (program: Command, io: Io, argv: readonly string[]): Promise<void> => {
  const root = tab(program, { completionCommandName: 'completion' });
  program.hook('preAction', (_, { args: [shell] }) => {
    if (argv[0] === 'completion' && shell === 'bash') io.stdout.write(BASH_WORDS);
  });
  if (argv[0] !== REQUEST) return;
  const names = await projectNames(io);
  for (const verb of NAMING) complete(root, verb, 0, names);
  complete(root, 'get', 0, KIND_NAMES);
  complete(root, 'get', 1, names);
};

const complete = (root: RootCommand, verb: string, position: number, words: readonly string[]): void => {
  const argument = [...(root.commands.get(verb)?.arguments.values() ?? [])][position];
  if (argument === undefined) return;
  argument.handler = (add) => {
    for (const word of words) add(word, '');
  };
};

/** A key that completes nothing is better than a complaint in the middle of a line, but with TMUXLET_DEBUG=1. */
const projectNames = async (io: Io): Promise<readonly string[]> => {
  try {
    const context = createContext(io, {});
    try {
      const { items } = await (await context.client()).projects();
      return items.map(({ metadata }) => metadata.name);
    } finally {
      context.close();
    }
  } catch (error) {
    if (io.env['TMUXLET_DEBUG']) io.stderr.write(`${messageOf(error)}\n`);
    return [];
  }
};
