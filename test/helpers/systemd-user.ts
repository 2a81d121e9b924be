import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

const MANAGER = '/lib/systemd/systemd';
const run = promisify(execFile);

/** What a `systemd --user` needs that this machine, perhaps a container, was not booted with. */
const START = `
set -e
mount -t tmpfs none /run/systemd
mkdir -p /run/systemd/system /run/systemd/inaccessible/dir
# What it puts in the place of what a unit must not see.
touch /run/systemd/inaccessible/reg /run/systemd/inaccessible/sock
mount -t cgroup2 none /sys/fs/cgroup
mkdir "/sys/fs/cgroup/$1"
echo $$ >"/sys/fs/cgroup/$1/cgroup.procs"
exec ${MANAGER} --user --log-target=console --log-level=warning
`;

/** Why no `systemd --user` of our own can be run here; null when it can. */
export const whyNoSystemd = (): string | null => {
  if (!existsSync(MANAGER)) return 'systemd is not installed';
  if (process.getuid?.() !== 0)
    return 'a systemd --user of its own needs a mount namespace and a control group: run as root';
  try {
    const script = 'mount -t tmpfs none /run/systemd && mount -t cgroup2 none /sys/fs/cgroup && test -w /sys/fs/cgroup';
    execFileSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `no mount namespace with a control group of our own: ${String(error)}`;
  }
};

/**
 * A real `systemd --user` in a mount namespace and a control group of its own, with a home, units and a runtime
 * directory in a temporary folder. Nothing of the machine's own systemd, if there is one, is touched.
 */
export class SystemdUser {
  readonly dir = mkdtempSync(join(tmpdir(), 'sd-'));
  readonly home = join(this.dir, 'h');
  readonly units = join(this.home, '.config', 'systemd', 'user');
  readonly #log = join(this.dir, 'log');
  readonly #group = `tmuxlet-test-${process.pid}-${Date.now()}`;
  readonly #manager: ChildProcess;
  /** What it has printed itself. */
  #output = '';

  constructor() {
    mkdirSync(this.units, { recursive: true });
    mkdirSync(join(this.dir, 'r'), { mode: 0o700 });
    // For every service; there is no journal here.
    mkdirSync(join(this.units, 'service.d'));
    const log = `append:${this.#log}`;
    writeFileSync(
      join(this.units, 'service.d', 'log.conf'),
      `[Service]\nStandardOutput=${log}\nStandardError=${log}\n`,
    );
    this.#manager = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', START, 'sh', this.#group], {
      env: this.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#manager.stdout, this.#manager.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
  }

  /** What it and its units have printed. */
  get output(): string {
    return this.#output + (existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '');
  }

  /** Of the manager and of whoever talks to it. */
  get env(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: this.home,
      LANG: 'C.UTF-8',
      XDG_RUNTIME_DIR: join(this.dir, 'r'),
    };
  }

  async ready(): Promise<this> {
    await eventually(
      async () => {
        if (this.#manager.exitCode !== null) throw new Error(`systemd --user ended:\n${this.output}`);
        await this.systemctl('list-units');
        return true;
      },
      { withinMs: 15_000, everyMs: 50 },
    );
    return this;
  }

  async systemctl(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('systemctl', ['--user', '--no-pager', ...args], { env: this.env });
    return stdout.trim();
  }

  async property(unit: string, name: string): Promise<string> {
    return this.systemctl('show', '--value', '-p', name, unit);
  }

  async mainPid(unit: string): Promise<number> {
    return Number(await this.property(unit, 'MainPID'));
  }

  /** Ends it with all that its units have started; only its own control group is emptied. */
  async close(): Promise<void> {
    const ended = this.#manager.exitCode === null ? once(this.#manager, 'exit') : null;
    const group = join('/sys/fs/cgroup', this.#group);
    // In this namespace the control groups may be mounted elsewhere, or as another version.
    const kill = `mount -t cgroup2 none /sys/fs/cgroup && echo 1 >${group}/cgroup.kill`;
    execFileSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', kill], { stdio: 'pipe' });
    await ended;
    const remove = `mount -t cgroup2 none /sys/fs/cgroup && find ${group} -depth -type d -exec rmdir {} +`;
    await eventually(() => {
      execFileSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', remove], { stdio: 'pipe' });
      return true;
    });
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** The control group of a process, below that of its manager. */
export const groupOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('0::')[1]?.trim() ?? '';
