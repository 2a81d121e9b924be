import { messageOf } from '../../api/errors.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import type { TmuxErrorKind } from '../../api/ports/tmux.ts';

/** What tmux says when a thing went wrong, first match wins. Any other refusal is `Refused`. */
const SAYINGS: readonly (readonly [RegExp, TmuxErrorKind])[] = [
  [/^duplicate session:/m, 'DuplicateName'],
  [/^(can't find|no such) (session|window|pane)/m, 'NotFound'],
  [/^(no server running on|error connecting to) /m, 'Unreachable'],
  [/^(server exited|lost server|\[(server )?exited\])/m, 'Unreachable'],
];

/**
 * tmux's own words as an error. That no server answers is `Unreachable` here: whether none is there
 * (`NoServer`) is for evidence to tell, tmux says the same of a live one whose socket was unlinked (failure 65).
 */
export const classify = (said: string): TmuxError => {
  const message = said.trim() || 'tmux refused without a word';
  return new TmuxError(SAYINGS.find(([pattern]) => pattern.test(message))?.[1] ?? 'Refused', message);
};

/** Is this the named kind of failure? */
export const isTmuxError = (error: unknown, kind: TmuxErrorKind): error is TmuxError =>
  error instanceof TmuxError && error.kind === kind;

/** What was thrown, as the port's callers know it: whatever is not tmux's own answer kept us from getting one. */
export const asTmuxError = (error: unknown): TmuxError =>
  error instanceof TmuxError ? error : new TmuxError('Unreachable', messageOf(error));
