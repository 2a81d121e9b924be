import { Command } from 'commander';
import { createAct } from './act.ts';
import type { Io } from './io.ts';
import { eventsCommand } from './verbs/events.ts';
import { getCommand } from './verbs/get.ts';

/** The whole command line. Errors of usage are thrown as CommanderError, what is to be said is said to `io`. */
export const createProgram = async (
  io: Io,
  _argv: readonly string[],
  setExitCode: (code: number) => void,
): Promise<Command> => {
  const act = createAct(io, setExitCode);
  const program = new Command('tmuxlet')
    .description('what the kubelet is to containers, tmuxlet is to tmux sessions')
    .option('--state-dir <dir>', 'database, sockets and logs (default: ./.tmuxlet, or ~/.local/state/tmuxlet)')
    .option('--manifests <dir>', 'the manifest directory (default: manifests in the state directory)')
    .option('--tmux-socket <path>', 'socket of the first tmux server (default: tmux.sock in the state directory)')
    .option('--config <file>', 'settings, as JSON or YAML')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .exitOverride();
  for (const command of [getCommand(act), eventsCommand(act)]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
};
