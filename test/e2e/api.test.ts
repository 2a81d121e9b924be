import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { apiSocketOf } from '../../src/config.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { operations, problemWith } from '../helpers/described.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Asking, JSON_TYPE, overTcp, overUnix, type Served, stream } from '../helpers/http.ts';

const test = suite('the API of a real controller');

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));

const servedBy = async (controller: ControllerProcess): Promise<Served> => {
  const url = await eventually(() => /^page +(http:\S+)\/$/m.exec(controller.output)?.[1]);
  return { url, socket: apiSocketOf(controller.stateDir) };
};

test('every operation is described, and every answer is as it is described', async () => {
  await withController(async (controller) => {
    controller.declare('web', {
      heartbeat: { source: 'Activity' },
      session: { env: { SECRET: 'hush' }, windows: [{ name: 'main', command: 'echo up; exec sleep 100000' }] },
    });
    controller.declare('odd', { session: { windows: [{ name: 'main', command: 'exit 3' }] }, backoffLimit: 0 });
    writeFileSync(join(controller.manifests, 'torn.json'), '{');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    await controller.untilPhase('odd', 'Failed');
    const served = await servedBy(controller);
    const { id } = await controller.client.request('restart', 'web');
    await eventually(() => controller.acknowledged(id));

    const seen: string[] = [];
    const check = async (operation: string, code: number, asking: Asking = {}, query = ''): Promise<void> => {
      const [method = '', path = ''] = operation.split(' ');
      const real = path.replace('{name}', 'web').replace('{id}', id) + query;
      const answer = await overUnix(served, real, {
        method,
        ...(method !== 'GET' && { headers: JSON_TYPE }),
        ...asking,
      });
      assert.is(answer.code, code, `${operation}: ${answer.body}`);
      assert.is(problemWith(operation, code, JSON.parse(answer.body)), null, `${operation}: ${answer.body}`);
      seen.push(operation);
    };
    for (const operation of operations().filter((each) => each.startsWith('GET '))) await check(operation, 200);
    await check('GET /api/v1/projects', 200, {}, '?limit=1');
    await check('GET /api/v1/projects', 400, {}, '?limit=x');
    await check('GET /api/v1/projects', 406, { headers: { Accept: 'text/css' } });
    await check('POST /api/v1/projects/{name}/restart', 409, { headers: { ...JSON_TYPE, 'If-Match': '0' } });
    await check('POST /api/v1/projects/{name}/restart', 415, { headers: {} });
    for (const path of ['suspend', 'unsuspend']) await check(`POST /api/v1/projects/{name}/${path}`, 200);
    for (const path of ['restart', 'reset']) await check(`POST /api/v1/projects/{name}/${path}`, 202);
    await check('POST /api/v1/confirm-deletions', 202);
    for (const path of ['alerts/test', 'sync', 'plan']) await check(`POST /api/v1/${path}`, 200);
    const refused = await overTcp(served, '/api/v1/plan', { method: 'POST', headers: JSON_TYPE });
    assert.is(problemWith('POST /api/v1/plan', refused.code, JSON.parse(refused.body)), null);

    for (const path of ['/api/v1/projects', '/api/v1/events']) {
      const watching = await stream(served, `${path}?watch=1`);
      await eventually(() => watching.sent.some(({ type }) => type === 'BOOKMARK'));
      for (const { data } of watching.sent) {
        assert.is(problemWith(`GET ${path}`, 200, data, 'text/event-stream'), null, JSON.stringify(data));
      }
      watching.leave();
    }
    await check('DELETE /api/v1/projects/{name}', 202);
    assert.equal([...new Set(seen)].sort(), [...operations()].sort());
    const all = await overTcp(served, '/api/v1/projects');
    assert.not.match(all.body, 'hush');
  });
});

test('an answer that is not as described would be found out', () => {
  const operation = 'GET /api/v1/projects';
  assert.match(problemWith(operation, 200, { kind: 'ProjectList' }) ?? '', 'required');
  assert.match(problemWith(operation, 418, {}) ?? '', 'does not tell of 418');
});

test('a watch goes on over a restart of the controller, or says that it cannot', async () => {
  await withController(async (controller) => {
    controller.declare('web');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const served = await servedBy(controller);
    const first = await stream(served, '/api/v1/events?watch=1');
    await eventually(() => first.sent.some(({ type }) => type === 'BOOKMARK'));
    const id = first.sent.at(-1)?.id ?? '';
    await controller.kill();
    controller.output = '';
    controller.declare('late');
    await controller.start();
    await controller.untilPhase('late', 'Running');
    const again = await servedBy(controller);
    const second = await stream(again, '/api/v1/events?watch=1', { 'Last-Event-ID': id });
    await eventually(() => second.sent.some(({ data }) => data.object['object'] === 'Project/late'));
    assert.not(
      second.sent.some(({ data }) => data.object['object'] === 'Project/web' && data.object['reason'] === 'Created'),
    );
    second.leave();
    const projects = await overTcp(again, '/api/v1/projects?watch=1', { headers: { 'Last-Event-ID': id } });
    assert.is(projects.code, 410);
  });
});

test('people act over TCP by the command line, with the token that the controller made', async () => {
  await withController(async (controller) => {
    controller.declare('web');
    const token = join(controller.stateDir, 'token');
    await controller.start('--token-file', token);
    await controller.untilPhase('web', 'Running');
    const { url } = await servedBy(controller);
    const run = async (...args: string[]): Promise<string> => {
      const env = { PATH: process.env['PATH'], HOME: controller.dir };
      const options = { env, cwd: controller.dir };
      const words = [BIN, '--server', url, ...args];
      const { stdout } = await promisify(execFile)(process.execPath, words, options);
      return stdout;
    };
    const failing = (...args: string[]): Promise<string> =>
      run(...args).then(
        () => 'it worked',
        (error: { stderr: string }) => error.stderr,
      );
    assert.match(await run('get', '-o', 'name'), 'project/web');
    assert.match(await failing('restart', 'web'), '--token-file FILE');
    const withToken = ['--token-file', token];
    assert.match(await run(...withToken, 'restart', 'web'), 'project/web restart');
    await controller.until('web', ({ status }) => status.attempt === 2 && status.phase === 'Running');
    assert.match(await run(...withToken, 'suspend', 'web'), 'project/web suspended');
    await controller.untilPhase('web', 'Suspended');
    assert.match(readFileSync(join(controller.manifests, 'web.json'), 'utf8'), '"suspend": true');
    assert.match(await failing(...withToken, 'logs', 'web'), 'without --server');
    const secret = readFileSync(token, 'utf8').trim();
    assert.not.match(controller.output, secret);
    await controller.stop();

    chmodSync(token, 0o644);
    controller.output = '';
    const child = controller.spawn('--token-file', token);
    await eventually(() => child.exitCode !== null);
    assert.match(controller.output, `chmod 600 ${token}`);
    assert.not.match(controller.output, secret);
  });
});

test('a controller that would be reached from elsewhere must be told that it may', async () => {
  await withController(async (controller) => {
    const child = controller.spawn('--listen', '0.0.0.0:0');
    await eventually(() => child.exitCode !== null);
    assert.is(child.exitCode, 2);
    assert.match(controller.output, '--allow-remote');
  });
});

test.run();
