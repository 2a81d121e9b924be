import { Command } from 'commander';
import { UserError } from '../../api/errors.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { demandLocal } from '../local.ts';
import { projectName } from '../names.ts';

interface Options {
  readonly readOnly?: true;
}

export const attachCommand = (act: Act): Command =>
  new Command('attach')
    .description("look into a Project's session, and type; prefix d (Ctrl-b d) leaves it running")
    .argument('<name>', 'the Project')
    .argument('[window]', 'a window of it')
    .option('-r, --read-only', 'only look')
    .action(act(attach));

const attach = async (
  context: Context,
  name: string,
  window: string | undefined,
  options: Options,
): Promise<number> => {
  demandLocal(context, 'sessions');
  const { status, spec } = await (await context.client()).project(projectName(name));
  const { socket, sessionId } = status;
  if (socket === null || sessionId === null) {
    throw new UserError(
      `project "${name}" has no session: it is ${status.phase} (${status.reason}), ${status.message}`,
    );
  }
  if (window !== undefined && !spec.session.windows.some((known) => known.name === window)) {
    const known = spec.session.windows.map((each) => each.name).join(', ');
    throw new UserError(`project "${name}" has no window "${window}"; its windows are ${known}`, 2);
  }
  const target = window === undefined ? sessionId : `${sessionId}:=${window}`;
  // $TMUX names the server, its pid and the session that this terminal is in already: SOCKET,PID,SESSION.
  const inside = context.io.env['TMUX']?.split(',')[0] === socket;
  const args = inside
    ? ['switch-client', ...(options.readOnly ? ['-r'] : []), '-t', target]
    : ['attach-session', ...(options.readOnly ? ['-r'] : []), '-t', target];
  // Loaded here, since it takes as long as half of the program and no other verb needs it.
  const { execa } = await import('execa');
  const { exitCode, failed } = await execa('tmux', ['-S', socket, ...args], {
    stdio: 'inherit',
    reject: false,
    // A session of another server may be looked at from within one of the person's own.
    env: inside ? {} : { TMUX: undefined },
  });
  if (failed && exitCode === undefined) throw new UserError('tmux could not be run; is it installed?');
  return exitCode ?? 0;
};
