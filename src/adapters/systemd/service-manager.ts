import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** systemd, or another manager that speaks its protocol (sd_notify), as one that it has started sees it. */
export interface ServiceManager {
  /** Without a word for longer than this we are taken for hung and ended. Null: nobody watches. */
  readonly watchdogMs: number | null;
  /** Tells assignments such as `READY=1`, in the order of the calls. Rejects when they could not be told. */
  tell(...assignments: readonly string[]): Promise<void>;
}

/** A manager that does not take a word in this time does not take it at all. */
const LIMIT_MS = 10_000;

const run = promisify(execFile);

/** Null where no manager wants to be told anything. `env` is what it gave us. */
export const serviceManagerIn = (env: Readonly<Record<string, string | undefined>>): ServiceManager | null => {
  const socket = env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return null;
  const micros = Number(env['WATCHDOG_USEC']);
  const isWatched = micros > 0 && Number(env['WATCHDOG_PID'] ?? process.pid) === process.pid;
  const childEnv = { NOTIFY_SOCKET: socket, ...(env['PATH'] && { PATH: env['PATH'] }) };
  let last: Promise<unknown> = Promise.resolve();
  const send = async (before: Promise<unknown>, assignments: readonly string[]): Promise<void> => {
    await before;
    // It waits until the manager has read: its words are never taken for those of somebody unknown.
    await run('systemd-notify', [...assignments], { env: childEnv, cwd: '/', timeout: LIMIT_MS });
  };
  return {
    watchdogMs: isWatched ? micros / 1000 : null,
    tell(...assignments) {
      const told = send(last, assignments);
      last = told.catch(() => {});
      return told;
    },
  };
};
