import { parseArgs } from 'node:util';
import tab from '@bomb.sh/tab/commander';
import type { RootCommand } from '@bomb.sh/tab';
import type { Command } from 'commander';
import { messageOf } from '../api/errors.ts';
import type { Flags } from '../config.ts';
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

/**
 * Bash without the package bash-completion lacks what the script asks for the words of the line. And its constants
 * are read-only: a ~/.bashrc that is read again, or another program's script of this kind, would complain of them.
 */
const BEFORE_BASH = `readonly() { declare -g "$@" 2>/dev/null || :; }
if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    }
fi
`;

/** Where a path is wanted, and the program answers with nothing, bash looks for files. */
const AFTER_BASH = `unset -f readonly
complete -o default -F __tmuxlet_complete tmuxlet
`;

/** The answer "nothing of mine; look for files" to a script. */
const FILES = ':0\n';

/** Flags of any command whose value is a path. */
const PATH_VALUE = /<(dir|file|path)>/;

/**
 * Adds `completion SHELL`, which prints a script for bash, zsh or fish, and what such a script calls. Names of
 * Projects are asked for beforehand: who completes cannot wait.
 */
export const addCompletion = async (program: Command, io: Io, argv: readonly string[]): Promise<void> => {
  const root = tab(program, { completionCommandName: 'completion' });
  if (argv[0] === 'completion' && argv[1] === 'bash') {
    program.hook('preAction', () => void io.stdout.write(BEFORE_BASH));
    program.hook('postAction', () => void io.stdout.write(AFTER_BASH));
  }
  if (argv[0] !== REQUEST) return;
  const words = argv.slice(argv.indexOf('--') + 1);
  if (wantsPath(program, words)) {
    program.commands.find((command) => command.name() === REQUEST)?.action(() => void io.stdout.write(FILES));
    return;
  }
  // Flags for every verb may stand behind the verb as well.
  for (const command of root.commands.values()) {
    for (const [name, { description, handler, alias }] of root.options) {
      if (handler) command.option(name, description, handler, alias);
    }
  }
  const names = await projectNames(io, flagsIn(program, words));
  for (const verb of NAMING) complete(root, verb, 0, names);
  complete(root, 'get', 0, new Map(KIND_NAMES.map((kind) => [kind, 'a kind'])));
  complete(root, 'get', 1, names);
};

/** Is the last word the value of a flag that takes a path? */
const wantsPath = (program: Command, words: readonly string[]): boolean => {
  const flag = words.at(-2);
  if (flag === undefined) return false;
  return [program, ...program.commands].some((command) =>
    command.options.some((option) => PATH_VALUE.test(option.flags) && [option.short, option.long].includes(flag)),
  );
};

/** The flags for every verb, as far as they are given already: they say which controller is asked for names. */
const flagsIn = (program: Command, words: readonly string[]): Flags => {
  const asStrings = program.options.map(({ long }) => [(long ?? '').slice(2), { type: 'string' }] as const);
  const { values } = parseArgs({ args: [...words], options: Object.fromEntries(asStrings), strict: false });
  const given = program.options.map(
    (option) => [option.attributeName(), values[(option.long ?? '').slice(2)]] as const,
  );
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string' && value !== ''));
};

/** Each word with what shells show beside it. */
type Words = ReadonlyMap<string, string>;

const complete = (root: RootCommand, verb: string, position: number, words: Words): void => {
  const argument = [...(root.commands.get(verb)?.arguments.values() ?? [])][position];
  if (argument === undefined) return;
  argument.handler = (add) => {
    for (const [word, about] of words) add(word, about);
  };
};

/** A key that completes nothing is better than a complaint in the middle of a line, but with TMUXLET_DEBUG=1. */
const projectNames = async (io: Io, flags: Flags): Promise<Words> => {
  try {
    const context = createContext(io, flags);
    try {
      const { items } = await (await context.client()).projects();
      return new Map(items.map(({ metadata, status }) => [metadata.name, status.phase]));
    } finally {
      context.close();
    }
  } catch (error) {
    if (io.env['TMUXLET_DEBUG']) io.stderr.write(`${messageOf(error)}\n`);
    return new Map();
  }
};
