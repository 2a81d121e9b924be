import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import type { Program } from '../../src/adapters/programs/program.ts';
import { runHere } from '../../src/adapters/programs/run-here.ts';
import { runInServer } from '../../src/adapters/programs/run-in-server.ts';
import { openTmux } from '../../src/adapters/tmux/open-tmux.ts';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('programs that run under a tmux server');
const folder = temporaryFolder();
const clock = systemClock();
const processes = openProcesses(clock);
/** Names that every layer on the way would misread. */
const stateDir = join(folder.path, "s #{pid} 'q' %H");
const socket = join(folder.path, 'tmux.sock');
mkdirSync(stateDir);
const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path };
const tmux = await openTmux({ socket, stateDir, ownerId: 'o', env, mode: 'Manage', external: 1, clock });
const onServer = (...args: string[]): string =>
  execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
const run = runInServer({ stateDir, processes, runDetached: tmux.runDetached });
const programOf = (argv: readonly string[], more: Partial<Program> = {}): Program => ({
  argv,
  cwd: folder.path,
  env,
  timeoutMs: 10_000,
  ...more,
});
const shell = (script: string, more: Partial<Program> = {}) => run(programOf(['/bin/sh', '-c', script], more));

test.before(() => {
  onServer('new-session', '-d', '-s', 'theirs', '-e', 'SECRET=x', 'sleep 1000');
});
test.after(async () => {
  await tmux.close();
  onServer('kill-server');
});

test('exit code, standard output and both outputs together are told, as when run here', async () => {
  const script = 'echo out; echo err >&2; exit 7';
  const there = await shell(script);
  assert.is(there.how === 'Exited' && there.code, 7);
  assert.is(there.stdout, 'out');
  assert.equal(there.output.split('\n').toSorted(), ['err', 'out']);
  const here = await runHere(processes)(programOf(['/bin/sh', '-c', script]));
  assert.equal({ ...there, output: '' }, { ...here, output: '' });
  const killed = await shell('kill -9 $$');
  assert.is(killed.how === 'Exited' && killed.code, 137);
});

test('it runs in its own directory and environment, and not in those of the server', async () => {
  const odd = { ...env, ODD: `a'b"c $HOME \`id\` #{pid}\nd` };
  const cwd = join(folder.path, "w 'x'");
  mkdirSync(cwd);
  const ended = await shell('pwd; printf %s "$ODD"; echo; env | cut -d= -f1 | sort | tr "\\n" " "', { env: odd, cwd });
  assert.match(ended.stdout, `${cwd}\n${odd.ODD}\n`);
  assert.not.match(ended.stdout, 'SECRET');
  assert.not.match(ended.stdout, /TMUX |TMUX_PANE/);
});

test('it is a descendant of the server or of nobody, and in no process group of the server', async () => {
  const server = onServer('display-message', '-p', '#{pid}').trim();
  const ended = await shell('cat /proc/self/stat; cat /proc/self/cgroup');
  const [stat = '', ...groups] = ended.stdout.split('\n');
  const [, , group, session, terminal] = stat.replace(/^.*\) /, '').split(' ');
  assert.is.not(group, server);
  assert.is.not(session, server);
  assert.is(terminal, '0');
  assert.is(groups.join('\n'), readFileSync(`/proc/${server}/cgroup`, 'utf8').trim());
});

test('nobody sees it in a session: no pane changes its mode, and it has no input', async () => {
  const ended = await shell('cat; echo loud; exit 3');
  assert.is(ended.stdout, 'loud');
  assert.is(onServer('list-panes', '-a', '-F', '#{session_name} #{pane_in_mode}').match(/ 1$/m), null);
});

test('what takes too long is killed with all that it started', async () => {
  const pids = join(folder.path, 'pids');
  const ended = await shell(`sleep 1000 & setsid sleep 1000 & echo $$ $! >${pids}; echo so far; wait`, {
    timeoutMs: 1000,
  });
  assert.is(ended.how, 'TimedOut');
  assert.match(ended.output, /^so far/);
  const left = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
  assert.is(left.length, 2);
  await eventually(() => left.every((pid) => processes.identify(pid) === null));
});

test('a daemon that it leaves behind is not waited for, and lives on', async () => {
  const pid = join(folder.path, 'daemon');
  const ended = await shell(`setsid sleep 1000 & echo $! >${pid}`);
  assert.is(ended.how, 'Exited');
  const daemon = Number(readFileSync(pid, 'utf8'));
  assert.ok(processes.identify(daemon));
  process.kill(daemon, 'SIGKILL');
});

test('a program or a directory that is not there is told as not started', async () => {
  const program = await run(programOf(['no-such-program']));
  assert.is(program.how === 'NotStarted' && program.message, 'cannot start no-such-program: ENOENT');
  assert.is((await shell('true', { cwd: '/no/such' })).how, 'NotStarted');
});

test('a long output is cut to its end and delays nobody', async () => {
  const ended = await shell('seq 1 200000');
  assert.match(ended.stdout, /\n200000$/);
  assert.ok(ended.stdout.length <= 4096);
});

test('many run side by side, and nothing is left in the state directory', async () => {
  const ended = await Promise.all(Array.from({ length: 30 }, (_, number) => shell(`echo ${number}`)));
  assert.equal(
    ended.map(({ stdout }) => stdout),
    Array.from({ length: 30 }, (_, number) => String(number)),
  );
  assert.equal(readdirSync(join(stateDir, 'programs')), []);
});

test('what an earlier life has left is cleared away', async () => {
  const left = join(stateDir, 'programs', 'left');
  mkdirSync(left);
  writeFileSync(join(left, 'start'), 'secret');
  await runInServer({ stateDir, processes, runDetached: tmux.runDetached })(programOf(['true']));
  assert.not(existsSync(left));
});

test('without a server it is refused as that, and no server is started', async () => {
  const lonely = join(folder.path, 'lonely.sock');
  const options = { socket: lonely, stateDir: join(folder.path, 'l'), ownerId: 'o', env, clock };
  const none = await openTmux({ ...options, mode: 'Manage', external: 2 });
  try {
    const refused = runInServer({ stateDir: folder.path, processes, runDetached: none.runDetached })(
      programOf(['true']),
    );
    const error = await refused.then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof TmuxError && error.kind === 'NoServer');
    assert.not(existsSync(lonely));
  } finally {
    await none.close();
  }
});

test.run();
