import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { manifestEditor } from '../../src/adapters/manifests/editor.ts';
import { FileReader } from '../../src/adapters/manifests/file-reader.ts';
import { parseManifests } from '../../src/adapters/manifests/parse.ts';
import { splitManifests } from '../../src/adapters/manifests/split.ts';
import { ProjectManifest } from '../../src/api/manifest.ts';
import type { SpecFile } from '../../src/api/ports/manifests.ts';
import { present } from '../../src/api/seen.ts';
import { readSpec } from '../../src/store/project-row.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { goodFile, manifestOf, ManifestWorld } from '../helpers/manifests.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear, orClearError, orClearRejection, same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
import { byteChanges, changedBytes, changedTree, type TreeChange, treeChanges } from './mutations.ts';

const API = { apiVersion: 'tmuxlet.dev/v1', kind: 'Project' };

/** A Project that says something about everything. */
const FULL = {
  ...API,
  metadata: { name: 'web', labels: { team: 'a' }, annotations: { 'tmuxlet.dev/restartedAt': '1' } },
  spec: {
    path: '/srv/web',
    queue: 'builds',
    priority: 5,
    dependsOn: [{ project: 'db', condition: 'Running' }],
    suspend: false,
    session: {
      name: 'web-session',
      env: { A: '1' },
      envFile: 'env',
      windows: [
        { name: 'main', command: ['sh', '-c', 'sleep 1'], cwd: 'sub', env: { B: '2' }, primary: true, logs: false },
        { name: 'side', command: 'sleep 2', resumeCommand: 'sleep 3', stopCommand: 'q', restartPolicy: 'Never' },
      ],
    },
    restartPolicy: 'Always',
    backoffLimit: 3,
    backoff: { initialSeconds: 1, maxSeconds: 2, resetAfterSeconds: 3 },
    startDeadlineSeconds: 9,
    activeDeadlineSeconds: 99,
    heartbeat: { source: 'Exec', command: 'true', onStale: 'Nudge', nudgeText: 'go on', maxExtensions: 2 },
    preflight: { mode: 'Warn', git: 'Clean', commands: ['git'], checks: [{ name: 'disk', command: 'df' }] },
    exitPolicy: [{ exitCodes: [0, 3], action: 'Complete' }],
    terminationGracePeriodSeconds: 1,
    ttlSecondsAfterFinished: 60,
  },
};
const SMALL = {
  ...API,
  metadata: { name: 'db' },
  spec: { path: 'here', session: { windows: [{ name: 'main', command: 'sleep 9' }] } },
};
const TREES: readonly unknown[] = [
  FULL,
  SMALL,
  { apiVersion: API.apiVersion, kind: 'List', items: [SMALL, FULL] },
  { apiVersion: API.apiVersion, kind: 'ProjectList', metadata: {}, items: [FULL] },
];

const LAYOUTS = ['json', 'compact', 'yaml', 'documents'] as const;
type Layout = (typeof LAYOUTS)[number];

const textOf = (tree: unknown, layout: Layout): string => {
  switch (layout) {
    case 'json':
      return `${JSON.stringify(tree, null, 2)}\n`;
    case 'compact':
      return JSON.stringify(tree);
    case 'yaml':
      return stringify(tree);
    case 'documents':
      return `# a comment\n---\n${stringify(tree)}---\n${stringify(SMALL).replace('name: db', 'name: third')}`;
  }
};

const WRITTEN_BY_HAND = `# the team's own
x: &command sleep 1
---
apiVersion: tmuxlet.dev/v1
kind: List
items:
  - &web # first
    apiVersion: tmuxlet.dev/v1
    kind: Project
    metadata: { name: web, labels: &labels { a: b } }
    spec: &spec
      path: "/srv"   # where
      suspend: true
      session:
        windows:
          - name: main
            command: |
              sleep 1
              sleep 2
  - <<: *web
    metadata:
      name: db
      labels: *labels
    spec: { <<: *spec, priority: 0x10 }
`;
/** The same without what only a second look finds wrong. */
const BY_HAND = WRITTEN_BY_HAND.slice(WRITTEN_BY_HAND.indexOf('apiVersion'));

const TOKENS: readonly string[] = [
  '&a |*a|*labels|<<: *web|<<: 1|!!binary |!!set |!!omap |!!timestamp |!foo |!!js/function |? |>- |[|]|{|}|"'.split(
    '|',
  ),
  "---\n|...\n|%YAML 1.1\n---\n|%TAG ! x\n|#|: |- |~|null|1e999|.inf|.nan|0o17|\\u0000|\\ud800|\\x|@|`|'".split('|'),
  'kind|name: web\n|items:|metadata:|  |\u2028|__proto__: {a: 1}\n|constructor: 1\n|/*|//|123456789012345678901'.split(
    '|',
  ),
  ['|', '| '],
].flat();

