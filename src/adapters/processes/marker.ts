import { readFileSync } from 'node:fs';
import { saysForbidden, saysGone } from './stat.ts';

/** The environment variable by which a process is known to belong to a Project. */
export const UID_MARKER = 'TMUXLET_UID';

/** The one by which it is known to belong to one of its windows. */
export const WINDOW_MARKER = 'TMUXLET_WINDOW';

const PREFIXES = { [UID_MARKER]: Buffer.from(`${UID_MARKER}=`), [WINDOW_MARKER]: Buffer.from(`${WINDOW_MARKER}=`) };

/** The value of a marker in a NUL-separated environment, or null. The first one counts, as for getenv. */
export const markerIn = (environ: Buffer, marker: keyof typeof PREFIXES): string | null => {
  const prefix = PREFIXES[marker];
  let at = environ.indexOf(prefix);
  while (at > 0 && environ[at - 1] !== 0) at = environ.indexOf(prefix, at + 1);
  if (at < 0) return null;
  const end = environ.indexOf(0, at);
  return environ.toString('utf8', at + prefix.length, end < 0 ? environ.length : end);
};

/**
 * The environment a process was started with; empty for a kernel thread and for one that is just being
 * replaced by exec, null when it is gone or not ours to read.
 */
export const readEnviron = (pid: number): Buffer | null => {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch (error) {
    // EIO: its memory went away while it was read.
    if (saysGone(error) || saysForbidden(error) || (error as NodeJS.ErrnoException).code === 'EIO') return null;
    throw error;
  }
};

/** The user a process really belongs to, whatever it is allowed to do; null when it is gone. */
export const realUserOf = (pid: number): number | null => {
  try {
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return uid === undefined ? null : Number(uid);
  } catch (error) {
    if (saysGone(error)) return null;
    throw error;
  }
};
