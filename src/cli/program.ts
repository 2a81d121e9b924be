import { Command } from 'commander';
import { visible } from '../api/visible.ts';
import { createAct } from './act.ts';
import { addCompletion } from './completion.ts';
import type { Io } from './io.ts';
import { alertCommand } from './verbs/alert.ts';
import { applyCommand } from './verbs/apply.ts';
import { attachCommand } from './verbs/attach.ts';
import { backupCommand } from './verbs/backup.ts';
import { confirmDeletionsCommand } from './verbs/confirm-deletions.ts';
import { createCommand } from './verbs/create.ts';
import { debugCommand } from './verbs/debug.ts';
import { deleteCommand } from './verbs/delete.ts';
import { describeCommand } from './verbs/describe.ts';
import { doctorCommand } from './verbs/doctor.ts';
import { eventsCommand } from './verbs/events.ts';
import { getCommand } from './verbs/get.ts';
import { lockCommand } from './verbs/lock.ts';
import { heartbeatCommand } from './verbs/heartbeat.ts';
import { installServiceCommand } from './verbs/install-service.ts';
import { logsCommand } from './verbs/logs.ts';
import { planCommand } from './verbs/plan.ts';
import { resetCommand, restartCommand } from './verbs/restart.ts';
import { restoreCommand } from './verbs/restore.ts';
import { runCommand } from './verbs/run.ts';
import { suspendCommand, unsuspendCommand } from './verbs/suspend.ts';
import { syncCommand } from './verbs/sync.ts';
import { validateCommand } from './verbs/validate.ts';
import { topCommand } from './verbs/top.ts';
import { versionCommand } from './verbs/version.ts';
import { waitCommand } from './verbs/wait.ts';

/** The verbs, as `--help` groups them. */
const GROUPS = {
  'Declare:': [createCommand, applyCommand, deleteCommand, suspendCommand, unsuspendCommand, validateCommand],
  'Look:': [
    getCommand,
    describeCommand,
    logsCommand,
    attachCommand,
    eventsCommand,
    topCommand,
    planCommand,
    doctorCommand,
    waitCommand,
  ],
  'Act:': [runCommand, restartCommand, resetCommand, lockCommand, confirmDeletionsCommand, syncCommand, alertCommand],
  'Keep:': [backupCommand, restoreCommand, debugCommand],
  'From inside a window:': [heartbeatCommand],
  'Other:': [installServiceCommand, versionCommand],
};

/** The whole command line. What commander has to say goes to `io`; errors of usage are thrown. */
export const createProgram = async (
  io: Io,
  argv: readonly string[],
  setExitCode: (code: number) => void,
): Promise<Command> => {
  const act = createAct(io, setExitCode);
  const program = new Command('tmuxlet')
    .description('what the kubelet is to containers, tmuxlet is to tmux sessions')
    .option('--state-dir <dir>', 'database, sockets and logs (default: ./.tmuxlet, or ~/.local/state/tmuxlet)')
    .option('--manifests <dir>', 'the manifest directory (default: manifests in the state directory)')
    .option('--tmux-socket <path>', 'socket of the first tmux server (default: tmux.sock in the state directory)')
    .option('--server <url>', 'a controller over TCP, such as http://127.0.0.1:9469, in place of the socket')
    .option(
      '--token-file <file>',
      'the token of the API over TCP: run asks for it (and makes it), the other verbs show it',
    )
    .option('--config <file>', 'settings, as JSON or YAML')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // It quotes the command line, which a script may have put together of what it was given.
      outputError: (text, write) => write(visible(text)),
    })
    .exitOverride();
  for (const [group, verbs] of Object.entries(GROUPS)) {
    program.commandsGroup(group);
    for (const verb of verbs) program.addCommand(verb(act, argv).copyInheritedSettings(program));
  }
  await addCompletion(program, io, argv);
  return program;
};
