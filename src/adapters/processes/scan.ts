import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { markerIn, readEnviron, realUserOf, UID_MARKER, WINDOW_MARKER } from './marker.ts';
import { isLive, readStat, type Stat } from './stat.ts';
import type { Entry } from './table.ts';

/** The event loop is given back after this long; reading 3,000 processes takes some 60 ms in all. */
const CHUNK_MS = 5;

/** Looks for newborns end after this many; a machine that forks without pause would never be still. */
const MAX_LOOKS = 5;

/** The kernel's own threads are children of this one and have no environment. */
const KTHREADD = 2;

const NO_MARKS = { marker: null, window: null };

/**
 * What processes were found to carry, by pid, from one scan to the next: an environment stays what it is until the
 * next exec, and to read thousands of them anew takes most of a scan. Whoever has become another user's without an
 * exec still descends from what was ours.
 */
export type KnownMarks = Map<number, Pick<Entry, 'startTicks' | 'marker' | 'window'> & { readonly image: string }>;

/**
 * Every live process of the machine; `known` is added to, and rid of what has ended.
 *
 * A look is not atomic: a process can fork and end between the listing and the reading of it. Its child
 * was born before the look was over, so one looks again for pids that were not listed before, until there
 * are none. Likewise a process in the midst of exec shows an empty environment, and is read once more.
 */
export const scanProcesses = async (ownUser: number, known: KnownMarks = new Map()): Promise<readonly Entry[]> => {
  const seen = new Map<number, Entry | null>();
  const bare = new Set<number>();

  /** The stat is read first: should the process exec in between, the next scan sees another image. */
  const marksOf = ({ pid, startTicks, image }: Stat): Pick<Entry, 'marker' | 'window'> => {
    const before = known.get(pid);
    if (before !== undefined && before.startTicks === startTicks && before.image === image) return before;
    const environ = readEnviron(pid);
    if (environ?.length === 0 && !seen.has(pid)) bare.add(pid);
    else bare.delete(pid);
    const found = environ === null ? null : markerIn(environ, UID_MARKER);
    // Markers can be copied: another user's process is not ours because it says so.
    const marker = found !== null && realUserOf(pid) === ownUser ? found : null;
    const window = marker !== null && environ !== null ? markerIn(environ, WINDOW_MARKER) : null;
    if (image !== null && environ !== null && environ.length > 0) {
      known.set(pid, { startTicks, image, marker, window });
    }
    return { marker, window };
  };

  const read = (pid: number): void => {
    const stat = readStat(pid);
    if (stat === null || !isLive(stat)) {
      bare.delete(pid);
      seen.set(pid, null);
      return;
    }
    const { startTicks, ppid } = stat;
    const isKernels = ppid === KTHREADD || pid === KTHREADD;
    const { marker, window } = isKernels ? NO_MARKS : marksOf(stat);
    seen.set(pid, { pid, startTicks, ppid, marker, window });
  };

  for (let look = 0; look < MAX_LOOKS; look++) {
    const unread = listPids().filter((pid) => !seen.has(pid) || bare.has(pid));
    if (unread.length === 0) break;
    let chunkEndsAt = performance.now() + CHUNK_MS;
    for (const pid of unread) {
      read(pid);
      if (performance.now() < chunkEndsAt) continue;
      await setImmediate();
      chunkEndsAt = performance.now() + CHUNK_MS;
    }
  }
  for (const pid of known.keys()) if (!seen.get(pid)) known.delete(pid);
  return [...seen.values()].filter((entry) => entry !== null);
};

/** In this thread: it takes a tenth of a millisecond, and the way through another one several on a busy machine. */
const listPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