const TEXTS: readonly string[] = [
  ...TREES.flatMap((tree) => LAYOUTS.map((layout) => textOf(tree, layout))),
  WRITTEN_BY_HAND,
  BY_HAND,
];

const FILE = '/manifests/web.yaml';

/** Ten lists of ten of the list before: of nine levels a parser makes a billion. */
const BOMB = Array.from({ length: 9 }, (_, level) => {
  const items = level === 0 ? Array(10).fill('x') : Array(10).fill(`*l${level - 1}`);
  return `l${level}: &l${level} [${items.join(', ')}]\n`;
}).join('');

export const EXAMPLES: readonly string[] = [
  '',
  '\0',
  '\ufeff',
  '\ufeff{}',
  BOMB,
  `${BOMB}kind: *l8\nmetadata: {name: *l8}\nitems: *l8\n`,
  '&a [*a]',
  'a: &a {b: *a}\nkind: *a\nmetadata: *a\n',
  'kind: *nobody\n',
  'kind: {a: *nobody}\n',
  '*nobody',
  '<<: 1\nkind: Project\n',
  '['.repeat(20_000),
  '{"a":'.repeat(20_000),
  '- '.repeat(20_000),
  '? '.repeat(5000),
  `${'a: '.repeat(300)}b`,
  'metadata: {name: "a\\u001b[2Jb"}\n---\nmetadata: {name: "a\\u001b[2Jb"}\n',
  '!!set {a, b}',
  '!!binary aGVsbG8=',
  '!!timestamp 2001-12-14',
  '[] : 1\n? {a: b}\n: 2\n',
  'kind: List\nitems: 5\n',
  'kind: List\nitems: {a: 1}\n',
  'kind: List\nitems: *x\n',
  '%YAML 9.9\n---\na: 1\n',
  '"\\ud800"',
  'kind:\n  a: [<<: 1]\n  a: 2\n',
  'kind: first\n  a: b\n  - <<: *web\n',
];

/** @throws when a reading of a file says something that must not be said */
const checkReading = (
  { projects, names, errors }: Pick<SpecFile, 'projects' | 'names' | 'errors'>,
  text: string,
): void => {
  if (projects.length > 0 && errors.length > 0) throw new Error(`${projects.length} Projects beside errors`);
  if (names.length > 0 && projects.length + errors.length === 0) throw new Error('neither taken nor refused');
  const lines = text.split('\n').length;
  for (const error of errors) {
    demandClear(error);
    const [, line, column] = /^\/manifests\/web\.yaml:(\d+):(\d+): \S/.exec(error) ?? [];
    if (line === undefined) throw new Error(`it does not say where: ${error}`);
    if (Number(line) < 1 || Number(line) > lines || Number(column) < 1)
      throw new Error(`there is no such place: ${error}`);
  }
  for (const project of projects) {
    if (!names.includes(project.metadata.name)) throw new Error(`${project.metadata.name} is not among the names`);
    same(ProjectManifest.parse(JSON.parse(JSON.stringify(project))), project, 'it reads otherwise once it was stored');
    same(readSpec(JSON.stringify(project.spec)), project.spec, 'its spec reads otherwise once it was stored');
  }
};

/** What is broken changes nothing of what was good (I6). */
const checkKept = (spec: SpecFile): void => {
  const world = new ManifestWorld();
  const before = manifestOf('web', { priority: 77 });
  world.pass([goodFile(FILE, before)]);
  world.wait(60_000);
  world.pass([spec]);
  world.wait(60_000);
  world.pass([spec]);
  const row = world.row('web');
  if (spec.errors.length === 0) return;
  same(row?.spec, before.spec, 'the last good spec is lost');
  if (spec.names.includes('web')) same(row?.deletion, null, 'a broken manifest deletes its Project');
  same(world.rows.length, 1, 'a broken manifest makes a Project');
};

export const checkText = (text: string): void => {
  const parsed = parseManifests(text, FILE);
  checkReading(parsed, text);
  checkKept({ file: FILE, hash: text.slice(0, 100), ...parsed });
  const split = orClearError(() => splitManifests(text, FILE), FILE);
  if (parsed.errors.length > 0) same(typeof split, 'string', 'what cannot be read was taken apart');
};

