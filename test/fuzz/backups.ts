import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { cli } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { type Archive, madeBackup, sha256, writeArchive } from './archives.ts';
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

const withExtras = ({ table, entries }: Archive, extras: readonly Extra[]): Buffer => {
  const listed = extras.filter((extra) => extra.listed).map(({ path, content }) => [path, sha256(content)] as const);
  const added = extras.map(({ content, ...extra }) => ({
    ...extra,
    content: Buffer.from(extra.type === 'File' ? content : ''),
  }));
  const files = { ...table.files, ...Object.fromEntries(listed) };
  return writeArchive({ table: { ...table, files }, entries: [...entries, ...added] });
};

/** Every file below a folder, and what is in it. */
const below = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((file) => [file, sha256(readFileSync(file))] as const),
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
    const [file, into] = [join(path, 'b.tar.gz'), join(path, 'into')];
    const archive = await madeBackup();
    return {
      check: async ({ extras, inside, outside, dryRun }) => {
        writeFileSync(
          file,
          changedBytes(gzipSync(changedBytes(withExtras(archive, extras), inside), { level: 1 }), outside),
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
        same(readdirSync(path).sort(), ['b.tar.gz', 'into'], 'something got out of the state directory');
        if (code === 0) return;
        demandClear(err);
        if (!err.includes(file) && !err.includes(into)) throw new Error(`it names no file: ${err}`);
        same(after.has(join(into, 'tmuxlet.db')), false, 'a database was put in place all the same');
      },
      close: remove,
    };
  },
});
