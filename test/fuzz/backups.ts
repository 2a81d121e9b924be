import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Header } from 'tar';
import { openStore } from '../../src/store/store.ts';
import { cli } from '../helpers/cli.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear, same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
import { type ByteChange, byteChanges, changedBytes } from './mutations.ts';

/** An entry as somebody may put it into an archive who means harm. */
interface Extra {
  readonly path: string;
  readonly type: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice' | 'FIFO';
  readonly linkpath: string;
  readonly content: string;
  /** The table of contents knows it, with its checksum. */
  readonly listed: boolean;
}

interface Given {
  readonly extras: readonly Extra[];
  /** Changes of the archive before it is packed, and after. */
  readonly inside: readonly ByteChange[];
  readonly outside: readonly ByteChange[];
  readonly dryRun: boolean;
}

const PATHS = [
  '../x',
  '/tmp/x',
  'state/../../x',
  'a\0b',
  '.',
  '..',
  '',
  'x'.repeat(300),
  'state/web.json/x',
  'tmuxlet.db',
  'owner',
];
const extra: fc.Arbitrary<Extra> = fc.record({
  path: fc.constantFrom(
    ...PATHS,
    'state/x.json',
    'manifests/../../x.json',
    'manifests/a/b.json',
    '\u001b[2J',
    'tmux.conf',
    'tmuxlet.sock',
  ),
  type: fc.constantFrom('File', 'SymbolicLink', 'Link', 'Directory', 'CharacterDevice', 'FIFO'),
  linkpath: fc.constantFrom('/etc', '..', '/tmp/x', 'owner', ''),
  content: fc.constantFrom('', 'x', '{}', 'y'.repeat(100_000)),
  listed: fc.boolean(),
});

const TOKENS = [
  '../',
  '\0\0\0\0',
  '00000000000',
  '77777777777',
  'ustar',
  '"version": 2',
  '"files": {',
  '"schema": 99',
  '1',
];

const block = (content: Buffer): Buffer => Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);

const entry = (fields: { path: string; type: string; linkpath: string }, content: Buffer): Buffer => {
  const head = Buffer.alloc(512);
  const header = new Header({ ...fields, size: content.length, mode: 0o644, mtime: new Date(0) } as never);
  header.encode(head, 0);
  return Buffer.concat([head, block(content)]);
};

/** The entries of an archive, each with its head. */
const entriesOf = (tar: Buffer): readonly { readonly head: Header; readonly content: Buffer }[] => {
  const entries = [];
  for (let at = 0; at + 512 <= tar.length; ) {
    const head = new Header(tar, at);
    if (head.nullBlock || head.size === undefined) break;
    entries.push({ head, content: tar.subarray(at + 512, at + 512 + head.size) });
    at += 512 + Math.ceil(head.size / 512) * 512;
  }
  return entries;
};

const withExtras = (tar: Buffer, extras: readonly Extra[]): Buffer => {
  const [contents, ...others] = entriesOf(tar);
  const table = JSON.parse(String(contents?.content)) as { files: Record<string, string> };
  for (const { path, content, listed } of extras) {
    if (listed) table.files[path] = createHash('sha256').update(content).digest('hex');
  }
  const parts = [entry({ path: 'backup.json', type: 'File', linkpath: '' }, Buffer.from(JSON.stringify(table)))];
  for (const { head, content } of others)
    parts.push(entry({ path: head.path ?? '', type: 'File', linkpath: '' }, content));
  for (const { content, ...fields } of extras)
    parts.push(entry(fields, Buffer.from(fields.type === 'File' ? content : '')));
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
};

/** Every file below a folder, and what is in it. */
const below = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')] as const),
  );

export const backups: Fuzz = fuzz<Given>({
  name: 'backups',
  claim: 'an archive that is torn, changed or made to do harm is refused by its path, and nothing is touched',
  share: 0.3,
  most: 3000,
  withinMs: 5000,
  arbitrary: fc.record({
    extras: fc.array(extra, { maxLength: 2 }),
    inside: fc.oneof({ weight: 2, arbitrary: fc.constant<readonly ByteChange[]>([]) }, byteChanges(TOKENS)),
    outside: fc.oneof({ weight: 4, arbitrary: fc.constant<readonly ByteChange[]>([]) }, byteChanges(['\x1f\x8b'])),
    dryRun: fc.boolean(),
  }),
  async open() {
    const { path, remove } = temporaryFolder();
    const [from, into] = [join(path, 'from'), join(path, 'into')];
    for (const folder of ['state', 'manifests']) mkdirSync(join(from, folder), { recursive: true });
    writeFileSync(join(from, 'manifests', 'web.json'), JSON.stringify(manifestOf('web')));
    const store = openStore(join(from, 'tmuxlet.db'), { now: Date.now });
    addProject(store, manifestOf('web'));
    store.close();
    const file = join(path, 'b.tar.gz');
    const { err } = await cli(['backup', file, '--state-dir', from], { cwd: path });
    if (!readdirSync(path).includes('b.tar.gz')) throw new Error(err);
    const tar = gunzipSync(readFileSync(file));
    const home = readdirSync(path);
    return {
      check: async ({ extras, inside, outside, dryRun }) => {
        writeFileSync(
          file,
          changedBytes(gzipSync(changedBytes(withExtras(tar, extras), inside), { level: 1 }), outside),
        );
        rmSync(into, { recursive: true, force: true });
        mkdirSync(join(into, 'manifests'), { recursive: true, mode: 0o700 });
        writeFileSync(join(into, 'manifests', 'mine.json'), 'as it was');
        const before = below(into);
        const { code, err } = await cli(['restore', file, '--state-dir', into, ...(dryRun ? ['--dry-run'] : [])], {
          cwd: path,
        });
        const after = below(into);
        same(after.get(join(into, 'manifests', 'mine.json')), before.get(join(into, 'manifests', 'mine.json')), 'mine');
        const left = readdirSync(path).filter((name) => !home.includes(name) && name !== 'into');
        same(left, [], 'something got out of the state directory');
        if (code === 0) {
          return;
        }
        demandClear(err);
        if (!err.includes(file) && !err.includes(into)) throw new Error(`it names no file: ${err}`);
        same(after.has(join(into, 'tmuxlet.db')), false, 'a database was put in place all the same');
      },
      close: remove,
    };
  },
});
