import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../../api/observation.ts';
import { saysForbidden, saysGone, readStat } from './stat.ts';

/** The argv of a process; null when it is gone, and for a zombie, which has none. */
const argvOf = (pid: number): readonly string[] | null => {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return words === '' ? null : words.replace(/\0$/, '').split('\0');
  } catch (error) {
    if (saysGone(error) || saysForbidden(error)) return null;
    throw error;
  }
};

/** As the port says: who would read what is typed into the wrapper's terminal. */
export const typedInto = (wrapper: ProcessIdentity, command: ProcessIdentity): readonly string[] | null => {
  const stat = readStat(wrapper.pid);
  if (stat === null || stat.startTicks !== wrapper.startTicks || stat.foreground <= 0) return null;
  // Without job control the command shares the wrapper's group, whose leader is the wrapper and reads nothing.
  return argvOf(stat.foreground === stat.group ? command.pid : stat.foreground);
};
