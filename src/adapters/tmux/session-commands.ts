import type { SessionTags } from '../../api/observation.ts';
import type { NewSession, NewWindow } from '../../api/ports/tmux.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import { UID_MARKER } from '../processes/marker.ts';
import type { TmuxCommand, TmuxCommands } from './command.ts';
import { literalFormat, literalTimeFormat, quoteForShell } from './quote.ts';
import { TAGS, checkedName, checkedTag } from './tags.ts';

/** Until somebody looks at it, a session is this large. */
const SIZE = ['-x', '220', '-y', '50'] as const;

/**
 * One line that makes a session with all its windows, tagged. The uid is in the session's environment from
 * the start (`-e`), and the tags come before the windows: what is half made can be told as this creation's.
 */
export const createCommands = (session: NewSession, birth: string): TmuxCommands => {
  const { name, tags } = session;
  const [first, ...others] = session.windows;
  const target = `=${checkedName(name)}:`;
  const where = ['-n', checkedName(first.name), '-c', literalFormat(first.cwd)];
  return [
    ['new-session', '-d', '-s', name, ...SIZE, ...where, '-e', `${UID_MARKER}=${tags.uid}`, '--', ...program(first)],
    ['set-option', '-t', target, TAGS.birth, birth],
    ...tagCommands(target, tags),
    ...afterBirth(`${target}=${first.name}`, first),
    ...others.flatMap((window) => addWindowCommands(target, window)),
  ];
};

/** `session` is a target that ends in a colon. */
export const addWindowCommands = (session: string, window: NewWindow): TmuxCommands => {
  const where = ['-n', checkedName(window.name), '-c', literalFormat(window.cwd)];
  return [
    ['new-window', '-d', '-t', session, ...where, '--', ...program(window)],
    ...afterBirth(`${session}=${window.name}`, window),
  ];
};

/**
 * A respawn keeps the pane's pipe, but what is written between opening a pipe and a respawn after it is
 * lost: so the pipe is opened anew, and afterwards.
 */
export const respawnCommands = (paneId: string, window: NewWindow): TmuxCommands => [
  ['respawn-pane', '-k', '-t', paneId, '-c', literalFormat(window.cwd), '--', ...program(window)],
  ...keepCommands(paneId),
  window.logFile === null ? ['pipe-pane', '-t', paneId] : pipeCommand(paneId, window.logFile),
];

export const tagCommands = (target: string, tags: SessionTags): TmuxCommands => {
  const tag = (name: keyof typeof TAGS, value: string): TmuxCommand => [
    'set-option',
    '-t',
    target,
    TAGS[name],
    checkedTag(value),
  ];
  return [
    tag('owner', tags.owner),
    tag('uid', tags.uid),
    tag('project', tags.project),
    tag('attempt', String(tags.attempt)),
    tag('spec', tags.specHash),
  ];
};

/** `cat` appends, so that a file may be rotated by renaming it and piping again. */
export const pipeCommand = (pane: string, file: string): TmuxCommand => [
  'pipe-pane',
  '-t',
  pane,
  `exec cat >>${literalTimeFormat(quoteForShell(file))}`,
];

/** The line, then Enter; without a line, Ctrl-C. A pane that somebody scrolled back would take keys otherwise. */
export const typeCommands = (paneId: string, line: string | null): TmuxCommands => [
  ['copy-mode', '-q', '-t', paneId],
  ...(line === null
    ? ([['send-keys', '-t', paneId, 'C-c']] as const)
    : ([
        ['send-keys', '-t', paneId, '-l', '--', line],
        ['send-keys', '-t', paneId, 'Enter'],
      ] as const)),
];

const afterBirth = (target: string, window: NewWindow): TmuxCommands => [
  ...keepCommands(target),
  ...(window.logFile === null ? [] : [pipeCommand(target, window.logFile)]),
];

/** What ended stays, with its exit status and its screen (not overwritten by tmux's own words), under its name. */
const keepCommands = (target: string): TmuxCommands => [
  ['set-option', '-w', '-t', target, 'remain-on-exit', 'on'],
  // tmux has this option since 3.3; before, its words are on the screen.
  ['set-option', '-w', '-q', '-t', target, 'remain-on-exit-format', ''],
  ['set-option', '-w', '-t', target, 'automatic-rename', 'off'],
  ['set-option', '-w', '-t', target, 'allow-rename', 'off'],
];

/** tmux executes several words as they stand, but gives a single one to a shell. */
const program = ({ name, argv }: NewWindow): readonly string[] => {
  const [only, ...more] = argv;
  if (only === undefined) throw new TmuxError('Refused', `window "${name}" has no command`);
  return more.length === 0 ? [`exec ${quoteForShell(only)}`] : argv;
};
