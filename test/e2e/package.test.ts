import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extract, list } from 'tar';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../helpers/temporary.ts';

interface Context {
  readonly folder: string;
  /** What is in the tarball, below its one folder. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** Where it is installed. */
  readonly prefix: string;
  readonly installed: string;
  readonly remove: () => void;
}

const test = suite<Context>('the package');
const root = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  man: readonly string[];
  devDependencies: Record<string, string>;
};

/** Node of this test first, as `#!/usr/bin/env node` finds it; a home in which nothing is set. */
const environment = (home: string): Record<string, string> => ({
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
  HOME: home,
});

/** Packed from a copy, as it would be from a clean clone: nothing is built or left in this one. */
const pack = (folder: string): string => {
  const copy = join(folder, 'copy');
  const names = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  for (const name of names.split('\0').filter((each) => each !== '' && existsSync(join(root, each)))) {
    cpSync(join(root, name), join(copy, name));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  execFileSync('npm', ['pack', '--pack-destination', folder], {
    cwd: copy,
    env: environment(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return join(folder, `tmuxlet-${PACKAGE.version}.tgz`);
};

/**
 * What `npm install PACKAGE` does, without a network: the packages that package.json asks for are those of this clone,
 * which `npm ci` has checked; npm then links the bin, and is asked whether all is as it should be.
 */
const install = (tarball: string, prefix: string): void => {
  mkdirSync(join(prefix, 'node_modules/tmuxlet'), { recursive: true });
  const needed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root, encoding: 'utf8' });
  const folders = needed.split('\n').filter((folder) => folder.startsWith(join(root, 'node_modules')));
  // A package's folder holds those that are nested in it.
  for (const folder of folders.sort()) {
    const target = join(prefix, folder.slice(root.length));
    if (!existsSync(target)) cpSync(folder, target, { recursive: true });
  }
  extract({ file: tarball, cwd: join(prefix, 'node_modules/tmuxlet'), strip: 1, sync: true });
  writeFileSync(join(prefix, 'package.json'), JSON.stringify({ dependencies: { tmuxlet: PACKAGE.version } }));
  execFileSync('npm', ['rebuild', '--ignore-scripts', '--offline'], {
    cwd: prefix,
    env: environment(prefix),
    stdio: 'ignore',
  });
};

test.before((context) => {
  const { path: folder, remove } = temporaryFolder();
  const tarball = pack(folder);
  const files: string[] = [];
  list({ file: tarball, sync: true, onReadEntry: ({ path }) => files.push(path.replace('package/', '')) });
  const prefix = join(folder, 'prefix');
  install(tarball, prefix);
  const installed = join(prefix, 'node_modules/tmuxlet');
  Object.assign(context, { folder, files, bytes: statSync(tarball).size, prefix, installed, remove });
});
test.after(({ remove }) => remove());

/** The program as it is found on PATH after an installation. */
const tmuxlet = ({ prefix }: Context, ...args: readonly string[]) =>
  spawnSync(join(prefix, 'node_modules/.bin/tmuxlet'), args, {
    cwd: prefix,
    env: environment(prefix),
    encoding: 'utf8',
  });

test('holds what is needed to run and to operate it, and nothing else', ({ files, bytes }) => {
  assert.equal(
    [...new Set(files.map((file) => file.split('/')[0] ?? ''))].toSorted((a, b) => (a < b ? -1 : 1)),
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'deploy', 'dist', 'grafana', 'man', 'package.json', 'schema'],
  );
  assert.equal(
    files.filter((file) => /\.(ts|map)$|(^|\/)(tests?|node_modules)\//.test(file)),
    [],
  );
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const compiled = sources.filter((file) => file.endsWith('.ts')).map((file) => `dist/${file.replace(/ts$/, 'js')}`);
  assert.equal(
    compiled.filter((file) => !files.includes(file)),
    [],
  );
  // npm installs a man page that stands in a list, and passes over one that does not.
  for (const file of [
    ...PACKAGE.man.map((page) => page.replace('./', '')),
    'bin/tmuxlet.js',
    'schema/project.schema.json',
  ])
    assert.ok(files.includes(file), file);
  assert.ok(bytes < 1024 * 1024, `${bytes} bytes`);
});

test('finds all that it imports among its own dependencies', ({ prefix }) => {
  const { status, stdout } = spawnSync('npm', ['ls', '--all'], {
    cwd: prefix,
    env: environment(prefix),
    encoding: 'utf8',
  });
  assert.is(status, 0, stdout);
  const there = Object.keys(PACKAGE.devDependencies).filter((name) => existsSync(join(prefix, 'node_modules', name)));
  assert.equal(there, [], 'what is for development only');
});

test('tells its version', (context) => {
  const { status, stdout, stderr } = tmuxlet(context, 'version');
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, `client:     ${PACKAGE.version}\n`);
  assert.ok(
    realpathSync(join(context.prefix, 'node_modules/.bin/tmuxlet')).startsWith(realpathSync(context.installed)),
  );
});

test('runs Projects on real tmux', (context) => {
  const { folder } = context;
  const [manifests, state] = [join(folder, 'm'), join(folder, 's')];
  mkdirSync(manifests);
  const declare = (name: string, command: string): void =>
    writeFileSync(
      join(manifests, `${name}.yaml`),
      JSON.stringify({
        apiVersion: 'tmuxlet.dev/v1',
        kind: 'Project',
        metadata: { name },
        spec: { path: folder, session: { windows: [{ name: 'main', command }] } },
      }),
    );
  declare('lasting', 'exec sleep 100000');
  declare('short', 'echo done');
  const flags = ['--state-dir', state];
  try {
    const run = tmuxlet(context, 'run', '--once', '--manifests', manifests, '--listen', '127.0.0.1:0', ...flags);
    assert.is(run.status, 0, run.stderr);
    const { stdout } = tmuxlet(context, 'get', ...flags);
    assert.match(stdout, /^lasting +Running/m);
    assert.match(stdout, /^short +Completed/m);
    assert.is(tmuxlet(context, 'logs', 'short', ...flags).stdout, 'done\r\n');
    execFileSync('tmux', ['-S', join(state, 'tmux.sock'), 'has-session', '-t', '=lasting']);
  } finally {
    spawnSync('tmux', ['-S', join(state, 'tmux.sock'), 'kill-server']);
  }
});

test('under a Node that is too old it says what to do', ({ installed, prefix }) => {
  const old =
    "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})";
  const bin = join(installed, 'bin/tmuxlet.js');
  const { status, stderr } = spawnSync(process.execPath, ['--import', old, bin, 'version'], {
    cwd: prefix,
    encoding: 'utf8',
  });
  assert.is(status, 2);
  assert.match(
    stderr,
    /^tmuxlet needs Node\.js 22\.22 or newer, and this is 20\.20\.2: .* or install a newer Node\.js\n$/,
  );
});

test.run();
