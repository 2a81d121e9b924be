/** The commands that tmuxlet gives to tmux, by tmux's own names; those that only accompany others are not among them. */
export const TMUX_COMMANDS = [
  'list-panes',
  'list-sessions',
  'show-environment',
  'display-message',
  'capture-pane',
  'new-session',
  'new-window',
  'respawn-pane',
  'send-keys',
  'pipe-pane',
  'set-option',
  'kill-session',
  'other',
] as const;

export type TmuxCommandName = (typeof TMUX_COMMANDS)[number];
