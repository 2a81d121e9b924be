import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;
const BLOCK_BYTES = 64 * 1024;

/**
 * The bytes of a log from the last `tail` lines on (all of it without), and with `follow` what is written to it
 * until the signal, across rotations: the file is moved aside and a new one takes its name. Ends at once when there
 * is no such file and nobody follows.
 */
export const readLog = async function* (
  path: string,
  { tail, follow }: { readonly tail: number | null; readonly follow: boolean },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let log = await openLog(path);
  try {
    if (log !== null && tail !== null) log.at = await startOfTail(log.file, tail);
    for (;;) {
      if (log !== null) yield* rest(log);
      if (!follow || signal.aborted) return;
      if (log === null || (await isAnother(path, log))) {
        // The writer may have written to the moved file until it was told of the new one.
        if (log !== null) yield* rest(log);
        const next = await openLog(path);
        if (next !== null) {
          await log?.file.close();
          log = next;
        }
      }
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await log?.file.close();
  }
};

interface OpenLog {
  readonly file: FileHandle;
  readonly inode: number;
  at: number;
}

const openLog = async (path: string): Promise<OpenLog | null> => {
  try {
    const file = await open(path, 'r');
    return { file, inode: (await file.stat()).ino, at: 0 };
  } catch (error) {
    return missing(error);
  }
};

/** Has the name gone to another file, or has this one been cut short? */
const isAnother = async (path: string, { inode, at }: OpenLog): Promise<boolean> => {
  try {
    const { ino, size } = await stat(path);
    return ino !== inode || size < at;
  } catch (error) {
    return missing(error) ?? false;
  }
};

const missing = (error: unknown): null => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
};

const rest = async function* (log: OpenLog): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { bytesRead, buffer } = await log.file.read(Buffer.alloc(BLOCK_BYTES), 0, BLOCK_BYTES, log.at);
    if (bytesRead === 0) return;
    log.at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
};

/** Where the last `lines` lines begin, found from the end backwards: a log may be large. */
const startOfTail = async (file: FileHandle, lines: number): Promise<number> => {
  const { size } = await file.stat();
  let left = lines;
  for (let end = size; end > 0; end -= BLOCK_BYTES) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let index = buffer.length - 1; index >= 0; index -= 1) {
      // The line feed at the very end ends the last line, and begins none.
      if (buffer[index] === 0x0a && start + index < size - 1) left -= 1;
      if (left <= 0) return start + index + 1;
    }
  }
  return 0;
};
