import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/**
 * What a server that tmuxlet starts is told. What matters to a session is set on its own windows as well, so
 * that all holds on a server that was started otherwise.
 */
const TMUX_CONF = `# Written by tmuxlet at every start; changes are lost.
set-option -s exit-empty off
set-option -s exit-unattached off
set-option -s escape-time 20
set-option -s default-terminal tmux-256color
set-option -g destroy-unattached off
set-option -g default-shell /bin/sh
set-option -g history-limit 10000
set-option -g set-titles off
# A session's environment is what its Project says, not what the client that made it had.
set-option -g update-environment ""
set-option -wg automatic-rename off
set-option -wg allow-rename off
set-option -wg monitor-bell off
`;

/** Writes the configuration of our own servers into the state directory; returns its path. */
export const writeTmuxConf = async (stateDir: string): Promise<string> => {
  const file = join(stateDir, 'tmux.conf');
  await writeFileAtomic(file, TMUX_CONF, { mode: 0o600 });
  return file;
};
