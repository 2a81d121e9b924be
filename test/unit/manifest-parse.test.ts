import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseManifests } from '../../src/adapters/manifests/parse.ts';
import { manifestText } from '../helpers/manifests.ts';

const test = suite('parsing manifests');
const errorsOf = (text: string, file = 'web.json'): readonly string[] => parseManifests(text, file).errors;
const yaml = (name: string): string =>
  `apiVersion: tmuxlet.dev/v1\nkind: Project\nmetadata: {name: ${name}}\nspec: {path: /srv, session: {windows: [{name: m, command: x}]}}\n`;

test('every problem of a file is told at once, each at its line and column, in order', () => {
  const text = `{
  "apiVersion": "tmuxlet.dev/v1",
  "kind": "Project",
  "metadata": { "name": "web" },
  "spec": {
    "resumePolcy": "Always",
    "restartPolicy": "onfailure",
    "session": { "windows": [{ "name": "a", "command": 5, "env": { "1a": "x" }, "primry": true }] },
    "backoff": { "initialSeconds": -1 }
  }
}`;
  assert.equal(errorsOf(text), [
    'web.json:5:3: spec.path: is required',
    'web.json:6:5: spec.resumePolcy: unknown key; did you mean "resumePolicy"?',
    'web.json:7:22: spec.restartPolicy: must be one of "Always", "OnFailure", "Never"; did you mean "OnFailure"?',
    'web.json:8:56: spec.session.windows[0].command: must be a command line (a string) or an argv (a list of strings)',
    'web.json:8:68: spec.session.windows[0].env.1a: must be a name of an environment variable',
    'web.json:8:81: spec.session.windows[0].primry: unknown key; did you mean "primary"?',
    'web.json:9:36: spec.backoff.initialSeconds: expected number to be >=0',
  ]);
});

test('a key that is nothing like any known one gets no suggestion', () => {
  const [error] = errorsOf(manifestText('web', { colour: 'red' }));
  assert.match(String(error), /spec\.colour: unknown key$/);
});

test('a key given twice is an error', () => {
  assert.equal(errorsOf('{\n  "kind": "Project",\n  "kind": "List"\n}'), ['web.json:3:3: kind: is given twice']);
  assert.equal(errorsOf('" a: b": 1\n" a: b": 2\n"": 1\n"": 2'), [
    'web.json:2:1: [" a: b"]: is given twice',
    'web.json:4:1: [""]: is given twice',
  ]);
});

test('names that tmux would change are refused (failure 67)', () => {
  for (const name of ['a.b:c', 'Web', '-a', 'a-', 'a'.repeat(64), '']) {
    assert.match(String(errorsOf(manifestText(name))), 'metadata.name: must be a DNS-1123 label');
  }
});

test('a text that ends in the middle is one error, and the name before the end is known (failure 52)', () => {
  const text = manifestText('web');
  for (let length = 1; length < text.trimEnd().length; length += 1) {
    const { projects, errors } = parseManifests(text.slice(0, length), 'web.json');
    assert.equal([projects.length, errors.length > 0], [0, true]);
  }
  const torn = parseManifests(text.slice(0, text.indexOf('"session"')), 'web.json');
  assert.equal(torn.names, ['web']);
});

test('an empty file, or one of comments only, is an error: it is no wish to delete', () => {
  for (const text of ['', '\n', '# kind: Project\n', '---\n']) {
    assert.equal(errorsOf(text), ['web.json:1:1: declares no Project; remove the file to delete its Projects']);
  }
});

test('several documents and lists declare several Projects', () => {
  const list = `apiVersion: tmuxlet.dev/v1\nkind: List\nitems:\n${['b', 'c'].map((name) => `  - ${yaml(name).trimEnd().replaceAll('\n', '\n    ')}\n`).join('')}`;
  const { projects, names, errors } = parseManifests(`# first\n${yaml('a')}---\n${list}---\n`, 'all.yaml');
  assert.equal(errors, []);
  assert.equal(names, ['a', 'b', 'c']);
  assert.equal(
    projects.map(({ metadata }) => metadata.name),
    ['a', 'b', 'c'],
  );
});

