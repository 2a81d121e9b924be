import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { apiSocketOf } from '../../src/config.ts';
import { bareTmux } from '../helpers/bare-tmux.ts';
import { cli, type CliOptions } from '../helpers/cli.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestText } from '../helpers/manifests.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('the command line and a real controller');
const bin = resolve('bin/tmuxlet.js');

/** One call of the command line about the controller's state directory. */
const run = (controller: ControllerProcess, line: string | readonly string[], options: CliOptions = {}) =>
  cli(typeof line === 'string' ? line.split(' ') : line, {
    cwd: controller.work,
    ...options,
    env: { TMUXLET_STATE_DIR: controller.stateDir },
  });

test('run says where page, metrics, socket and manifests are, and they are there, for their owner alone', () =>
  withController(async (controller) => {
    await controller.start();
    const said = (name: string) => new RegExp(`^${name} +(\\S+)$`, 'm').exec(controller.output)?.[1] ?? '';
    await eventually(() => said('manifests') !== '');
    assert.is(said('manifests'), controller.manifests);
    assert.is(said('socket'), apiSocketOf(controller.stateDir));
    assert.match(await (await fetch(said('metrics'))).text(), 'tmuxlet_build_info');
    assert.match(await (await fetch(said('page'))).text(), /<title>.*tmuxlet<\/title>/);
    assert.is(statSync(controller.stateDir).mode & 0o777, 0o700);
    assert.is(statSync(said('socket')).mode & 0o777, 0o600);
  }));

test('a second controller ends with 75 and says who holds the state directory (failure 42)', () =>
  withController(async (controller) => {
    await controller.start();
    const { code, err } = await run(controller, 'run --listen 127.0.0.1:0');
    assert.is(code, 75);
    assert.match(err, `a controller is running already in ${controller.stateDir}: pid ${controller.pid} `);
  }));

test('a controller whose port is taken says so and ends, and gives the state directory back', () =>
  withController(async (controller) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const child = controller.spawn('--listen', `127.0.0.1:${port}`);
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
    assert.is(code, 1);
    assert.match(controller.output, `cannot listen on 127.0.0.1:${port}: it is in use`);
    taken.close();
    await controller.start();
  }));

test('a Project lives its life by the command line: create, look, suspend, restart, delete', () =>
  withController(async (controller) => {
    await controller.start();
    const done = async (line: string | readonly string[], options: CliOptions = {}) => {
      const { code, out, err } = await run(controller, line, options);
      assert.is(code, 0, `${String(line)}: ${err}`);
      return out;
    };
    await done([
      'create',
      'web',
      '--env',
      'TOKEN=abc',
      '--label',
      'team=a',
      '--',
      'echo "token $TOKEN"; exec sleep 1000',
    ]);
    await done('wait web --for condition=Ready');
    assert.match(await done('get -l team=a'), /^web +Running/m);
    assert.match(await done('get sessions'), /^web +Ours +Owned +web +1 +main/m);
    await eventually(async () => /token abc/.test((await run(controller, 'logs web')).out));
    const story = await done('describe web');
    assert.match(story, 'session web, started');
    assert.not.match(story, 'abc');
    assert.is(await done('apply -f -', { stdin: await done('get -o yaml') }), 'project/web unchanged\n');

    await done('suspend web');
    await done('wait web --for phase=Suspended');
    await done('unsuspend web');
    await done('wait web --for phase=Running');
    await done('restart web --wait');
    assert.is(JSON.parse(await done('get project web -o json')).status.attempt, 3);
    assert.match(await done('events web'), 'Suspended');

    await done('delete web');
    assert.equal(controller.sessions(), []);
    assert.is((await run(controller, 'get project web')).code, 1);
  }));

test('what the controller left can be looked at when it has ended', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    assert.is(await controller.stop(), 0);
    for (const line of ['get', 'describe web', 'events', 'plan', 'logs web', 'version']) {
      const { code, err } = await run(controller, line);
      assert.is(code, 0, `${line}: ${err}`);
    }
    assert.match((await run(controller, 'get')).err, 'no controller is running');
    assert.match((await run(controller, 'describe web')).err, 'no controller is running');
    assert.is(controller.sessions().length, 1);
  }));

test('plan says what a controller would do where none ever ran, and leaves nothing behind', async () => {
  const { path, remove } = temporaryFolder();
  try {
    writeFileSync(join(path, 'web.json'), manifestText('web'));
    const env = { TMUXLET_STATE_DIR: join(path, 'state'), TMUXLET_MANIFESTS: path };
    const { code, out, err } = await cli(['plan'], { env });
    assert.is(code, 0, err);
    assert.match(out, /^web +(RunPreflight|StartSession) +/m);
    assert.equal(readdirSync(path), ['web.json']);
  } finally {
    remove();
  }
});

test('on a terminal run shows a live table of Projects, with what happens rolling by above it', () =>
  withController(async (controller) => {
    const terminal = bareTmux(controller.dir);
    controller.declare('web');
    const flags = ['--state-dir', controller.stateDir, '--manifests', controller.manifests, '--listen', '127.0.0.1:0'];
    try {
      // The shell tells the exit code, for tmux loses some.
      const told = ['sh', '-c', 'trap : INT; "$@"; echo "ended with $?"; exec sleep 100', 'sh'];
      await terminal.start('me', 'none', [...told, process.execPath, bin, 'run', ...flags]);
      const table = /^NAME +PHASE +REASON +ATTEMPT +RESTARTS +AGE\nweb +Running +Running +1 +0 +\d+s$/m;
      await eventually(
        async () => {
          const screen = await terminal.screen('me');
          if (!table.test(screen)) throw new Error(`no table in:\n${screen}`);
          return true;
        },
        { withinMs: 20_000, everyMs: 100 },
      );
      const screen = await terminal.screen('me');
      assert.match(screen, /^page +http:/m);
      assert.match(screen, /^\d\d:\d\d:\d\d web Started: /m);
      assert.is(screen.match(/^NAME +PHASE/gm)?.length, 1, `drawn in place:\n${screen}`);
      await terminal.run('send-keys', '-t', '=me:', 'C-c');
      await eventually(async () => /ended with 0$/m.test(await terminal.screen('me')), { withinMs: 10_000 });
      assert.is(controller.sessions().length, 1);
    } finally {
      await terminal.kill();
    }
  }));

test('an answer that nobody reads on is no failure', () =>
  withController(async (controller) => {
    await controller.start();
    const env = { ...process.env, TMUXLET_STATE_DIR: controller.stateDir };
    const line = `'${process.execPath}' '${bin}' get -w | head -n 1; echo "\${PIPESTATUS[0]}"`;
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    const shell = spawn('bash', ['-c', line], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    shell.stdout.on('data', (data) => {
      out += String(data);
    });
    const ended = once(shell, 'exit');
    await eventually(() => out.startsWith('NAME'));
    // The next line meets a pipe that nobody reads.
    controller.declare('other');
    await ended;
    assert.equal(out.split('\n').slice(1), ['0', '']);
  }));

test.run();
