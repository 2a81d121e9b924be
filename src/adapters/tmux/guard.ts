import { TmuxError } from '../../api/ports/tmux.ts';
import { toLine } from './command.ts';
import type { TmuxCommand, TmuxCommands } from './command.ts';
import { TAGS, checkedId, checkedName, checkedTag } from './tags.ts';

/** Printed instead of acting. */
const NOT_OURS = 'tmuxlet: not ours';
const WINDOW_EXISTS = 'tmuxlet: window exists';

// Conditions in tmux's formats: whatever expands to something but '' and 0 holds.

export const tagIs = (tag: keyof typeof TAGS, value: string): string => equal(TAGS[tag], checkedTag(value));
export const tagIsUnset = (tag: keyof typeof TAGS): string => equal(TAGS[tag], '');
export const sessionIs = (id: string): string => equal('session_id', checkedId(id));
export const sessionIsNamed = (name: string): string => equal('session_name', checkedName(name));
export const isUnattended = '#{==:#{session_attached},0}';
export const anyOf = (first: string, second: string): string => `#{||:${first},${second}}`;
export const allOf = (...conditions: readonly [string, ...string[]]): string =>
  conditions.reduce((first, second) => `#{&&:${first},${second}}`);

/** The session is this installation's and carries this uid. */
export const isOurs = (ownerId: string, uid: string): string => allOf(tagIs('owner', ownerId), tagIs('uid', uid));

/**
 * Our owner tag, and beside it none that says which Project's and which attempt's the session is: somebody has taken
 * some tags away. To whoever lists sessions it is nobody's.
 */
export const isHalfTagged = (ownerId: string): string => {
  const makesSense = allOf(matches('uid', '^[A-Za-z0-9_.:=+/-]+$'), matches('attempt', '^[1-9][0-9]*$'));
  return allOf(tagIs('owner', ownerId), tagIsUnset('role'), `#{?${makesSense},,1}`);
};

const matches = (tag: keyof typeof TAGS, pattern: string): string => `#{m/r:${pattern},#{${TAGS[tag]}}}`;

const equal = (variable: string, value: string): string => `#{==:#{${variable}},${value}}`;

/**
 * Commands that run only if the condition holds of the target at that very moment: tmux looks and acts
 * without anything between. A target that is gone is an error (`NotFound`), not a condition that does not hold.
 */
export const guarded = (target: string, condition: string, commands: TmuxCommands): TmuxCommand =>
  choose(target, condition, commands, [
    ['has-session', '-t', target],
    ['display-message', '-p', NOT_OURS],
  ]);

/** Commands that run only if the session has no window of that name yet. */
export const unlessWindow = (session: string, name: string, commands: TmuxCommands): TmuxCommand =>
  choose(session, `#{N/w:${checkedName(name)}}`, [['display-message', '-p', WINDOW_EXISTS]], commands);

/** Throws `NotOurs` or `DuplicateName` when a guard did not let the commands pass. */
export const assertPassed = (lines: readonly string[], target: string): void => {
  if (lines.includes(NOT_OURS)) throw new TmuxError('NotOurs', `${target} is not what it was taken for`);
  if (lines.includes(WINDOW_EXISTS)) throw new TmuxError('DuplicateName', `${target} has a window of that name`);
};

const choose = (target: string, condition: string, first: TmuxCommands, second: TmuxCommands): TmuxCommand => [
  'if-shell',
  '-F',
  '-t',
  target,
  condition,
  toLine(first),
  toLine(second),
];
