import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { markerIn, readEnviron, realUserOf, UID_MARKER, WINDOW_MARKER } from './marker.ts';
import { isLive, readStat } from './stat.ts';
import type { Entry } from './table.ts';

/** The event loop is given back after this long; reading 3,000 processes takes some 60 ms in all. */
const CHUNK_MS = 5;

/** Looks for newborns end after this many; a machine that forks without pause would never be still. */
const MAX_LOOKS = 5;

/** The kernel's own threads are children of this one and have no environment. */
const KTHREADD = 2;

/**
 * Every live process of the machine.
 *
 * A look is not atomic: a process can fork and end between the listing and the reading of it. Its child
 * was born before the look was over, so one looks again for pids that were not listed before, until there
 * are none. Likewise a process in the midst of exec shows an empty environment, and is read once more.
 */
export const scanProcesses = async (ownUser: number): Promise<readonly Entry[]> => {
  const seen = new Map<number, Entry | null>();
  const bare = new Set<number>();

  const read = (pid: number): void => {
    const stat = readStat(pid);
    const live = stat !== null && isLive(stat);
    const environ = live && stat.ppid !== KTHREADD && pid !== KTHREADD ? readEnviron(pid) : null;
    if (environ?.length === 0 && !seen.has(pid)) bare.add(pid);
    else bare.delete(pid);
    const found = environ === null ? null : markerIn(environ, UID_MARKER);
    // Markers can be copied: another user's process is not ours because it says so.
    const marker = found !== null && realUserOf(pid) === ownUser ? found : null;
    const window = marker !== null && environ !== null ? markerIn(environ, WINDOW_MARKER) : null;
    seen.set(pid, live ? { pid, startTicks: stat.startTicks, ppid: stat.ppid, marker, window } : null);
  };

  for (let look = 0; look < MAX_LOOKS; look++) {
    const unread = (await listPids()).filter((pid) => !seen.has(pid) || bare.has(pid));
    if (unread.length === 0) break;
    let chunkEndsAt = performance.now() + CHUNK_MS;
    for (const pid of unread) {
      read(pid);
      if (performance.now() < chunkEndsAt) continue;
      await setImmediate();
      chunkEndsAt = performance.now() + CHUNK_MS;
    }
  }
  return [...seen.values()].filter((entry) => entry !== null);
};

const listPids = async (): Promise<number[]> =>
  (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
