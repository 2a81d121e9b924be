import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { baseEnvironmentOf, recordBaseEnvironment } from '../../src/adapters/base-environment.ts';
import { knownOwner, ownerId } from '../../src/adapters/identity.ts';
import { demandOwnDirectory } from '../../src/adapters/own-directory.ts';
import { UserError } from '../../src/api/errors.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const newFolder = (name: string): string => {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
};
const messageOfUserError = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    assert.instance(error, UserError);
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

const test = suite('state directory');

test.after(folder.remove);

test('the owner id is made once and read ever after', () => {
  const stateDir = join(folder.path, 'not-made-yet');
  const id = ownerId(stateDir);
  assert.match(id, /^[0-9a-f]{8}-/);
  assert.is(ownerId(stateDir), id);
  assert.equal(readdirSync(stateDir), ['owner']);
  assert.is(statSync(stateDir).mode & 0o777, 0o700);
});

test('of several that start at once all have the one owner id', async () => {
  const stateDir = newFolder('contended');
  const script = `
    import { ownerId } from ${JSON.stringify(import.meta.resolve('../../src/adapters/identity.ts'))};
    console.log(ownerId(process.argv[1]));`;
  const ids = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, stateDir]);
      const [said] = await once(child.stdout, 'data');
      return String(said).trim();
    }),
  );
  assert.is(new Set(ids).size, 1);
  assert.is(ids[0], ownerId(stateDir));
});

test('who only looks takes a torn owner file for no id either', () => {
  const stateDir = newFolder('looked-at');
  assert.is(knownOwner(stateDir), null);
  writeFileSync(join(stateDir, 'owner'), '{"not": "an id"}');
  assert.match(
    messageOfUserError(() => knownOwner(stateDir)),
    'holds no owner id',
  );
});

test('an owner file that is torn or empty is an error, and is left as it is', () => {
  const stateDir = newFolder('torn');
  const file = join(stateDir, 'owner');
  for (const text of ['', '\n', 'd9b2d63d-a233-4123']) {
    writeFileSync(file, text);
    assert.match(
      messageOfUserError(() => ownerId(stateDir)),
      file,
    );
    assert.is(readFileSync(file, 'utf8'), text);
  }
});

test('the base environment has what belongs to the person, not to terminal, log-in or npm', () => {
  const environment = baseEnvironmentOf({
    PATH: '/home/me/p/node_modules/.bin:/home/me/p/node_modules/npm/node-gyp-bin:/usr/bin:bin::/usr/bin:/bin',
    HOME: '/home/me',
    LANG: 'de_DE.UTF-8',
    LC_TIME: 'C',
    https_proxy: 'http://proxy:3128',
    NO_PROXY: 'localhost',
    XDG_CONFIG_HOME: '/home/me/.config',
    XDG_RUNTIME_DIR: '/run/user/1000',
    XDG_SESSION_ID: '7',
    TERM: 'xterm',
    TMUX: '/tmp/tmux-0/default,1,0',
    SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22',
    npm_config_registry: 'x',
    TMUXLET_UID: 'of an outer session',
    SECRET_TOKEN: 'hunter2',
    TZ: undefined,
  });
  assert.equal(environment, {
    PATH: '/usr/bin:/bin',
    HOME: '/home/me',
    LANG: 'de_DE.UTF-8',
    LC_TIME: 'C',
    https_proxy: 'http://proxy:3128',
    NO_PROXY: 'localhost',
    XDG_CONFIG_HOME: '/home/me/.config',
    XDG_RUNTIME_DIR: '/run/user/1000',
  });
});

test('an environment without a usable PATH gets an ordinary one', () => {
  assert.is(baseEnvironmentOf({}).PATH, '/usr/local/bin:/usr/bin:/bin');
  assert.is(baseEnvironmentOf({ PATH: '/p/node_modules/.bin' }).PATH, '/usr/local/bin:/usr/bin:/bin');
});

test('the base environment is recorded the first time, and whoever starts later changes nothing', () => {
  const stateDir = newFolder('recorded');
  const first = recordBaseEnvironment(stateDir, { PATH: '/bin', HOME: '/root' });
  assert.equal(first, { PATH: '/bin', HOME: '/root' });
  assert.equal(recordBaseEnvironment(stateDir, { PATH: '/other', HOME: '/home/other', TZ: 'UTC' }), first);
  assert.is(statSync(join(stateDir, 'base-env.json')).mode & 0o777, 0o600);
});

test('people may edit the base environment, and are told the line of a mistake', () => {
  const stateDir = newFolder('edited');
  const file = join(stateDir, 'base-env.json');
  const messageFor = (text: string): string => {
    writeFileSync(file, text);
    return messageOfUserError(() => recordBaseEnvironment(stateDir, {}));
  };
  writeFileSync(file, '{\n  "PATH": "/bin",\n  "EDITOR": "vi"\n}\n');
  assert.equal(recordBaseEnvironment(stateDir, {}), { PATH: '/bin', EDITOR: 'vi' });
  assert.match(messageFor('{\n  "PATH": "/bin",\n  "EDITOR": 7\n}\n'), `${file}:3: EDITOR: must be a string`);
  assert.match(messageFor('{\n  "PATH": "/bin",\n  "A B": "x"\n}\n'), `${file}:3: A B: must be a name`);
  assert.match(messageFor('{\n  "PATH": "/bin",\n  "EDITOR": "vi\n'), new RegExp(`^${file}:\\d+: `));
  assert.match(messageFor('["PATH"]'), `${file}:1: must be an object`);
  assert.match(messageFor(''), `${file}:1: must be an object`);
});

test('a state directory that others can write to is refused: their links would stand for our files', () => {
  const path = join(folder.path, 'open');
  demandOwnDirectory(path);
  assert.is(statSync(path).mode & 0o777, 0o700);
  for (const mode of [0o770, 0o702, 0o777]) {
    chmodSync(path, mode);
    assert.throws(() => demandOwnDirectory(path), `can be written to by others: chmod go-w ${path}`);
  }
  chmodSync(path, 0o755);
  demandOwnDirectory(path);
  assert.throws(
    () => demandOwnDirectory(join(folder.path, 'not-made-yet', 'owner')),
    'cannot make the state directory',
  );
});

test.run();
