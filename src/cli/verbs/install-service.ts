import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { execa } from 'execa';
import { install, type InstallOptions, uninstall } from '../../adapters/systemd/install.ts';
import { signed } from '../../adapters/systemd/unit-files.ts';
import { CONTROLLER_UNIT, type Installation, serverUnit, unitsOf } from '../../adapters/systemd/units.ts';
import { UserError } from '../../api/errors.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';

interface Options {
  readonly user?: boolean;
  readonly runAs: string;
  readonly shards: number;
  readonly unitDir?: string;
  readonly force?: boolean;
  readonly uninstall?: boolean;
  readonly dryRun?: boolean;
}

/** The same file from the sources and from the compiled program. */
const PROGRAM = fileURLToPath(new URL('../../../bin/tmuxlet.js', import.meta.url));
const SYSTEM_STATE = '/var/lib/tmuxlet';
const MOST_SHARDS = 100;

export const installServiceCommand = (act: Act): Command =>
  new Command('install-service')
    .description('write systemd units for the controller and its tmux servers, and say how to start them')
    .option('--user', "for the user's own systemd; without it for the system's")
    .option('--run-as <user>', "who runs it, in the system's systemd", 'tmuxlet')
    .option('--shards <n>', 'tmux servers that share the sessions', wholeShards, 1)
    .option('--unit-dir <dir>', 'where the units go, if not where systemd looks for them')
    .option('--force', 'replace units that somebody has changed, and keep a copy')
    .option('--uninstall', 'take the units away; sessions and the state directory are left alone')
    .addOption(dryRunOption())
    .action(act(installService));

const installService = async (context: Context, options: Options): Promise<void> => {
  const how = await readOptions(context, options);
  if (options.dryRun) {
    for (const [name, text] of Object.entries(unitsOf(how.installation))) {
      context.print(`# ${join(how.folder, name)}\n${signed(text)}`);
    }
    return;
  }
  if (options.user === undefined && options.unitDir === undefined && userInfo().uid !== 0) {
    throw new UserError("the system's units are root's to write: use sudo, or --user for your own systemd");
  }
  if (options.uninstall) {
    const { done } = await uninstall(how);
    for (const line of done) context.print(line);
    context.say(farewell(how.installation));
    return;
  }
  await assertUser(how.installation.user);
  const { done, verified } = await install(how);
  for (const line of done) context.print(line);
  if (!verified) context.say('systemd-analyze is not here: nobody has verified the units');
  context.say(nextSteps(how.installation));
};

const readOptions = async ({ config, io }: Context, options: Options): Promise<InstallOptions> => {
  const isUser = options.user === true;
  const home = io.env['HOME'] || userInfo().homedir;
  const isDefault = config.sources.stateDir === 'default';
  const stateDir = !isDefault
    ? config.stateDir
    : isUser
      ? join(io.env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'tmuxlet')
      : SYSTEM_STATE;
  const installation: Installation = {
    user: isUser ? null : options.runAs,
    home,
    node: process.execPath,
    program: PROGRAM,
    tmux: await findTmux(),
    shards: options.shards,
    stateDir,
    tmuxSocket: config.sources.tmuxSocket === 'default' ? join(stateDir, 'tmux.sock') : config.tmuxSocket,
    manifests: config.sources.manifests === 'default' ? null : config.manifests,
    config: config.configFile,
  };
  const usual = isUser
    ? join(io.env['XDG_CONFIG_HOME'] || join(home, '.config'), 'systemd', 'user')
    : '/etc/systemd/system';
  return {
    installation,
    folder: options.unitDir === undefined ? usual : resolve(io.cwd, options.unitDir),
    force: options.force === true,
    env: io.env,
  };
};

const findTmux = async (): Promise<string> => {
  const { stdout, exitCode } = await execa('/bin/sh', ['-c', 'command -v tmux'], { reject: false });
  if (exitCode === 0) return stdout;
  throw new UserError('there is no tmux on PATH: install it, for example by apt-get install tmux');
};

const assertUser = async (user: string | null): Promise<void> => {
  if (user === null) return;
  const { exitCode } = await execa('id', ['-u', '--', user], { reject: false });
  if (exitCode === 0) return;
  const make = `useradd --system --create-home --shell /bin/bash ${user}`;
  throw new UserError(`there is no user ${user}: make it (${make}), or name another one by --run-as`);
};

const nextSteps = ({ user, shards }: Installation): string =>
  [
    '',
    'Now:',
    ...(user === null
      ? [
          '  systemctl --user daemon-reload',
          `  systemctl --user enable --now ${CONTROLLER_UNIT}`,
          '  loginctl enable-linger    # so that it starts at boot, and stays when you log out',
        ]
      : ['  systemctl daemon-reload', `  systemctl enable --now ${CONTROLLER_UNIT}`]),
    `It starts ${shards === 1 ? serverUnit(0) : `${serverUnit(0)} to ${serverUnit(shards - 1)}`} as well, which hold the`,
    'sessions and live on when the controller is stopped or restarted.',
  ].join('\n');

const farewell = ({ user }: Installation): string => {
  const systemctl = user === null ? 'systemctl --user' : 'systemctl';
  return [
    '',
    'What runs, runs on. To end it, with every session:',
    `  ${systemctl} disable --now ${CONTROLLER_UNIT}; ${systemctl} stop 'tmuxlet-tmux@*'; ${systemctl} daemon-reload`,
  ].join('\n');
};

function wholeShards(text: string): number {
  const shards = Number(text);
  if (Number.isInteger(shards) && shards >= 1 && shards <= MOST_SHARDS) return shards;
  throw new InvalidArgumentError(`it must be a whole number from 1 to ${MOST_SHARDS}`);
}
