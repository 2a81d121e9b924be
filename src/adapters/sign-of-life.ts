import { readFileSync, statSync, utimesSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const UpSince = z.object({ at: z.number(), upMs: z.number(), downMs: z.number() });

/**
 * A file that tells how long the controller has lived: what is in it is written when it begins to be up, and its
 * time of modification is the last sign of life. Giving one touches the inode alone: no content, no sync.
 * A disk that takes no sign loses no more than that: it is counted as down later, and nobody is kept from work.
 */
export const openSignOfLife = (file: string) => ({
  read() {
    try {
      const since = UpSince.parse(JSON.parse(readFileSync(file, 'utf8')));
      return { since, lastSignAt: statSync(file).mtimeMs };
    } catch {
      return null;
    }
  },
  write(since: z.output<typeof UpSince>): void {
    quietly(() => writeFileAtomic.sync(file, `${JSON.stringify(since)}\n`, { mode: 0o600, fsync: false }));
  },
  touch(): void {
    const now = new Date();
    quietly(() => utimesSync(file, now, now));
  },
});

const quietly = (act: () => void): void => {
  try {
    act();
  } catch {
    // As said above.
  }
};
