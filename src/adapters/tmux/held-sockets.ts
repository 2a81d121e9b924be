import { readdir, readFile, readlink } from 'node:fs/promises';
import type { ServerIdentity } from '../../api/observation.ts';
import { realUserOf } from '../processes/marker.ts';
import { identify } from '../processes/stat.ts';

/** The unix sockets that some process holds: their inodes by path, whether the file is still there or not. */
export const heldSockets = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const [, ...lines] = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  const inodes = new Map<string, string[]>();
  for (const line of lines) {
    // Num RefCount Protocol Flags Type St Inode Path
    const [, inode, path] = /^(?:\S+ +){6}(\d+) (.+)$/.exec(line) ?? [];
    if (inode === undefined || path === undefined) continue;
    const known = inodes.get(path);
    if (known === undefined) inodes.set(path, [inode]);
    else known.push(inode);
  }
  return inodes;
};

/**
 * The tmux server of this user that holds a socket of that path; null where there is none, or more than one.
 * It needs neither the file nor a record: this is how a server is found whose state directory was deleted.
 */
export const holderOf = async (socket: string): Promise<ServerIdentity | null> => {
  const inodes = (await heldSockets()).get(socket);
  if (inodes === undefined) return null;
  const links = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const holders = await Promise.all(pids.map((pid) => asHolder(pid, links)));
  const [holder, another] = holders.filter((each) => each !== null);
  return holder !== undefined && another === undefined ? holder : null;
};

/** The identity is read before the descriptors: what signals it compares again, and so means this very process. */
const asHolder = async (pid: number, links: ReadonlySet<string>): Promise<ServerIdentity | null> => {
  const folder = `/proc/${pid}`;
  try {
    if (!(await readFile(`${folder}/comm`, 'utf8')).startsWith('tmux')) return null;
    const server = identify(pid);
    if (realUserOf(pid) !== process.getuid?.()) return null;
    for (const descriptor of await readdir(`${folder}/fd`)) {
      if (links.has(await readlink(`${folder}/fd/${descriptor}`).catch(() => ''))) return server;
    }
    return null;
  } catch {
    // It ended while it was looked at, or is not ours to look into.
    return null;
  }
};