test('one bad item makes the whole file bad, and every name in it is still known (I6)', () => {
  const { projects, names, errors } = parseManifests(
    `${yaml('a')}---\n${yaml('b').replace('command', 'comand')}`,
    'x.yaml',
  );
  assert.equal(projects, []);
  assert.equal(names, ['a', 'b']);
  assert.equal(errors, [
    'x.yaml:9:40: spec.session.windows[0].command: is required',
    'x.yaml:9:50: spec.session.windows[0].comand: unknown key; did you mean "command"?',
  ]);
});

test('one name twice in a file is an error', () => {
  assert.equal(errorsOf(`${yaml('a')}---\n${yaml('a')}`, 'x.yaml'), [
    'x.yaml:8:18: metadata.name: "a" is declared twice in this file',
  ]);
});

test('a relative spec.path is meant from the folder of the manifest', () => {
  const { projects } = parseManifests(manifestText('web', { path: '../work' }), '/etc/tmuxlet/web.json');
  assert.is(projects[0]?.spec.path, '/etc/work');
});

test('JSON with tabs and a byte order mark is read', () => {
  const text = `\uFEFF${manifestText('web').replaceAll('  ', '\t')}`;
  assert.equal(parseManifests(text, 'web.json').names, ['web']);
  assert.equal(errorsOf(text), []);
});

test('anchors, aliases and merge keys are understood; aliases that multiply without end are refused', () => {
  const anchored = yaml('a')
    .replace('command: x', 'command: x, env: &e {A: "1"}')
    .replace('}]}}', '}, {name: n, command: y, env: {<<: *e}}]}}');
  assert.equal(parseManifests(anchored, 'x.yaml').projects[0]?.spec.session.windows[1]?.env, { A: '1' });
  const bomb = [
    'a: &a [1,1,1,1,1,1,1,1,1]',
    'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
    'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
    'd: [*c,*c,*c,*c]',
  ];
  assert.match(String(errorsOf(bomb.join('\n'))), /^web\.json:1:1: Excessive alias count/);
});

test('what `get -o yaml` prints is a manifest again', () => {
  const item = { ...JSON.parse(manifestText('web')), status: { phase: 'Running' } };
  item.metadata = { name: 'web', uid: 'u', generation: 2, resourceVersion: '7' };
  const list = JSON.stringify({ apiVersion: 'tmuxlet.dev/v1', kind: 'ProjectList', items: [item] });
  assert.equal(errorsOf(list), []);
});

test('a map of tens of thousands of keys takes no longer than others of its size, and the first problems are told', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `"key${index}": 1`);
  const began = performance.now();
  const errors = errorsOf(`{${keys.join(',')}}`);
  assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
  assert.is(errors.length, 21);
  assert.match(String(errors.at(-1)), /there are more problems; mend these first$/);
});

test('what is nested beyond all measure is said to be so', () => {
  assert.match(String(errorsOf('['.repeat(20_000))), /^web\.json:1:\d+: is nested too deeply$/);
});

test('what a terminal would obey is written out in errors', () => {
  const name = 'metadata: {name: "a\\u001b[2Jb"}\n';
  assert.match(String(errorsOf(`${name}---\n${name}`)), '"a\\u001b[2Jb" is declared twice');
});

test('a NUL is refused where it would end up in a path or a command', () => {
  const windows = [{ name: 'main', command: ['a', 'b\0'], cwd: '\0', env: { A: '\0' } }];
  const errors = errorsOf(manifestText('web', { path: '/a\0', session: { windows } }));
  assert.equal(
    errors.map((error) => /: (spec\.\S+): must not hold a NUL character$/.exec(error)?.[1]),
    ['path', 'session.windows[0].command[1]', 'session.windows[0].cwd', 'session.windows[0].env.A'].map(
      (field) => `spec.${field}`,
    ),
  );
});

test('a kind that is a tree with what makes no sense in it is an error like others', () => {
  for (const text of ['kind:\n  a: [<<: 1]\n  a: 2\n', 'kind:\n  - <<: *web\n  b\n']) {
    assert.match(String(errorsOf(text)), /^web\.json:\d+:\d+: /);
  }
});

test.run();
