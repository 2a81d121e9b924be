import { readFileSync } from 'node:fs';
import type { TmuxCommands } from './command.ts';
import { TAGS, checkedTag } from './tags.ts';

/** No Project can have this name: `_` is in no DNS label. Each installation has a control session of its own. */
const nameOf = (ownerId: string): string => `_tmuxlet-${ownerId.replaceAll(/[^\w-]/g, '_')}`;

/**
 * Attaches a control client to a quiet session of its own, so that no pane's output comes its way and the end
 * of no Project's session ends it; makes the session where it is missing. Prints the server's pid.
 */
export const controlSessionCommands = (ownerId: string): TmuxCommands => {
  const name = nameOf(ownerId);
  const quiet = ['--', 'sleep', '2147483647'];
  return [
    ['new-session', '-A', '-s', name, '-n', 'control', '-x', '80', '-y', '24', '-f', 'no-output,ignore-size', ...quiet],
    ['set-option', '-t', `=${name}:`, TAGS.owner, checkedTag(ownerId)],
    ['set-option', '-t', `=${name}:`, TAGS.role, 'control'],
    ['display-message', '-p', '#{pid}'],
  ];
};

/** Lists the clients of a server with what tells control clients of ours from people's. */
export const listClientsCommands: TmuxCommands = [
  ['list-clients', '-F', `#{client_pid}\t#{client_control_mode}\t#{${TAGS.role}}\t#{${TAGS.owner}}`],
];

/** The pids of the control clients that sit in our control session, but for `own`. */
export const staleClients = (lines: readonly string[], ownerId: string, own: number | undefined): readonly number[] =>
  lines.flatMap((line) => {
    const [pid, controlMode, role, owner] = line.split('\t');
    const ours = controlMode === '1' && role === 'control' && owner === ownerId;
    return ours && Number(pid) !== own ? [Number(pid)] : [];
  });

/** TERM to a process, if it is a client of tmux at this moment. */
export const endClient = (pid: number): void => {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('tmux')) process.kill(pid, 'SIGTERM');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
  }
};
