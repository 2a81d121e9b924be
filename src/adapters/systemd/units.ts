import { hardeningOf } from './hardening.ts';

/** What the units are made from. All paths are absolute. */
export interface Installation {
  /** Who runs it in the system's manager; null for units of a user's own manager. */
  readonly user: string | null;
  /** The home directory of a user's own manager: paths below it are written as `%h`. */
  readonly home: string;
  readonly node: string;
  /** tmuxlet's own program, a file that node runs. */
  readonly program: string;
  readonly tmux: string;
  /** Servers that share the sessions. */
  readonly shards: number;
  readonly stateDir: string;
  /** Of the first server; the others' are PATH.1, PATH.2 and so on. */
  readonly tmuxSocket: string;
  /** Null for the state directory's own. */
  readonly manifests: string | null;
  /** Settings; null for none. */
  readonly config: string | null;
}

/** Name and text of each unit. */
export type Units = Readonly<Record<string, string>>;

export const CONTROLLER_UNIT = 'tmuxlet.service';
const SERVER_UNIT = 'tmuxlet-tmux@.service';
const SLICE = 'tmuxlet.slice';

export const serverUnit = (shard: number): string => SERVER_UNIT.replace('@', `@${shard}`);

export const unitsOf = (installation: Installation): Units => ({
  [CONTROLLER_UNIT]: controllerUnit(installation),
  [SERVER_UNIT]: tmuxUnit(installation),
  [SLICE]: sliceUnit,
});

const controllerUnit = (installation: Installation): string => {
  const { user, node, program, stateDir, tmuxSocket, manifests, config, shards } = installation;
  const path = pathIn(installation);
  const servers = Array.from({ length: shards }, (_, shard) => serverUnit(shard)).join(' ');
  const flags = [
    ['--state-dir', stateDir],
    ['--manifests', manifests],
    ['--tmux-socket', tmuxSocket === `${stateDir}/tmux.sock` ? null : tmuxSocket],
    ['--config', config],
  ].flatMap(([flag, value]) => (value == null ? [] : [`${flag} ${path(value)}`]));
  const writable = [stateDir, ...(manifests === null ? [] : [manifests])].map(path);
  return `[Unit]
Description=tmuxlet, keeper of tmux sessions
# Started with it and before it, but not stopped with it: they hold the sessions.
Wants=${servers}
After=${servers}
StartLimitIntervalSec=0

[Service]
Type=notify
# Node cannot speak systemd's datagrams: systemd-notify does so as a child.
NotifyAccess=all
ExecStart=${path(node)} ${path(program)} run ${flags.join(' ')} --external-tmux-servers ${shards}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
# A mistake in the settings does not go away by itself.
RestartPreventExitStatus=2
# Fed by the progress of the loop. What hangs cannot end itself.
WatchdogSec=60
WatchdogSignal=SIGKILL
# Its clients of tmux end when it does. One that is killed at the wrong moment can take its tmux server along.
KillMode=process
TimeoutStartSec=120
TimeoutStopSec=30
Slice=${SLICE}
${user === null ? '' : `User=${user}\n`}${hardeningOf(user === null ? null : { user, writable }).join('\n')}

[Install]
WantedBy=${user === null ? 'default.target' : 'multi-user.target'}
`;
};

/**
 * A template: the instance is the number of the server. The shell only finds the name of the socket, which for the
 * first server has no number.
 */
const tmuxUnit = (installation: Installation): string => {
  const { user, tmux, tmuxSocket, stateDir } = installation;
  const path = pathIn(installation);
  const script = `test $$3 = 0 || set -- "$$1.$$3" "$$2"; exec "$$0" -u -S "$$1" -f "$$2" -D`;
  return `[Unit]
Description=tmux server %i of tmuxlet
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/bin/sh -c '${script}' ${path(tmux)} ${path(tmuxSocket)} ${path(`${stateDir}/tmux.conf`)} %i
WorkingDirectory=/
# Also after a kill-server, which ends well.
Restart=always
RestartSec=500ms
# The end of the server is the end of its sessions: all of their processes are asked, then made, to go.
KillMode=control-group
TimeoutStopSec=20
# One command that needs too much memory does not cost the others their lives.
OOMPolicy=continue
TasksMax=infinity
LimitNOFILE=16384
Slice=${SLICE}
${user === null ? '' : `User=${user}\n`}
[Install]
WantedBy=${user === null ? 'default.target' : 'multi-user.target'}
`;
};

/** Not needed, but good for looking at all of it, and for limits of all of it. */
const sliceUnit = `[Unit]
Description=tmuxlet and its sessions
`;

/** Writes a path as a word of a unit, where `%`, `$`, quotes and spaces mean something. */
const pathIn =
  ({ user, home }: Installation) =>
  (path: string): string => {
    const inHome = user === null && path.startsWith(`${home}/`);
    const literal = (inHome ? path.slice(home.length) : path)
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('%', '%%')
      .replaceAll('$', '$$$$');
    const word = inHome ? `%h${literal}` : literal;
    return /[\s"'\\;]/.test(word) ? `"${word}"` : word;
  };
