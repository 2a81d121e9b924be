import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { z } from 'zod';
import { withController } from '../helpers/controller.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

/** No container engine is at hand here: the files are linted, and what runs inside is run outside. */
const test = suite('deploy/docker');

const folder = resolve('deploy/docker');
const composeFile = join(folder, 'compose.yaml');
const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');

/** Each instruction of the Dockerfile as one line, comments left out. */
const instructions = dockerfile
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\s*\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line !== '');
const argumentsOf = (name: string): readonly string[] =>
  instructions.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string().optional(),
      build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
      network_mode: z.string().optional(),
      command: z.array(z.string()).optional(),
      volumes: z.array(z.string()),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});
const compose = Compose.parse(parse(readFileSync(composeFile, 'utf8')));
const services = Object.entries(compose.services);

/** What dclint's types say, which it does not ship whole. */
interface Linted {
  readonly messages: readonly { readonly rule: string; readonly line: number; readonly message: string }[];
}

const complaints = (file: string): readonly string[] =>
  new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] })
    .lintFiles([file], false)
    .flatMap(({ messages }: Linted) => messages.map(({ rule, line, message }) => `${line}: ${rule}: ${message}`));

test('the Dockerfile has no mistake that dockerfile-utils knows', () => {
  assert.equal(validate(dockerfile), []);
  assert.is(validate(`${dockerfile}\nNONSENSE x`).length, 1, 'it does find one');
});

test('the image runs as an ordinary user, under a process 1 that reaps, and tells its health', () => {
  assert.equal(argumentsOf('USER'), ['node']);
  assert.equal(argumentsOf('ENTRYPOINT'), ['["tini", "--", "tmuxlet"]']);
  assert.equal(argumentsOf('CMD'), ['["run"]']);
  assert.match(argumentsOf('HEALTHCHECK')[0] ?? '', /CMD \["node", "\/opt\/tmuxlet\/healthcheck\.mjs"\]$/);
});

test('images are named by version, packages come without what they only recommend, and lists are removed', () => {
  for (const image of [...argumentsOf('FROM'), ...services.flatMap(([, { image }]) => image ?? [])]) {
    assert.match(image, /:(v?\d+\.\d+\.\d+|\$\{NODE_VERSION\}-\$\{DEBIAN\}-slim)( AS \w+)?$/);
  }
  assert.match(argumentsOf('ARG').join('\n'), /^NODE_VERSION=\d+\.\d+\.\d+$/m);
  for (const run of argumentsOf('RUN').filter((line) => line.includes('apt-get install'))) {
    assert.match(
      run,
      /^apt-get update && apt-get install --yes --no-install-recommends .* && rm -rf \/var\/lib\/apt\/lists/,
    );
  }
  assert.equal(argumentsOf('ADD'), []);
});

test('it is built with the Node that tmuxlet is tested with', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: { node: string } };
  assert.ok(argumentsOf('ARG').includes(`NODE_VERSION=${devDependencies.node}`));
});

test('what is copied into the image is there, and not kept out of the build', () => {
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
  const copied = argumentsOf('COPY')
    .filter((copy) => !copy.startsWith('--from'))
    .flatMap((copy) => copy.split(' ').slice(0, -1));
  assert.ok(copied.length >= 4);
  for (const path of copied) {
    assert.ok(existsSync(path), path);
    assert.not(ignored.includes(path.split('/')[0] ?? ''), path);
  }
  for (const path of ['.git', '.tmuxlet', '**/node_modules']) assert.ok(ignored.includes(path), path);
});

test('the compose file has nothing that dclint complains about', () => {
  assert.equal(complaints(composeFile), []);
  const { path, remove } = temporaryFolder();
  writeFileSync(join(path, 'compose.yaml'), 'services:\n  a:\n    image: nginx\n    ports: [80:80]\n');
  assert.ok(complaints(join(path, 'compose.yaml')).length > 0, 'it does complain');
  remove();
});

test('every file and folder that the compose file names is there, and every volume declared', () => {
  for (const [name, { build, volumes }] of services) {
    if (build) assert.ok(existsSync(resolve(folder, build.context, build.dockerfile)), name);
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      assert.ok(source.startsWith('.') ? existsSync(resolve(folder, source)) : source in compose.volumes, volume);
    }
  }
});

test('nothing listens but on the loopback of the host', () => {
  for (const [name, { network_mode, command = [] }] of services) {
    assert.is(network_mode, 'host', name);
    for (const flag of command.filter((each) => each.includes('listen-address='))) {
      assert.match(flag, /=(127\.0\.0\.1:\d+)?$/);
    }
  }
  assert.match(readFileSync(composeFile, 'utf8'), /GF_SERVER_HTTP_ADDR: 127\.0\.0\.1$/m);
});

test('files that are mounted lie where those that name them look', () => {
  const targets = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')[1] ?? ''));
  const Provider = z.object({ providers: z.array(z.object({ options: z.object({ path: z.string() }) })) });
  const { providers } = Provider.parse(parse(readFileSync('grafana/provisioning/dashboards/tmuxlet.yaml', 'utf8')));
  for (const { options } of providers) assert.ok(targets.includes(options.path), options.path);
  const Rules = z.object({ rule_files: z.array(z.string()) });
  for (const file of Rules.parse(parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8'))).rule_files) {
    assert.ok(targets.includes(join('/etc/prometheus', dirname(file))), file);
  }
});

test('the health check follows the controller', () =>
  withController(async (controller) => {
    const check = (): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, [join(folder, 'healthcheck.mjs')], {
        env: { TMUXLET_STATE_DIR: controller.stateDir },
        encoding: 'utf8',
      });
    assert.is(check().status, 1, 'before it runs');
    await controller.start();
    const { status, stdout } = check();
    assert.is(status, 0, String(stdout));
    await controller.kill();
    assert.is(check().status, 1, 'after it was killed');
  }));

test.run();
