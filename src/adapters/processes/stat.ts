import { closeSync, openSync, readSync } from 'node:fs';
import type { ProcessIdentity } from '../../api/observation.ts';

/** What tmuxlet reads of /proc/PID/stat. */
export interface Stat extends ProcessIdentity {
  readonly ppid: number;
  /** One letter, as in ps: R, S, D, T, Z… */
  readonly state: string;
  /** Its controlling terminal; 0 for none. The kernel takes it away when the pane's end of it is closed. */
  readonly terminal: number;
  readonly group: number;
  /** The process group that reads its terminal's input; -1 for none. */
  readonly foreground: number;
  /** Where its program and its environment lie in memory, which differs with each exec; null when nobody may know. */
  readonly image: string | null;
  /** Time on a CPU in ticks (100 a second), its own and that of children it has waited for. */
  readonly cpuTicks: number;
}

/** Parses /proc/PID/stat; null for anything that is not such a line. */
export const parseStat = (line: string): Stat | null => {
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const pid = Number.parseInt(line, 10);
  const ppid = Number(fields[1]);
  const group = Number(fields[2]);
  const terminal = Number(fields[4]);
  const foreground = Number(fields[5]);
  const startTicks = Number(fields[19]);
  const cpuTicks = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  if (![pid, ppid, group, terminal, foreground, startTicks, cpuTicks].every(Number.isSafeInteger)) return null;
  const [code, programs, environment] = [fields[23], fields[45], fields[47]];
  const isShown = environment !== undefined && environment !== '0';
  const image = isShown ? `${code} ${programs} ${environment} ${fields[48]}` : null;
  return { pid, ppid, state: fields[0] ?? '', group, terminal, foreground, startTicks, image, cpuTicks };
};

/** A zombie has ended; only its parent has not asked for its exit status yet. */
export const isLive = (stat: Stat): boolean => !['Z', 'X', 'x'].includes(stat.state);

const GONE = ['ENOENT', 'ESRCH'];
const FORBIDDEN = ['EACCES', 'EPERM'];

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** True for the errors by which /proc says that a process does not exist (any more). */
export const saysGone = (error: unknown): boolean => GONE.includes(codeOf(error));

/** True for the errors by which /proc says that a process is not for us to look into. */
export const saysForbidden = (error: unknown): boolean => FORBIDDEN.includes(codeOf(error));

/** A line of stat is no longer than some 1,100 bytes, and is read whole in one call. */
const LINE = Buffer.alloc(4096);

/** readFileSync sets 64 KiB aside for a file of /proc: a scan of a thousand processes was mostly their collection. */
const readLine = (file: string): string => {
  const fd = openSync(file, 'r');
  try {
    return LINE.toString('latin1', 0, readSync(fd, LINE));
  } finally {
    closeSync(fd);
  }
};

/**
 * The stat of a process, zombies included; null when it does not exist.
 * Throws what is no answer (too many open files, say), so that it is not mistaken for a death.
 */
export const readStat = (pid: number): Stat | null => {
  try {
    return parseStat(readLine(`/proc/${pid}/stat`));
  } catch (error) {
    if (saysGone(error)) return null;
    throw error;
  }
};

/** The identity of a live process, or null. */
export const identify = (pid: number): ProcessIdentity | null => {
  const stat = readStat(pid);
  return stat !== null && isLive(stat) ? { pid, startTicks: stat.startTicks } : null;
};

/** Does this very process live, and still have its controlling terminal? */
export const hasTerminal = ({ pid, startTicks }: ProcessIdentity): boolean => {
  const stat = readStat(pid);
  return stat !== null && isLive(stat) && stat.startTicks === startTicks && stat.terminal !== 0;
};

/** Does this very process live? A later one with the same pid is another (failure 58). */
export const isAlive = ({ pid, startTicks }: ProcessIdentity): boolean => identify(pid)?.startTicks === startTicks;