export const manifestTrees: Fuzz = fuzz<{ tree: number; changes: readonly TreeChange[]; layout: Layout }>({
  name: 'manifest-trees',
  claim: 'a manifest with anything at all in any of its fields is taken, or refused by file, line, column and field',
  share: 12,
  arbitrary: fc.record({
    tree: fc.nat({ max: TREES.length - 1 }),
    changes: treeChanges,
    layout: fc.constantFrom(...LAYOUTS),
  }),
  open: () => ({
    check: ({ tree, changes, layout }) => checkText(textOf(changedTree(TREES[tree], changes) ?? null, layout)),
  }),
});

export const manifestTexts: Fuzz = fuzz<string>({
  name: 'manifest-texts',
  claim: 'a manifest torn, spliced or written in all that YAML knows is taken, or refused by line and column',
  share: 12,
  examples: [...EXAMPLES, `# ${'x'.repeat(5 * 1024 * 1024)}\n`],
  withinMs: 5000,
  arbitrary: fc
    .tuple(fc.constantFrom(...TEXTS), byteChanges(TOKENS))
    .map(([text, changes]) => changedBytes(text, changes).toString('utf8')),
  open: () => ({ check: checkText }),
});

export const manifestFiles: Fuzz = fuzz<Uint8Array>({
  name: 'manifest-files',
  claim: 'a manifest file of any bytes is read or refused, and stays as it is',
  share: 4,
  examples: [Buffer.alloc(5 * 1024 * 1024, '['), Buffer.from([0xff, 0xfe]), Buffer.from(TEXTS[0] ?? '', 'utf16le')],
  arbitrary: fc
    .tuple(fc.constantFrom(...TEXTS), byteChanges(TOKENS))
    .map(([text, changes]): Uint8Array => changedBytes(text, changes)),
  open() {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'web.yaml');
    return {
      check: async (bytes) => {
        writeFileSync(file, bytes);
        const spec = await new FileReader().read(file);
        if (spec.projects.length > 0 && spec.errors.length > 0) throw new Error('taken and refused');
        for (const error of spec.errors) {
          demandClear(error);
          if (!error.startsWith(`${file}:`)) throw new Error(`it does not name the file: ${error}`);
        }
        checkKept({ ...spec, file: FILE });
        if (!readFileSync(file).equals(bytes)) throw new Error('the file was changed');
      },
      close: remove,
    };
  },
});

interface Edit {
  readonly text: string;
  readonly edit: 'suspend' | 'unsuspend' | 'remove' | 'archive' | 'apply';
  readonly name: 'web' | 'db' | 'third';
}

export const manifestEdits: Fuzz = fuzz<Edit>({
  name: 'manifest-edits',
  claim: 'an edit of a manifest file does what it says and nothing else, or leaves every byte as it is',
  share: 4,
  arbitrary: fc.record({
    text: fc
      .tuple(fc.constantFrom(...TEXTS), byteChanges(TOKENS))
      .map(([text, changes]) => changedBytes(text, changes.slice(0, 2)).toString('utf8')),
    edit: fc.constantFrom('suspend', 'unsuspend', 'remove', 'archive', 'apply'),
    name: fc.constantFrom('web', 'db', 'third'),
  }),
  open() {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'f.yaml');
    return {
      check: async ({ text, edit, name }) => {
        writeFileSync(file, text);
        const before = parseManifests(text, file);
        const list = async () => present([{ file, hash: '', ...before }]);
        const editor = manifestEditor({ directory: path, archive: join(path, 'a'), clock: new ManualClock(), list });
        const [wanted] = splitManifests(JSON.stringify({ ...SMALL, metadata: { name } }), file);
        if (wanted === undefined) throw new Error('the manifest to apply is none');
        const work = {
          suspend: () => editor.setSuspend(file, name, true),
          unsuspend: () => editor.setSuspend(file, name, false),
          remove: () => editor.remove(file, name),
          archive: () => editor.archive(file, name),
          apply: () => editor.write(wanted),
        };
        const outcome = await orClearRejection<unknown>(work[edit](), null);
        const after = textIn(file);
        if (typeof outcome === 'string') {
          if (after !== Buffer.from(text).toString('utf8'))
            throw new Error(`refused, and changed all the same: ${outcome}`);
          return;
        }
        const others = before.projects.filter(({ metadata }) => metadata.name !== name);
        const left =
          after === null ? [] : parseManifests(after, file).projects.filter(({ metadata }) => metadata.name !== name);
        if (before.errors.length === 0) same(left, others, 'another Project was changed');
      },
      close: remove,
    };
  },
});

const textIn = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};
