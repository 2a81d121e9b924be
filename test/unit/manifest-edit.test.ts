import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, parseAllDocuments } from 'yaml';
import { parseManifests } from '../../src/adapters/manifests/parse.ts';
import { replaceProject } from '../../src/adapters/manifests/replace.ts';
import { setSuspend } from '../../src/adapters/manifests/set-field.ts';
import { splitManifests } from '../../src/adapters/manifests/split.ts';
import { takeOut } from '../../src/adapters/manifests/take-out.ts';
import { manifestText } from '../helpers/manifests.ts';

const test = suite('editing manifests');

const blockYaml = `# The web server.
apiVersion: tmuxlet.dev/v1
kind: Project
metadata:
  name: web   # its name
spec:
  # Where it works.
  path: /srv  # the disk
  # What it runs.
  session:
    windows:
      - name: main
        command: |
          serve
`;
const namesIn = (text: string): readonly string[] => parseManifests(text, 'x.yaml').names;
const listOf = (...names: string[]): string =>
  `apiVersion: tmuxlet.dev/v1\nkind: List\nitems:\n${names
    .map((name) => `  # About ${name}.\n  - ${manifestYaml(name).trimEnd().replaceAll('\n', '\n    ')}\n`)
    .join('')}`;
const manifestYaml = (name: string): string => blockYaml.slice(blockYaml.indexOf('\n') + 1).replace('web', name);

test('suspending adds one line behind path, and every comment stays', () => {
  const edited = setSuspend(blockYaml, 'web', true);
  assert.is(edited, blockYaml.replace('# the disk\n', '# the disk\n  suspend: true\n'));
});

test('a value that is there is replaced at its place', () => {
  const suspended = blockYaml.replace('  session:', '  suspend: true # for now\n  session:');
  assert.is(setSuspend(suspended, 'web', false), suspended.replace('suspend: true', 'suspend: false'));
});

test('unsuspending what does not say so changes nothing', () => {
  assert.is(setSuspend(blockYaml, 'web', false), blockYaml);
});

test('JSON stays JSON, one key a line or all in one', () => {
  const lines = manifestText('web');
  assert.is(setSuspend(lines, 'web', true), lines.replace('"/tmp",\n', '"/tmp",\n    "suspend": true,\n'));
  const line = JSON.stringify(JSON.parse(lines));
  assert.is(JSON.parse(setSuspend(line, 'web', true)).spec.suspend, true);
});

test('Windows line ends stay', () => {
  const edited = setSuspend(blockYaml.replaceAll('\n', '\r\n'), 'web', true);
  assert.is(edited.replaceAll('\r\n', '').includes('\n'), false);
  assert.is(parse(edited).spec.suspend, true);
});

test('an alias is left alone: another Project would be changed with it', () => {
  const aliased = blockYaml.replace('spec:', 'spec: &spec');
  const both = `kind: List\nitems:\n  - &a {metadata: {name: a}, spec: &s {path: /}}\n  - {metadata: {name: b}, spec: *s}\n`;
  assert.is(setSuspend(both, 'b', true), both);
  assert.is(parse(setSuspend(aliased, 'web', true)).spec.suspend, true);
});

/** Manifests as people might lay them out. */
const comment = fc.constantFrom('', ' # why', ' # "quoted": {odd}');
const layout = fc.record({
  style: fc.constantFrom('block', 'flow', 'json', 'json-line'),
  suspend: fc.constantFrom(undefined, true, false),
  path: fc.constantFrom('/srv', '"/srv"', "'/srv'", '>-\n    /srv', '|\n    /srv'),
  pathFirst: fc.boolean(),
  notes: fc.tuple(comment, comment, comment),
  names: fc.uniqueArray(fc.constantFrom<string>('web', 'api', 'db'), { minLength: 1 }),
  wrap: fc.constantFrom('documents', 'list'),
  ends: fc.constantFrom('\n', '\r\n'),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

const specLines = ({ suspend, path, pathFirst, notes }: Layout): string[] => {
  const pathLine = `path: ${path}${path.includes('\n') ? '' : notes[0]}`;
  const others = [
    `session: # the windows`,
    `  windows: [{name: main, command: sleep 1}]${notes[1]}`,
    ...(suspend === undefined ? [] : [`suspend: ${suspend}${notes[2]}`]),
  ];
  return pathFirst ? [pathLine, ...others] : [...others, pathLine];
};

const projectLines = (name: string, given: Layout): string[] => {
  const spec = { path: '/srv', session: { windows: [{ name: 'main', command: 'sleep 1' }] } };
  const value = JSON.parse(
    manifestText(name, { ...spec, ...(given.suspend === undefined ? {} : { suspend: given.suspend }) }),
  );
  if (given.style === 'json') return JSON.stringify(value, null, 2).split('\n');
  if (given.style === 'json-line') return [JSON.stringify(value)];
  const head = ['apiVersion: tmuxlet.dev/v1', 'kind: Project', `metadata: {name: ${name}} # ${name}`];
  if (given.style === 'flow')
    return [
      ...head,
      `spec: ${JSON.stringify(value.spec).replaceAll('"', '').replaceAll(',', ', ').replaceAll(':', ': ')}`,
    ];
  const lines = specLines(given).flatMap((line) => line.split('\n'));
  return [...head, '# the spec', 'spec:', ...lines.map((line) => `  ${line}`)];
};

