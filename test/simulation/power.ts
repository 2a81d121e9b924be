import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Words of the index of SQLite's log: how many frames the log has, and how many of them are in the database too. */
const FRAMES = 4;
const COPIED = 24;
/** Bytes of the log. */
const HEADER = 32;
const FRAME_HEADER = 24;
const PAGE_SIZE_AT = 8;

/**
 * What a loss of power leaves of a database, to be called before its handles are closed; the result, to be called
 * afterwards, puts it there. The log is synced before it is copied into the database, and at no commit: of the frames
 * that are not in the database, any may be the first that is lost. From 0 to 1, `share` says how many of them stay.
 */
export const afterPowerLoss = (file: string, share: number): (() => void) => {
  const [log, index] = [`${file}-wal`, `${file}-shm`];
  if (!existsSync(log) || !existsSync(index)) return () => {};
  const words = new Uint32Array(new Uint8Array(readFileSync(index)).buffer);
  const [frames = 0, copied = 0] = [words[FRAMES], words[COPIED]];
  const [database, text] = [readFileSync(file), readFileSync(log)];
  if (frames === 0) return () => {};
  const stay = copied + Math.floor((frames - copied) * share);
  const left = text.subarray(0, HEADER + stay * (FRAME_HEADER + text.readUInt32BE(PAGE_SIZE_AT)));
  return () => {
    rmSync(index, { force: true });
    writeFileSync(file, database);
    writeFileSync(log, left);
  };
};
