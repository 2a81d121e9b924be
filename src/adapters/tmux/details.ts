import type { PaneDetails } from '../../api/ports/tmux.ts';
import type { TmuxCommand } from './command.ts';

const FIELDS = [
  'pane_id',
  'pane_pid',
  'pane_index',
  'window_index',
  'window_layout',
  'window_name',
  'pane_current_command',
  'pane_start_command',
  'pane_current_path',
];

/** Lists the panes of one session. The texts can hold anything, so that a word nobody can know stands between them. */
export const detailsCommand = (sessionId: string, nonce: string): TmuxCommand => [
  'list-panes',
  '-s',
  '-t',
  sessionId,
  '-F',
  ['', ...FIELDS.map((field) => `#{${field}}`)].join(nonce),
];

export const parseDetails = (lines: readonly string[], nonce: string): readonly PaneDetails[] =>
  lines
    .filter((line) => line.startsWith(nonce))
    .map((line) => {
      const fields = line.split(nonce).slice(1);
      const [paneId = '', pid, pane, window, layout = '', windowName = '', ...texts] = fields;
      const [command = '', startCommand = '', path = ''] = texts;
      return {
        paneId,
        pid: Number(pid),
        pane: Number(pane),
        window: Number(window),
        windowName,
        layout,
        command,
        startCommand,
        path,
      };
    });
