import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { messageOf } from '../../api/errors.ts';
import type { Note } from '../../api/note.ts';

const Process = z.strictObject({ pid: z.int().positive(), startTicks: z.int().nonnegative() });

const ServerRecord = z.strictObject({
  socket: z.string(),
  bootId: z.string(),
  server: Process,
  /** The control client that was attached when this was written. */
  client: Process.nullable(),
});

const Records = z.strictObject({ version: z.literal(1), shards: z.record(z.string().regex(/^\d+$/), ServerRecord) });

/** Which server was last seen on a shard: the evidence by which a later controller can prove its absence. */
export type ServerRecord = z.output<typeof ServerRecord>;

export interface ServerRecords {
  get(shard: number): ServerRecord | null;
  shards(): readonly number[];
  set(shard: number, record: ServerRecord): Promise<void>;
}

/**
 * The records in `shards.json`. Without a readable file there are none, and that is told by `note`: the
 * kernel's list of sockets still speaks against a false proof of absence.
 */
export const openServerRecords = async (stateDir: string, note: Note): Promise<ServerRecords> => {
  const file = join(stateDir, 'shards.json');
  const records = new Map(await read(file, note));
  return {
    get: (shard) => records.get(shard) ?? null,
    shards: () => [...records.keys()],
    async set(shard, record) {
      records.set(shard, record);
      const json = JSON.stringify({ version: 1, shards: Object.fromEntries(records) }, null, 2);
      await writeFileAtomic(file, `${json}\n`, { mode: 0o600 });
    },
  };
};

const read = async (file: string, note: Note): Promise<[number, ServerRecord][]> => {
  try {
    const { shards } = Records.parse(JSON.parse(await readFile(file, 'utf8')));
    return Object.entries(shards).map(([shard, record]) => [Number(shard), record]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      note('warn', 'records of tmux servers cannot be read', { file, error: messageOf(error) });
    }
    return [];
  }
};
