import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { Installation } from '../helpers/systemd-installation.ts';
import { groupOf, whyNoSystemd } from '../helpers/systemd-user.ts';

const suiteOf = suite('the services of systemd');
const reason = whyNoSystemd();
/** Where there can be no systemd of our own, all of it is skipped, and counted as that. */
const test = reason === null ? suiteOf : suiteOf.skip;
if (reason !== null) suiteOf(`skipped, for ${reason}`, () => assert.type(reason, 'string'));

const CONTROLLER = 'tmuxlet.service';
const SERVERS = ['tmuxlet-tmux@0.service', 'tmuxlet-tmux@1.service'] as const;
const NAMES = ['one', 'two', 'three'] as const;
/** Ends well when it is asked to end, as agents do: that is not the end of its work. */
const POLITE = `trap 'exit 0' HUP TERM; while :; do sleep 0.1; done`;

let own: Installation;

/** A test that fails shows what systemd and its services have said. */
const told = async (body: () => Promise<void>): Promise<void> => {
  try {
    await body();
  } catch (error) {
    if (error instanceof Error) error.message += `\n--- systemd said ---\n${own.systemd.output.slice(-6000)}`;
    throw error;
  }
};

suiteOf.before(async () => {
  if (reason !== null) return;
  own = new Installation();
  await own.systemd.ready();
  await own.install('--user', '--shards', '2');
  for (const name of NAMES) own.declare(name, {}, name === 'two' ? POLITE : undefined);
  await told(() => own.systemctl('start'));
});

suiteOf.after(async () => {
  await own?.close();
});

const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(statusOf(pid));
const pids = (): readonly number[] => NAMES.map((name) => own.pidOf(name));
const untilAllRun = (attempt: number): Promise<unknown> =>
  Promise.all(NAMES.map((name) => own.untilRunning(name, attempt)));
const assertAllLive = (before: readonly number[]): void => {
  assert.equal(pids(), before);
  assert.ok(before.every(isAlive));
};
/** What a check wrote into the Project's path: where it ran. */
const seenBy = (file: string): string => readFileSync(join(own.work, file), 'utf8');
const LOOK = 'cat /proc/self/status /proc/self/cgroup /proc/self/mountinfo';
/** The mounts of a process, without the numbers that only this namespace has. */
const mountsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\d+ \d+ \d+:\d+ \S+ (\S+ \S+)/gm)].map(([, mount = '']) => mount);

test('the servers are units of their own that hold the sessions, and share them', () =>
  told(async () => {
    await untilAllRun(1);
    const servers = await Promise.all(SERVERS.map((unit) => own.systemd.mainPid(unit)));
    for (const [index, pid] of servers.entries()) {
      assert.is(readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), 'tmux: server');
      assert.match(groupOf(pid), `/tmuxlet.slice/${SERVERS[index]}`);
    }
    const groups = pids().map(groupOf);
    assert.ok(groups.every((group) => SERVERS.some((unit) => group.endsWith(`/tmuxlet.slice/${unit}`))));
    assert.is(new Set(groups).size, 2);
  }));

test('systemd is told that the controller is ready, and how its Projects are', () =>
  told(async () => {
    assert.is(await own.systemd.property(CONTROLLER, 'ActiveState'), 'active');
    await own.systemctl('restart');
    await untilAllRun(1);
    await own.systemctl('restart');
    await eventually(async () => (await own.systemd.property(CONTROLLER, 'StatusText')) === '3 Running');
  }));

test('restarting, stopping or killing the service ends no session (failure 10)', () =>
  told(async () => {
    const before = pids();
    await own.systemctl('restart');
    await untilAllRun(1);
    assertAllLive(before);
    await own.systemctl('stop');
    assertAllLive(before);
    await own.systemctl('start');
    await untilAllRun(1);
    const controller = await own.systemd.mainPid(CONTROLLER);
    process.kill(controller, 'SIGKILL');
    await eventually(async () => ![0, controller].includes(await own.systemd.mainPid(CONTROLLER)), {
      withinMs: 10_000,
    });
    await untilAllRun(1);
    assertAllLive(before);
  }));

test('after kill -9 of a tmux server systemd starts it anew, and its sessions are resumed', () =>
  told(async () => {
    const [victim, other] = await Promise.all(SERVERS.map((unit) => own.systemd.mainPid(unit)));
    const groups = new Map(NAMES.map((name) => [name, groupOf(own.pidOf(name))]));
    const lost = NAMES.filter((name) => groups.get(name)?.endsWith(SERVERS[0]));
    const kept = NAMES.filter((name) => !lost.includes(name));
    assert.ok(lost.length > 0 && kept.length > 0);
    const before = new Map(NAMES.map((name) => [name, own.pidOf(name)]));
    process.kill(victim ?? 0, 'SIGKILL');
    await Promise.all(lost.map((name) => own.untilRunning(name, 2)));
    for (const name of lost) assert.ok(isAlive(own.pidOf(name)) && own.pidOf(name) !== before.get(name));
    for (const name of kept) assert.is(own.pidOf(name), before.get(name));
    assert.is(await own.systemd.mainPid(SERVERS[1]), other);
    // The server that has them is the one that systemd has started, and no other.
    const server = await own.systemd.mainPid(SERVERS[0]);
    assert.is.not(server, victim);
    const answers = execFileSync('tmux', [
      '-S',
      join(own.stateDir, 'tmux.sock'),
      '-N',
      'display-message',
      '-p',
      '#{pid}',
    ]);
    assert.is(Number(answers), server);
    assert.not((await own.reasons(lost[0] ?? '')).includes('BackOff'));
  }));