const textOf = (given: Layout): string => {
  const projects = given.names.map((name) => projectLines(name, given));
  const text =
    given.wrap === 'documents'
      ? projects.map((lines) => lines.join('\n')).join('\n---\n')
      : `apiVersion: tmuxlet.dev/v1\nkind: List\nitems:\n${projects.map((lines) => `  # item\n  - ${lines.join('\n    ')}`).join('\n')}`;
  return `${text}\n`.replaceAll('\n', given.ends);
};

const valuesOf = (text: string): unknown[] =>
  [parseAllDocuments(text)].flat().flatMap((document) => {
    const value = document.toJS();
    return value.items ?? [value];
  });

test('setting suspend changes that one value, whatever the layout, and every comment line is still there', () => {
  fc.assert(
    fc.property(layout, fc.nat(2), fc.boolean(), (given, index, suspend) => {
      const text = textOf(given);
      const name = given.names[index % given.names.length] ?? '';
      assert.equal(parseManifests(text, 'x.yaml').errors, []);
      const edited = setSuspend(text, name, suspend);

      const expected = valuesOf(text) as { metadata: { name: string }; spec: { suspend?: boolean } }[];
      for (const project of expected) {
        const isNoop = project.spec.suspend === undefined && !suspend;
        if (project.metadata.name === name && !isNoop) project.spec.suspend = suspend;
      }
      assert.equal(valuesOf(edited), expected);
      const comments = (of: string) => of.split(/\r?\n/).flatMap((line) => /#.*/.exec(line) ?? []);
      assert.equal(comments(edited), comments(text));
    }),
  );
});

test('taking a Project out leaves the others to the byte, and nothing of the last', () => {
  fc.assert(
    fc.property(layout, fc.nat(2), (given, index) => {
      const text = textOf(given);
      const name = given.names[index % given.names.length] ?? '';
      const left = takeOut(text, name);
      const expected = parseManifests(text, '/m/x.yaml').projects.filter(({ metadata }) => metadata.name !== name);
      if (expected.length === 0) {
        assert.is(left, null);
        return;
      }
      assert.equal(parseManifests(String(left), '/m/x.yaml'), {
        projects: expected,
        names: expected.map(({ metadata }) => metadata.name),
        errors: [],
      });
    }),
  );
});

test('a Project taken out of a list takes the comment above it along, and leaves the next one its own', () => {
  const left = String(takeOut(listOf('a', 'b', 'c'), 'b'));
  assert.equal(namesIn(left), ['a', 'c']);
  assert.equal([left.includes('About a'), left.includes('About b'), left.includes('About c')], [true, false, true]);
});

test('splitting gives each Project a document of its own that says the same', () => {
  fc.assert(
    fc.property(layout, (given) => {
      const text = textOf(given);
      const singles = splitManifests(text, '/m/x.yaml');
      const { projects } = parseManifests(text, '/m/x.yaml');
      assert.equal(
        singles.map(({ project }) => project),
        projects,
      );
      for (const single of singles) {
        assert.equal(parseManifests(single.text, '/elsewhere/y.yaml').projects, [single.project]);
        if (single.format === 'json') JSON.parse(single.text);
      }
    }),
  );
});

test('splitting roots a relative path, so that the text means the same in another folder', () => {
  const [single] = splitManifests(blockYaml.replace('/srv', '../srv'), '/home/me/web.yaml');
  assert.is(single?.text, blockYaml.replace('/srv', '"/home/srv"'));
});

test('splitting leaves out what only the controller writes', () => {
  const item = { ...JSON.parse(manifestText('web')), status: { phase: 'Running' } };
  item.metadata.uid = 'u';
  const [single] = splitManifests(JSON.stringify(item), '/m/web.json');
  assert.equal(JSON.parse(String(single?.text)), JSON.parse(manifestText('web')));
});

test('splitting a text that is not in order says every problem, without a stack trace', () => {
  assert.throws(
    () => splitManifests(manifestText('web', { pth: 1, colour: 2 }), 'web.json'),
    (error: Error) => error.name === 'UserError' && error.message.split('\n').length === 2,
  );
});

test('replacing a Project leaves the others as they are, whatever the layouts', () => {
  fc.assert(
    fc.property(
      layout,
      layout,
      fc.nat(2),
      fc.constantFrom('json' as const, 'yaml' as const),
      (given, other, index, kind) => {
        const name = given.names[index % given.names.length] ?? '';
        const [single] = splitManifests(textOf({ ...other, names: [name], suspend: true }), '/m/x.yaml');
        assert.ok(single);
        const text = textOf(given);
        const edited = parseManifests(replaceProject(text, single, kind), '/m/x.yaml');
        const expected = parseManifests(text, '/m/x.yaml').projects.map((project) =>
          project.metadata.name === name ? single.project : project,
        );
        assert.equal([edited.errors, edited.projects], [[], expected]);
      },
    ),
  );
});

test('an item that merges what stands elsewhere in its file is taken apart from it whole', () => {
  const text = `apiVersion: tmuxlet.dev/v1\nkind: List\nitems:\n  - &web ${JSON.stringify(JSON.parse(manifestText('web')))}\n  - <<: *web\n    metadata: {name: db}\n`;
  const [, db] = splitManifests(text, 'f.yaml');
  assert.equal(parse(db?.text ?? '').metadata, { name: 'db' });
  assert.equal(parse(db?.text ?? '').spec.path, '/tmp');
});

test.run();
