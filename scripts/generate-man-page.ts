/**
 * Writes man/tmuxlet.1 from what the command line says of itself, in the format of mdoc(7), whenever the package is
 * made (`npm run man-page`).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Argument, Command, Option } from 'commander';
import { processIo } from '../src/cli/io.ts';
import { createProgram } from '../src/cli/program.ts';
import { flagOf, SETTING_NAMES, variableOf } from '../src/config/settings.ts';

const MAN_FILE = new URL('../man/tmuxlet.1', import.meta.url);

/** When the text was last changed by hand: a date of the day would make every build another. */
const DATE = 'November 22, 2026';
/** mandoc wants lines of 80 bytes at most. */
const WIDTH = 78;

type Lines = readonly string[];

/** What no mdoc macro and no request must be made of. */
const escape = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replace(/^(?=[.'])/, '\\&')
    .replaceAll(/ -(?=\S)/g, ' \\-');

/** A line for each sentence, none longer than WIDTH. */
const prose = (text: string): Lines =>
  text.split(/(?<=[^.][.!?]) (?=[A-Z])/).flatMap((sentence) => {
    const lines: string[] = [];
    for (const word of sentence.split(/\s+/)) {
      const last = lines.at(-1);
      if (last === undefined || last.length + word.length >= WIDTH) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines.map(escape);
  });

/** An argument of a macro: not taken for a macro or for punctuation itself. */
const word = (text: string): string => `\\&${text.replaceAll('\\', '\\e')}`;

/** `-o, --output <format>` as mdoc has flags. */
const flagsOf = ({ short, long, flags, argChoices }: Option): string => {
  const names = [short, long].flatMap((name) => (name ? [`Fl ${word(name.slice(1))}`] : [])).join(' , ');
  const value = /[<[].*[>\]]/.exec(flags)?.[0];
  if (value === undefined) return names;
  const argument = `Ar ${word((argChoices ?? [value.slice(1, -1)]).join('|'))}`;
  return value.startsWith('[') ? `${names} ${optional(argument)}` : `${names} ${argument}`;
};

/** Op would hold all that follows on the line. */
const optional = (words: string): string => `Oo ${words} Oc`;

const argumentOf = (argument: Argument): string => {
  const name = `Ar ${word(argument.name())}${argument.variadic ? ' ...' : ''}`;
  return argument.required ? name : optional(name);
};

const list = (items: readonly (readonly [head: string, body: Lines])[]): Lines =>
  items.length === 0 ? [] : ['.Bl -tag -width Ds', ...items.flatMap(([head, body]) => [`.It ${head}`, ...body]), '.El'];

const optionList = (options: readonly Option[]): Lines =>
  list(options.map((option) => [flagsOf(option), prose(sentence(option.description))]));

/** Descriptions are fragments: as text they begin large and end with a stop. */
const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

const verbItem = (command: Command): readonly [string, Lines] => [
  [
    `Cm ${word(command.name())}`,
    ...(command.options.length > 0 ? [optional('Ar options')] : []),
    ...command.registeredArguments.map(argumentOf),
  ].join(' '),
  [...prose(sentence(command.description())), ...optionList(command.options)],
];

const environment = (options: readonly Option[]): Lines =>
  list([
    ...SETTING_NAMES.flatMap((name) => {
      const variable = variableOf(name);
      const flag = options.find(({ long }) => long === flagOf(name));
      return variable === null || flag === undefined
        ? []
        : [[`Ev ${variable}`, [`The same as`, `.Fl ${word(flagOf(name).slice(1))} .`]] as const];
    }),
    ['Ev TMUXLET_CONFIG', ['The same as', `.Fl ${word('-config')} .`]],
    ['Ev TMUXLET_DEBUG', ['When 1, an internal error shows where it came from.']],
    ['Ev NO_COLOR', ['When not empty, nothing is coloured.']],
  ]);

const FILES: readonly (readonly [string, string])[] = [
  ['.tmuxlet', 'The state directory, where the working directory has one.'],
  ['~/.local/state/tmuxlet', 'The state directory otherwise.'],
  ['manifests', 'In the state directory: the manifests, one YAML or JSON file or more.'],
  ['tmuxlet.db', 'In the state directory: the record of all Projects, in SQLite.'],
  ['tmux.sock', 'In the state directory: the socket of the first tmux server.'],
  ['logs/PROJECT/WINDOW.log', 'In the state directory: what a window has printed.'],
];

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'It was done.'],
  ['1', 'It failed.'],
  ['2', 'It was not understood: a wrong flag, argument or setting.'],
  ['75', 'Somebody else holds what is needed: the state directory, or a lock. Try again later.'],
];

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Run the controller over the manifests of a folder:', 'tmuxlet run --manifests ~/projects'],
  [
    'Declare a Project from a command, wait for it, and look at it:',
    'tmuxlet create web --path ~/web -- npm start\ntmuxlet wait web --for phase=Running\ntmuxlet attach web',
  ],
  ['See what is wrong with one that does not run:', 'tmuxlet describe web\ntmuxlet logs web --tail 50'],
];

/** The text of the page, as the program now is. */
export const manPage = async (): Promise<string> => {
  const program = await createProgram(processIo({}), [], () => {});
  // What completion scripts call is for nobody else.
  const verbs = program.commands.filter((command) => command.name() !== 'complete');
  const groups = new Map<string, Command[]>();
  for (const verb of verbs) groups.set(verb.helpGroup(), [...(groups.get(verb.helpGroup()) ?? []), verb]);
  const run = verbs.find((verb) => verb.name() === 'run');
  const options = [...program.options, ...(run?.options ?? [])];

  return `${[
    '.\\" Made by npm run man-page.',
    `.Dd ${DATE}`,
    '.Dt TMUXLET 1',
    '.Os',
    '.Sh NAME',
    '.Nm tmuxlet',
    '.Nd keep tmux sessions as files declare them',
    '.Sh SYNOPSIS',
    '.Nm',
    '.Op Ar options',
    '.Ar verb',
    '.Op Ar argument ...',
    '.Sh DESCRIPTION',
    ...prose('What the kubelet is to containers, tmuxlet is to tmux sessions.'),
    ...prose(
      'A Project is declared in a file, the manifest: a working directory, the windows of a session, and what is to ' +
        'be done when its commands end. The controller makes the session, keeps it through crashes of everything ' +
        'around it, and ends it when its work is done. It touches no session that does not carry its tag.',
    ),
    '.Pp',
    ...prose(
      'Data goes to stdout, messages to stderr. Most verbs that look also work without a controller, on what the last one left.',
    ),
    '.Sh OPTIONS',
    'These are understood by every verb:',
    ...optionList(program.options),
    '.Sh VERBS',
    ...[...groups].flatMap(([group, commands]) => [
      `.Ss ${(group || 'Other').replace(/:$/, '')}`,
      ...list(commands.map(verbItem)),
    ]),
    '.Sh ENVIRONMENT',
    ...prose('Flags come before variables, those before the config file, that before defaults.'),
    ...environment(options),
    '.Sh FILES',
    ...list(FILES.map(([path, text]) => [`Pa ${word(path)}`, prose(text)])),
    '.Sh EXIT STATUS',
    ...list(EXIT_STATUS.map(([code, text]) => [code, prose(text)])),
    '.Sh EXAMPLES',
    ...EXAMPLES.flatMap(([text, lines], index) => [
      ...(index > 0 ? ['.Pp'] : []),
      ...prose(text),
      '.Bd -literal -offset indent',
      ...lines.split('\n').map(escape),
      '.Ed',
    ]),
    '.Sh SEE ALSO',
    '.Xr tmux 1',
  ].join('\n')}\n`;
};

if (import.meta.main) {
  mkdirSync(new URL('.', MAN_FILE), { recursive: true });
  writeFileSync(MAN_FILE, await manPage());
}
