import { STATE_DIR } from '../machine/machine.ts';
import type { Session } from '../machine/tmux-server.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

/** Two looks at an orphan are at least so far apart (`settingsOf` in controller.ts). */
const APART_MS = 20_000;
/** What has been so for so long was to be seen. */
const SEEN_MS = 120_000;

/** tmux tells in whole seconds when a session was made. */
const TOLD_TO_MS = 1_000;

interface Moment {
  readonly tick: number;
  readonly wallMs: number;
}

/** I3: an orphan is killed neither too young, nor at first sight, nor while anything may claim it or anybody looks at it. */
export const orphansHaveTime = ({ world, installation, setup }: Scene): Judge => {
  const born = new Map<string, Moment>();
  /** Since when somebody looks at each session. */
  const watched = new Map<string, number>();
  /** When a row last had the uid, or a session got it. */
  const claimed = new Map<string, number>();
  /** Since when each uid's row cannot be read. */
  const poisoned = new Map<string, number>();
  /** Since when each state file says nothing. */
  const torn = new Map<string, number>();
  const { kernel, machine } = world;

  /** The wall clock is all that tells how old a session was when it was first seen. */
  const ageOf = (moment: Moment | undefined): number =>
    moment === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(kernel.tick - moment.tick, kernel.now().wallMs - moment.wallMs);

  const lookAtFiles = (): void => {
    const { disk } = machine;
    const directory = `${STATE_DIR}/state`;
    const files = disk.isDirectory(directory) ? disk.list(directory) : [];
    for (const name of torn.keys()) if (!files.includes(name)) torn.delete(name);
    for (const name of files) {
      if (isJson(disk.file(`${directory}/${name}`)?.text ?? '')) torn.delete(name);
      else if (!torn.has(name)) torn.set(name, kernel.tick);
    }
  };

  const lookAtPeople = (): void => {
    const attached = machine.tmux.sessions.filter((session) => session.attached > 0).map(keyOf);
    for (const key of watched.keys()) if (!attached.includes(key)) watched.delete(key);
    for (const key of attached) if (!watched.has(key)) watched.set(key, kernel.tick);
  };

  return {
    committed({ before, after }, reader) {
      if (before !== null && after === null) claimed.set(before.uid, kernel.tick);
      const unread = new Set(reader.quarantined().map(({ uid }) => uid));
      for (const uid of poisoned.keys()) if (!unread.has(uid)) poisoned.delete(uid);
      for (const uid of unread) if (!poisoned.has(uid)) poisoned.set(uid, kernel.tick);
      return null;
    },
    always() {
      lookAtFiles();
      lookAtPeople();
      return null;
    },
    deed({ who, act, session, detail }) {
      const { reader } = installation;
      if (session === null || reader === null) return null;
      const key = `${session.socket} ${session.id}`;
      if (act === 'SessionCreated') born.set(key, { tick: kernel.tick, wallMs: kernel.now().wallMs });
      if (act === 'SessionTagged') claimed.set(uidIn(detail) ?? session.uid, kernel.tick);
      if (who !== 'controller' || act !== 'SessionKilled' || session.uid === '') return null;
      const unreadableMs = kernel.tick - (poisoned.get(session.uid) ?? kernel.tick);
      if (unreadableMs > SEEN_MS) return `session "${session.name}" was killed, and its row cannot be read`;
      if (poisoned.has(session.uid) || reader.project(session.uid) !== null) return null;
      const ageMs = ageOf(born.get(key));
      const graceMs = setup.orphanGraceSeconds * 1000;
      if (ageMs < graceMs - TOLD_TO_MS)
        return `orphan "${session.name}" was killed ${ageMs} ms old, with a grace of ${graceMs} ms`;
      const orphanMs = kernel.tick - (claimed.get(session.uid) ?? Number.NEGATIVE_INFINITY);
      if (orphanMs < APART_MS) return `orphan "${session.name}" was killed ${orphanMs} ms after it became one`;
      const watchedMs = kernel.tick - (watched.get(key) ?? kernel.tick);
      if (watchedMs > SEEN_MS)
        return `orphan "${session.name}" was killed, at which somebody looked for ${watchedMs} ms`;
      const [file] = [...torn].find(([, since]) => kernel.tick - since > SEEN_MS) ?? [];
      return file === undefined
        ? null
        : `orphan "${session.name}" was killed, and ${file}, which is torn, may claim it`;
    },
  };
};

const keyOf = ({ server, id }: Session): string => `${server.socket} ${id}`;

const uidIn = (options: string): string | undefined =>
  (JSON.parse(options) as Readonly<Record<string, string>>)['@tmuxlet_uid'];

const isJson = (text: string): boolean => {
  try {
    return JSON.parse(text) !== null;
  } catch {
    return false;
  }
};

/** I1: a Project is let go when nothing of it lives; but for force, and for what was born only now. */
export const goneWhenLetGo = ({ world, truth }: Scene): Judge => {
  const seenAt = new Map<string, number>();
  return {
    always() {
      for (const { pid, startTicks } of world.machine.processes.live) {
        const key = `${pid}/${startTicks}`;
        if (!seenAt.has(key)) seenAt.set(key, world.kernel.tick);
      }
      return null;
    },
    committed({ before, after, isLost }) {
      if (isLost || before === null || after !== null || before.deletion === null || before.deletion.force) return null;
      const [left] = truth.windowProcessesOf(before.uid).filter(({ pid, startTicks }) => {
        const since = seenAt.get(`${pid}/${startTicks}`) ?? world.kernel.tick;
        return world.kernel.tick - since > SEEN_MS;
      });
      return left === undefined ? null : `${nameOf(before)} was let go, and its process ${left.pid} lives`;
    },
  };
};
