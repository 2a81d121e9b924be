import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Header } from 'tar';
import { openStore } from '../../src/store/store.ts';
import { cli } from '../helpers/cli.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

/** An entry of an archive, as it stands there. */
export interface Entry {
  readonly path: string;
  readonly type?: string;
  readonly linkpath?: string;
  readonly content: Buffer;
}

/** A backup as it is before it is packed: its table of contents, and what else is in it. */
export interface Archive {
  readonly table: Record<string, unknown> & { readonly files: Readonly<Record<string, string>> };
  readonly entries: readonly Entry[];
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Of an installation with one Project, as `tmuxlet backup` makes it. */
export const madeBackup = async (): Promise<Archive> => {
  const { path, remove } = temporaryFolder();
  try {
    for (const folder of ['state', 'manifests']) mkdirSync(join(path, folder));
    writeFileSync(join(path, 'manifests', 'web.json'), JSON.stringify(manifestOf('web')));
    const store = openStore(join(path, 'tmuxlet.db'), { now: Date.now });
    addProject(store, manifestOf('web'));
    store.close();
    const file = join(path, 'b.tar.gz');
    const { code, err } = await cli(['backup', file, '--state-dir', path], { cwd: path });
    if (code !== 0) throw new Error(err);
    const [contents, ...entries] = entriesOf(gunzipSync(readFileSync(file)));
    return { table: JSON.parse(String(contents?.content)) as Archive['table'], entries };
  } finally {
    remove();
  }
};

export const writeArchive = ({ table, entries }: Archive): Buffer => {
  const contents = { path: 'backup.json', content: Buffer.from(JSON.stringify(table)) };
  return Buffer.concat([...[contents, ...entries].map(bytesOf), Buffer.alloc(2 * BLOCK)]);
};

const BLOCK = 512;

const bytesOf = ({ path, type = 'File', linkpath = '', content }: Entry): Buffer => {
  const head = Buffer.alloc(BLOCK);
  new Header({ path, type, linkpath, size: content.length, mode: 0o644, mtime: new Date(0) } as never).encode(head, 0);
  return Buffer.concat([head, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
};

const entriesOf = (tar: Buffer): readonly Entry[] => {
  const entries = [];
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const head = new Header(tar, at);
    if (head.nullBlock || head.size === undefined) break;
    entries.push({ path: head.path ?? '', content: tar.subarray(at + BLOCK, at + BLOCK + head.size) });
    at += BLOCK + Math.ceil(head.size / BLOCK) * BLOCK;
  }
  return entries;
};
