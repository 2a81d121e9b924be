import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { messageOf } from '../../api/errors.ts';
import type { SpecFile } from '../../api/ports/manifests.ts';
import { decode, MAX_BYTES } from './decode.ts';
import { parseManifests } from './parse.ts';

/** A file changed this recently may change again within one tick of its clock: it is read again next time. */
const RACY_MS = 2000;

interface Reading {
  /** What stat said of the file that was read; null when it must be read again. */
  readonly stamp: string | null;
  readonly spec: SpecFile;
}

/** Reads manifest files, and what has not changed only by its stat. */
export class FileReader {
  readonly #readings = new Map<string, Reading>();

  async read(file: string): Promise<SpecFile> {
    const before = this.#readings.get(file);
    try {
      const stats = await stat(file, { bigint: true });
      if (before !== undefined && before.stamp === stampOf(stats)) return before.spec;
      // Checked before it is opened: opening a FIFO would wait for a writer.
      if (!stats.isFile()) throw new Error('it is no regular file');
      const reading = await readAnew(file);
      this.#readings.set(file, reading);
      return reading.spec;
    } catch (error) {
      // The names of the last good reading keep its Projects safe.
      const spec = { file, hash: before?.spec.hash ?? '', names: before?.spec.names ?? [] };
      return { ...spec, projects: [], errors: [`${file}: cannot be read: ${messageOf(error)}`] };
    }
  }

  /** Drops what is known of files that are gone. */
  keepOnly(files: readonly string[]): void {
    const kept = new Set(files);
    for (const file of this.#readings.keys()) {
      if (!kept.has(file)) this.#readings.delete(file);
    }
  }
}

const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(':');

const readAnew = async (file: string): Promise<Reading> => {
  const handle = await open(file, 'r');
  try {
    const stats = await handle.stat({ bigint: true });
    if (stats.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    const text = decode(await handle.readFile(), file);
    const settledFor = Date.now() - Number(stats.mtimeMs);
    const hash = createHash('sha256').update(text).digest('hex');
    return { stamp: settledFor > RACY_MS ? stampOf(stats) : null, spec: { file, hash, ...parseManifests(text, file) } };
  } finally {
    await handle.close();
  }
};
