import { readdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckResult } from '../../api/check.ts';
import { orAbsent } from '../absent-file.ts';
import { enough, outcomesOf } from './outcome.ts';

/** Where the kernel tells of itself; tests have a kernel of their own. */
export interface Kernel {
  /** Default: /proc. */
  readonly proc: string;
  /** Default: /sys/fs/cgroup. */
  readonly cgroups: string;
}

export const THE_KERNEL: Kernel = { proc: '/proc', cgroups: '/sys/fs/cgroup' };

const MEBIBYTE = 1024 * 1024;

const numberIn = async (...path: readonly string[]): Promise<number | null> => {
  const text = await orAbsent(readFile(join(...path), 'utf8'), 'max');
  const number = Number.parseInt(text, 10);
  // `max`: there is no limit.
  return Number.isNaN(number) ? null : number;
};

export const checkDisk = async (directory: string, leastFreeBytes: number): Promise<CheckResult[]> => {
  const { bavail, bsize, files, ffree } = await statfs(directory);
  const free = bavail * bsize;
  const remedy = `free at least ${Math.ceil(leastFreeBytes / MEBIBYTE)} MiB there`;
  const limits = { least: leastFreeBytes, comfortable: 4 * leastFreeBytes };
  const inodes = outcomesOf('inodes');
  return [
    enough(outcomesOf('disk'), free, limits, `${Math.floor(free / MEBIBYTE)} MiB free in ${directory}`, remedy),
    // Some file systems count none.
    files === 0
      ? inodes.pass(`${directory} has no limit of inodes`)
      : enough(
          inodes,
          ffree,
          { least: 1000, comfortable: 10_000 },
          `${ffree} inodes free in ${directory}`,
          'delete files there',
        ),
  ];
};

export const checkMemory = async ({ proc }: Kernel): Promise<CheckResult> => {
  const outcomes = outcomesOf('memory');
  const kibibytes = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile(join(proc, 'meminfo'), 'utf8'))?.[1];
  if (kibibytes === undefined)
    return outcomes.warn('the kernel does not say how much is available', 'see /proc/meminfo');
  const mebibytes = Math.floor(Number(kibibytes) / 1024);
  const limits = { least: 64, comfortable: 256 };
  return enough(outcomes, mebibytes, limits, `${mebibytes} MiB available`, 'end what is not needed, or add memory');
};

/** How much is left of something that runs out. */
export interface Left {
  readonly left: number;
  readonly of: number;
  /** What has the limit. */
  readonly where: string;
}

/** Each window has a pseudo-terminal; some are set aside for root elsewhere. Null: the kernel has no limit. */
export const ptysLeft = async ({ proc }: Kernel): Promise<Left | null> => {
  const folder = join(proc, 'sys', 'kernel', 'pty');
  const [max, reserve, used] = await Promise.all(['max', 'reserve', 'nr'].map((name) => numberIn(folder, name)));
  if (typeof max !== 'number') return null;
  return { left: max - (reserve ?? 0) - (used ?? 0), of: max, where: 'the sysctl kernel.pty.max' };
};

export const checkPtys = async (kernel: Kernel): Promise<CheckResult> => {
  const outcomes = outcomesOf('ptys');
  const ptys = await ptysLeft(kernel);
  if (ptys === null) return outcomes.pass('the kernel has no limit');
  const limits = { least: 16, comfortable: 64 };
  const { left, of, where } = ptys;
  return enough(outcomes, left, limits, `${left} of ${of} pseudo-terminals left`, `raise ${where}`);
};

/** Descriptors of this process, which holds one for each run it watches. The tmux servers inherit the limit. */
export const filesLeft = async ({ proc }: Kernel): Promise<Left | null> => {
  const limit = await softLimit(proc, 'Max open files');
  if (limit === null) return null;
  const used = (await readdir(join(proc, 'self', 'fd'))).length;
  return { left: limit - used, of: limit, where: 'ulimit -n, or LimitNOFILE of the unit' };
};

export const checkFiles = async (kernel: Kernel): Promise<CheckResult> => {
  const outcomes = outcomesOf('files');
  const files = await filesLeft(kernel);
  if (files === null) return outcomes.pass('open files have no limit');
  const { left, of, where } = files;
  const limits = { least: 64, comfortable: 256 };
  return enough(outcomes, left, limits, `${left} of ${of} open files left`, `raise ${where}`);
};

/** By the control groups around these processes, the tmux servers or this one, and by `ulimit -u`. */
export const processesLeft = async (kernel: Kernel, around: readonly (number | 'self')[]): Promise<Left | null> => {
  const rooms = (await Promise.all((await pidGroupsOf(kernel, around)).map(roomIn))).flatMap((room) => room ?? []);
  const ulimit = await ulimitRoom(kernel.proc);
  return [...rooms, ...(ulimit === null ? [] : [ulimit])].toSorted((a, b) => a.left - b.left)[0] ?? null;
};

export const checkProcesses = async (
  kernel: Kernel,
  around: readonly (number | 'self')[] = ['self'],
): Promise<CheckResult> => {
  const outcomes = outcomesOf('processes');
  const tightest = await processesLeft(kernel, around);
  if (tightest === null) return outcomes.pass('processes have no limit');
  const { left, of, where } = tightest;
  const limits = { least: 32, comfortable: 128 };
  return enough(
    outcomes,
    left,
    limits,
    `${left} of ${of} processes left by ${where}`,
    `raise ${where}, or TasksMax of the unit`,
  );
};

const roomIn = async (group: string): Promise<Left | null> => {
  const [of, used] = await Promise.all([numberIn(group, 'pids.max'), numberIn(group, 'pids.current')]);
  return of === null || used === null ? null : { left: of - used, of, where: join(group, 'pids.max') };
};

const pidGroupsOf = async (kernel: Kernel, pids: readonly (number | 'self')[]): Promise<readonly string[]> => [
  ...new Set((await Promise.all(pids.map((pid) => pidGroups(kernel, pid)))).flat()),
];

/** Folders of the control groups that count the processes of this one, its own first. */
const pidGroups = async ({ proc, cgroups }: Kernel, pid: number | 'self'): Promise<readonly string[]> => {
  const lines = (await orAbsent(readFile(join(proc, String(pid), 'cgroup'), 'utf8'), '')).split('\n');
  return lines.flatMap((line) => {
    const [, controllers, ...rest] = line.split(':');
    const path = rest.join(':');
    if (path === '' || (controllers !== '' && controllers !== 'pids')) return [];
    const roots = controllers === 'pids' ? ['pids'] : ['.', 'unified'];
    return roots.flatMap((root) => upwards(path).map((each) => join(cgroups, root, each)));
  });
};

const upwards = (path: string): readonly string[] => {
  const parts = path.split('/').filter(Boolean);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
};

/** Threads count too; those of all users are more than those of ours, so this never promises too much. */
const ulimitRoom = async (proc: string): Promise<Left | null> => {
  // The superuser has no such limit.
  if (process.getuid?.() === 0) return null;
  const of = await softLimit(proc, 'Max processes');
  const threads = /\/(\d+) /.exec(await readFile(join(proc, 'loadavg'), 'utf8'))?.[1];
  return of === null || threads === undefined ? null : { left: of - Number(threads), of, where: 'ulimit -u' };
};

const softLimit = async (proc: string, name: string): Promise<number | null> => {
  const limits = await readFile(join(proc, 'self', 'limits'), 'utf8');
  const soft = new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(limits)?.[1];
  return soft === undefined ? null : Number(soft);
};