test('a controller that hangs is ended by the watchdog and begun anew, and no session notices', () =>
  told(async () => {
    const dropIn = join(own.systemd.units, `${CONTROLLER}.d`);
    mkdirSync(dropIn);
    writeFileSync(join(dropIn, 'soon.conf'), '[Service]\nWatchdogSec=3\n');
    await own.systemd.systemctl('daemon-reload');
    await own.systemctl('restart');
    const before = pids();
    const controller = await own.systemd.mainPid(CONTROLLER);
    const restarts = Number(await own.systemd.property(CONTROLLER, 'NRestarts'));
    // It is fed: a life of more than the watchdog's time.
    const since = performance.now();
    await eventually(() => performance.now() - since > 4_000, { withinMs: 5_000 });
    assert.is(await own.systemd.mainPid(CONTROLLER), controller);
    process.kill(controller, 'SIGSTOP');
    await eventually(async () => ![0, controller].includes(await own.systemd.mainPid(CONTROLLER)), {
      withinMs: 15_000,
    });
    assert.is(Number(await own.systemd.property(CONTROLLER, 'NRestarts')), restarts + 1);
    await Promise.all(NAMES.map((name) => own.untilRunning(name)));
    assertAllLive(before);
    rmSync(dropIn, { recursive: true });
    await own.systemd.systemctl('daemon-reload');
  }));

test('when all was stopped, as for a reboot, starting the controller starts the servers and resumes everything', () =>
  told(async () => {
    const attempts = await Promise.all(NAMES.map((name) => own.attemptOf(name)));
    const before = pids();
    await own.systemd.systemctl('stop', 'tmuxlet.slice');
    assert.not(before.some(isAlive));
    await own.systemctl('start');
    await Promise.all(NAMES.map((name, index) => own.untilRunning(name, (attempts[index] ?? 0) + 1)));
    assert.ok(pids().every(isAlive));
  }));

test("checks and probes run where the sessions do, and not in the controller's sandbox", () =>
  told(async () => {
    own.declare('checked', {
      preflight: { checks: [{ name: 'look', command: `${LOOK} >check` }] },
      heartbeat: { source: 'Exec', command: `${LOOK} >probe`, periodSeconds: 1 },
    });
    await own.untilRunning('checked', 1);
    await eventually(() => existsSync(join(own.work, 'probe')), { withinMs: 10_000 });
    const controller = statusOf(await own.systemd.mainPid(CONTROLLER));
    assert.match(controller, /^NoNewPrivs:\t1$/m);
    assert.match(controller, /^Seccomp:\t2$/m);
    for (const seen of [seenBy('check'), seenBy('probe')]) {
      assert.match(seen, /^NoNewPrivs:\t0$/m);
      assert.match(seen, /^Seccomp:\t0$/m);
      assert.match(seen, /0::.*tmuxlet-tmux@[01]\.service$/m);
    }
  }));

test("the system's units, with the whole sandbox, do the same", () =>
  told(async () => {
    await own.systemd.systemctl('stop', 'tmuxlet.slice');
    await own.install('--user', '--uninstall');
    // A manager of root's own takes the system's units, where root runs them.
    await own.install('--run-as', 'root', '--unit-dir', own.systemd.units);
    own.declare('boxed', {
      terminationGracePeriodSeconds: 2,
      preflight: {
        checks: [{ name: 'look', command: `${LOOK} >boxed-check && touch /var/tmp/boxed && rm /var/tmp/boxed` }],
      },
    });
    await own.systemctl('start');
    await own.untilRunning('boxed', 1);
    const controller = await own.systemd.mainPid(CONTROLLER);
    const mounts = mountsIn(readFileSync(`/proc/${controller}/mountinfo`, 'utf8'));
    assert.ok(mounts.length > 0);
    assert.match(readFileSync(`/proc/${controller}/mountinfo`, 'utf8'), / \/ ro,/);
    const seen = seenBy('boxed-check');
    const pane = readFileSync(`/proc/${own.pidOf('boxed')}/mountinfo`, 'utf8');
    assert.equal(mountsIn(seen), mountsIn(pane));
    assert.match(seen, /0::.*tmuxlet-tmux@0\.service$/m);
    const before = own.pidOf('boxed');
    await own.systemctl('restart');
    await own.untilRunning('boxed', 1);
    assert.is(own.pidOf('boxed'), before);
    // It sees and ends what the sandbox does not hold.
    own.undeclare('boxed');
    await eventually(() => !isAlive(before), { withinMs: 15_000 });
  }));

suiteOf.run();
