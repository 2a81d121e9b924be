import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { type HeartbeatFile, PROGRESS_LENGTH } from '../../api/heartbeat.ts';
import { orAbsent } from '../absent-file.ts';

/** More than a beat ever takes: of a file that something else has written no more is read. */
const READ_BYTES = 4096;

/** One line, cut to a length that can be shown. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, PROGRESS_LENGTH);

/** What `tmuxlet heartbeat` writes. */
const Beat = z.object({
  sequence: z.int().nonnegative(),
  /** RFC 3339; for people who look into the file. */
  time: z.string().optional(),
  progress: z.string().transform(oneLine).nullish(),
});

/** What a heartbeat file tells, whoever wrote it; null when there is none. A touch changes its mark and nothing else. */
export const readHeartbeat = async (file: string): Promise<HeartbeatFile | null> => {
  const found = await orAbsent(stat(file, { bigint: true }), null);
  if (found === null) return null;
  const beat = found.isFile() ? parse(await orAbsent(beginningOf(file), '')) : undefined;
  return {
    mark: `${found.ino}/${found.mtimeNs}`,
    sequence: beat?.sequence ?? null,
    progress: beat?.progress ?? null,
  };
};

/** Writes the next beat in place of the one before, as a whole. */
export const writeHeartbeat = async (file: string, progress: string | null, atMs: number): Promise<void> => {
  const before = await readHeartbeat(file);
  const beat = {
    sequence: (before?.sequence ?? 0) + 1,
    time: new Date(atMs).toISOString(),
    progress: progress === null ? (before?.progress ?? null) : oneLine(progress),
  };
  // A beat that a crash of the machine loses is the beat of a run that the crash has ended.
  await writeFileAtomic(file, `${JSON.stringify(beat)}\n`, { mode: 0o600, fsync: false });
};

const beginningOf = async (file: string): Promise<string> => {
  // Should it have become a FIFO meanwhile, opening it must not wait for a writer.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, null);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
};

const parse = (text: string): z.output<typeof Beat> | undefined => {
  try {
    return Beat.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
