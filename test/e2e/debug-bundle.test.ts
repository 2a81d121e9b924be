import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../helpers/cli.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('debug bundle');

/** A secret of every kind, each where people have it. */
const SECRETS = {
  manifestEnv: 'hunter2-in-the-manifest',
  windowEnv: 'hunter2 "quoted" \\ in the window',
  envFile: 'hunter2-in-the-env-file',
  webhook: 'hunter2-in-the-webhook',
  webhookFile: 'hunter2-in-the-webhook-file',
  password: 'hunter2-of-the-mail-server',
  token: 'hunter2-is-the-token-of-the-api-for-all-of-us',
  caller: 'hunter2-of-who-calls',
  inCommand: 'hunter2-in-a-command',
  printed: 'hunter2-on-the-screen',
} as const;

const plant = (controller: ControllerProcess): string => {
  const { dir, work } = controller;
  const keep = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  keep('w/.env', `FROM_FILE=${SECRETS.envFile}\n`);
  controller.declare('well', {
    session: {
      env: { API: SECRETS.manifestEnv },
      envFile: '.env',
      windows: [{ name: 'main', command: 'exec sleep 100000', env: { OTHER: SECRETS.windowEnv } }],
    },
  });
  // On the screen it is in one piece.
  const printed = SECRETS.printed.replace('-', "''-");
  const command = `TOKEN=${SECRETS.inCommand} true; echo ${printed} "$API"; exit 3`;
  const env = { API: SECRETS.manifestEnv };
  controller.declare('stuck', { backoffLimit: 0, session: { env, windows: [{ name: 'main', command }] } });
  mkdirSync(work, { recursive: true });
  return keep(
    'config.json',
    JSON.stringify({
      alerts: {
        cooldownSeconds: 3600,
        email: {
          to: ['ops@example.org'],
          from: 'me@example.org',
          host: '127.0.0.1',
          port: 9,
          user: 'me',
          passwordFile: keep('password', SECRETS.password),
        },
        webhooks: [
          { name: 'plain', url: `http://127.0.0.1:9/services/${SECRETS.webhook}` },
          { name: 'kept', urlFile: keep('url', `http://127.0.0.1:9/${SECRETS.webhookFile}`) },
        ],
      },
      tokenFile: keep('token', SECRETS.token),
    }),
  );
};

/** Makes a bundle, and returns what is in it, by name. */
const bundleOf = async ({ dir, stateDir, manifests }: ControllerProcess, config: string, name: string) => {
  const log = join(dir, 'log');
  const file = join(dir, `${name}.tar.gz`);
  const where = ['--state-dir', stateDir, '--manifests', manifests, '--config', config];
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, MY_API_TOKEN: SECRETS.caller };
  const { code, out, err } = await cli(['debug', 'bundle', file, '--log', log, ...where], { cwd: dir, env });
  assert.equal([code, out], [0, `${file}\n`], err);
  assert.is(statSync(file).mode & 0o777, 0o600);
  const folder = join(dir, `open-${name}`);
  mkdirSync(folder);
  await extract({ cwd: folder, file });
  const files = readdirSync(join(folder, name));
  return { err, files: new Map(files.map((each) => [each, readFileSync(join(folder, name, each), 'utf8')])) };
};

const tellsNothing = (files: ReadonlyMap<string, string>): void => {
  for (const [name, text] of files) {
    for (const secret of Object.values(SECRETS)) {
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
        assert.not(text.includes(form), `${name} tells ${form}`);
      }
    }
  }
};

const EVERYTHING = [
  'about.json',
  'config.json',
  'doctor.json',
  'environment.json',
  'events.json',
  'files.txt',
  'health.json',
  'locks.json',
  'log.txt',
  'manifests.json',
  'metrics.txt',
  'notifications.json',
  'plan.json',
  'projects.json',
  'queues.json',
  'records.json',
  'stuck.json',
  'tmux.json',
];

test('a bundle tells what is wrong and no secret, beside a controller and without one', () =>
  withController(async (controller) => {
    const config = plant(controller);
    await controller.start('--config', config);
    await controller.untilPhase('well', 'Running');
    await controller.untilPhase('stuck', 'Failed');
    await eventually(async () => (await controller.client.describe('stuck')).attempts[0]?.runs[0]?.lastLines != null);
    writeFileSync(join(controller.dir, 'log'), `${controller.output}\nits env was ${SECRETS.manifestEnv}\n`);

    const live = await bundleOf(controller, config, 'live');
    assert.equal([...live.files.keys()].toSorted(), EVERYTHING, live.err);
    tellsNothing(live.files);
    const read = (name: string): unknown => JSON.parse(live.files.get(name) ?? '');
    assert.is((read('about.json') as { controllerRuns: boolean }).controllerRuns, true);
    const [story, ...more] = read('stuck.json') as { project: { metadata: { name: string } } }[];
    assert.equal([story?.project.metadata.name, more], ['stuck', []]);
    assert.ok((read('events.json') as { reason: string }[]).some(({ reason }) => reason === 'BackoffLimitExceeded'));
    assert.match(live.files.get('metrics.txt') ?? '', 'tmuxlet_build_info');
    assert.match(live.files.get('log.txt') ?? '', 'its env was ***');
    assert.match(live.files.get('tmux.json') ?? '', '"name": "well"');

    await controller.stop();
    const alone = await bundleOf(controller, config, 'alone');
    const without = EVERYTHING.filter((name) => name !== 'metrics.txt');
    assert.equal([...alone.files.keys()].toSorted(), [...without, 'missing.txt'].toSorted());
    tellsNothing(alone.files);
    assert.match(alone.files.get('missing.txt') ?? '', /^metrics\.txt: no controller is running .*\n$/);
  }));

test('where nothing was ever run, and where the database is damaged, there is a bundle all the same', () =>
  withController(async (controller) => {
    const config = plant(controller);
    writeFileSync(join(controller.dir, 'log'), '');
    const none = await bundleOf(controller, config, 'none');
    assert.ok(none.files.has('about.json') && none.files.has('doctor.json'));
    tellsNothing(none.files);
    mkdirSync(controller.stateDir, { mode: 0o700 });
    writeFileSync(controller.database, 'no database');
    const damaged = await bundleOf(controller, config, 'damaged');
    assert.match(damaged.files.get('missing.txt') ?? '', /projects\.json: cannot open the database/);
    assert.ok(damaged.files.has('about.json') && damaged.files.has('doctor.json') && damaged.files.has('files.txt'));
    tellsNothing(damaged.files);
  }));

test.run();
