import type { ListedPane, ListedSession } from '../../api/observation.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import type { TmuxCommand } from './command.ts';
import { tagIs } from './guard.ts';
import { TAGS, parseTags } from './tags.ts';

/** Ids and numbers first. tmux writes odd characters in a session's name, but not in a window's, as `\t`, `\n`. */
const HEAD = [
  'session_id',
  'window_id',
  'pane_id',
  'pane_pid',
  'pane_dead',
  'pane_dead_status',
  'pane_dead_signal',
  'pane_pipe',
  'session_created',
  'session_attached',
  'session_name',
] as const;

/** Shown only where the owner is ours: what others write there can be anything. */
const OWN_TAGS = [TAGS.role, TAGS.uid, TAGS.project, TAGS.attempt, TAGS.spec] as const;
const NO_TAGS = OWN_TAGS.map(() => '').join('\t');

/**
 * Lists every pane of a server, a line each. Names and tags can hold whole lines, so that every true one begins
 * with a word that nobody can know beforehand.
 */
export const listCommand = (ownerId: string, nonce: string): TmuxCommand => {
  const shown = (names: readonly string[]): string => names.map((name) => `#{${name}}`).join('\t');
  const tags = `#{?${tagIs('owner', ownerId)},${shown(OWN_TAGS)},${NO_TAGS}}`;
  const claimed = `#{?${TAGS.owner},1,}`;
  return ['list-panes', '-a', '-F', [nonce, shown(HEAD), claimed, tags, '#{window_name}'].join('\t')];
};

/**
 * The sessions of a listing, but for the controller's own quiet one. Tags that make no sense are none, so that
 * the session is a foreign one.
 * @throws TmuxError when a line is none of a listing: it is Unknown then, what there is
 */
export const parseListing = (
  lines: readonly string[],
  ownerId: string,
  nonce: string,
  shard: number,
): readonly ListedSession[] => {
  const sessions = new Map<string, ListedSession & { readonly panes: ListedPane[] }>();
  for (const line of lines) {
    const [first, ...fields] = line.split('\t');
    if (first !== nonce) continue;
    const [id = '', windowId = '', paneId = '', pid, dead, status, signal, pipe, created, attached, name = ''] = fields;
    const [claimed, role, ...tags] = fields.slice(HEAD.length, HEAD.length + 1 + OWN_TAGS.length);
    const windowName = fields.slice(HEAD.length + 1 + OWN_TAGS.length).join('\t');
    // A session that was passed over would be taken for gone.
    if (![id, windowId, paneId].every(isId) || !isNumber(pid) || !isNumber(created)) {
      throw new TmuxError('Unreachable', `tmux listed what makes no sense: ${JSON.stringify(line.slice(0, 200))}`);
    }
    if (role === 'control') continue;
    let session = sessions.get(id);
    if (session === undefined) {
      session = {
        shard,
        id,
        name,
        createdAt: Number(created) * 1000,
        attached: Number(attached),
        tags: parseTags(ownerId, tags),
        claimed: claimed === '1',
        panes: [],
      };
      sessions.set(id, session);
    }
    session.panes.push({
      paneId,
      windowId,
      windowName,
      pid: Number(pid),
      dead: dead === '1',
      deadStatus: numberOrNull(status),
      deadSignal: numberOrNull(signal),
      piped: pipe === '1',
    });
  }
  return [...sessions.values()];
};

const isId = (text: string): boolean => /^[$@%]\d+$/.test(text);
/** A pane that was made empty has the pid -1. */
const isNumber = (text: string | undefined): boolean => /^-?\d{1,15}$/.test(text ?? '');
const numberOrNull = (text: string | undefined): number | null => (text ? Number(text) : null);
