import type { ListedPane, ListedSession } from '../../api/observation.ts';
import type { TmuxCommand } from './command.ts';
import { tagIs } from './guard.ts';
import { TAGS, parseTags } from './tags.ts';

/** Ids and numbers first. Names come after them: tmux writes a tab or a newline in a name as `\\t`, `\\n`. */
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
  'window_name',
] as const;

/** Tags can hold anything, lines too. So they come last, and only where the owner is ours. */
const OWN_TAGS = [TAGS.role, TAGS.uid, TAGS.project, TAGS.attempt, TAGS.spec] as const;

/** Lists every pane of a server, a line each. */
export const listCommand = (ownerId: string): TmuxCommand => {
  const shown = (names: readonly string[]): string => names.map((name) => `#{${name}}`).join('\t');
  return ['list-panes', '-a', '-F', `${shown(HEAD)}\t#{?${tagIs('owner', ownerId)},${shown(OWN_TAGS)},}`];
};

/**
 * The sessions of a listing, but for the controller's own quiet one. A line that makes no sense is no pane;
 * tags that make no sense are none, so that the session is a foreign one.
 */
export const parseListing = (lines: readonly string[], ownerId: string, shard: number): readonly ListedSession[] => {
  const sessions = new Map<string, ListedSession & { readonly panes: ListedPane[] }>();
  for (const line of lines) {
    const fields = line.split('\t');
    if (fields.length <= HEAD.length || !IDS.test(line)) continue;
    const [id = '', windowId = '', paneId = '', pid, dead, status, signal, pipe, created, attached] = fields;
    const [name = '', windowName = '', role, ...tags] = fields.slice(HEAD.length - 2);
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

/** How every line of a listing begins; what does not is the rest of an odd tag. */
const IDS = /^\$\d+\t@\d+\t%\d+\t\d+\t/;

const numberOrNull = (text: string | undefined): number | null => (text ? Number(text) : null);
