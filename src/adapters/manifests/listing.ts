import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TimeoutStrategy, timeout } from 'cockatiel';
import { messageOf } from '../../api/errors.ts';
import type { SpecFile } from '../../api/ports/manifests.ts';
import { present, type Seen, unknown } from '../../api/seen.ts';
import { DeviceMemory } from './device-memory.ts';
import { isManifestName } from './file-names.ts';
import { FileReader } from './file-reader.ts';

/** Reads the whole directory. Never rejects: what failed is Unknown. */
export type List = () => Promise<Seen<readonly SpecFile[]>>;

/** A disk that does not answer must not hold up the controller. */
const TIMEOUT_MS = 10_000;

/** How many files are read side by side: open files are limited. */
const TOGETHER = 64;

export const directoryListing = (directory: string, deviceFile: string | null, remembers = true): List => {
  const reader = new FileReader();
  const device = new DeviceMemory(directory, deviceFile, remembers);
  return withinTime(async () => {
    try {
      return await listFiles(directory, reader, device);
    } catch (error) {
      return unknown(`the manifest directory cannot be read: ${messageOf(error)}`);
    }
  });
};

const listFiles = async (
  directory: string,
  reader: FileReader,
  device: DeviceMemory,
): Promise<Seen<readonly SpecFile[]>> => {
  const { dev } = await stat(directory, { bigint: true });
  const entries = await readdir(directory, { withFileTypes: true });
  const files = entries
    .filter((entry) => isManifestName(entry.name) && !entry.isDirectory())
    .map(({ name }) => join(directory, name))
    .sort();
  if (files.length > 0) {
    device.remember(String(dev));
  } else if (device.last !== null && device.last !== String(dev)) {
    return unknown(`${directory} is empty and on another device than before: is a mount missing? ${device.remedy}`);
  }
  reader.keepOnly(files);
  const read: SpecFile[] = [];
  for (let next = 0; next < files.length; next += TOGETHER) {
    read.push(...(await Promise.all(files.slice(next, next + TOGETHER).map((file) => reader.read(file)))));
  }
  return present(read);
};

/**
 * The same listing, Unknown when it takes longer than `timeoutMs`. While a reading hangs no other is begun: they
 * would take all of Node's threads for files.
 */
export const withinTime = (list: List, timeoutMs = TIMEOUT_MS): List => {
  const limit = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  let hanging = 0;
  return async () => {
    if (hanging > 0) return unknown('an earlier reading of the manifest directory hangs');
    const reading = list();
    try {
      return await limit.execute(() => reading);
    } catch (error) {
      hanging += 1;
      void reading.finally(() => {
        hanging -= 1;
      });
      return unknown(`the manifest directory does not answer: ${messageOf(error)}`);
    }
  };
};
