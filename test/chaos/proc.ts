import { readdirSync, readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one of the same pid. */
export interface Life {
  readonly pid: number;
  readonly ticks: number;
}

export interface Stat extends Life {
  readonly ppid: number;
  /** As in ps; Z and X are dead. */
  readonly state: string;
}

const fileOf = (pid: number, name: string): string | null => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return null;
  }
};

/** Null for what is not there any more, zombies included. */
export const statOf = (pid: number): Stat | null => {
  const line = fileOf(pid, 'stat');
  if (line === null) return null;
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state = 'X', ppid = '0'] = fields;
  if ('ZXx'.includes(state)) return null;
  return { pid, ticks: Number(fields[19]), ppid: Number(ppid), state };
};

export const isThere = ({ pid, ticks }: Life): boolean => statOf(pid)?.ticks === ticks;

export const lifeOf = (pid: number): Life | null => {
  const stat = statOf(pid);
  return stat === null ? null : { pid, ticks: stat.ticks };
};

export const argvOf = (pid: number): readonly string[] => fileOf(pid, 'cmdline')?.split('\0') ?? [];

export const pids = (): readonly number[] =>
  readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));

export const childrenOf = (parent: number): readonly number[] => pids().filter((pid) => statOf(pid)?.ppid === parent);

/** The pids of those that carry this text in their command line or environment. */
export const mentioning = (text: string): readonly number[] =>
  pids().filter(
    (pid) => pid !== process.pid && ['cmdline', 'environ'].some((name) => fileOf(pid, name)?.includes(text)),
  );

/** The time a process has had on a CPU, in milliseconds; 0 when it is gone. */
export const cpuMsOf = (pid: number): number => {
  const line = fileOf(pid, 'stat');
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
};

/** False when it was gone already: the life is looked at right before. */
export const send = (life: Life, signal: NodeJS.Signals): boolean => {
  if (!isThere(life)) return false;
  try {
    return process.kill(life.pid, signal);
  } catch {
    return false;
  }
};
