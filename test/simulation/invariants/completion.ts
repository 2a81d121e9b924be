import { primaryOf } from '../../../src/api/manifest.ts';
import { codeOf, type Process } from '../machine/process.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

/** I11: Completed rests on an exit code that the primary's command has really ended with. */
export const completionWasSeen = ({ world }: Scene): Judge => {
  /** The commands that ran last, by uid, attempt and window. */
  const commands = new Map<string, Process>();
  return {
    always() {
      const { machine } = world;
      for (const process of machine.processes.live) {
        const { TMUXLET_UID: uid, TMUXLET_ATTEMPT: attempt, TMUXLET_WINDOW: window } = process.environment;
        const parent = uid === undefined ? null : machine.processes.byPid(process.ppid);
        if (parent !== null && machine.isWrapper(parent)) commands.set(`${uid}/${attempt}/${window}`, process);
      }
      return null;
    },
    committed({ before, after, isLost }) {
      // What a loss of power brings back was judged when it was first committed, by what had run until then.
      if (isLost || before === null || after === null) return null;
      const { phase, reason, attempt } = after.memory;
      if (phase !== 'Completed' || reason !== 'Completed' || before.memory.phase === phase) return null;
      const window = before.memory.primary ?? primaryOf(after.spec).name;
      const command = commands.get(`${after.uid}/${attempt}/${window}`);
      if (command === undefined) return null;
      const { exit } = command;
      if (exit === null) return `${nameOf(after)} is Completed, and its primary ${command.pid} lives`;
      const code = codeOf(exit);
      const means = after.spec.exitPolicy.find(({ exitCodes }) => exitCodes.includes(code))?.action;
      return code === 0 || means === 'Complete'
        ? null
        : `${nameOf(after)} is Completed, and its primary ended with ${code}`;
    },
  };
};

/** So far apart are two listings that both lack a manifest. */
const MISSING_FOR_MS = 3_000;

/** I6: nothing is deleted for a moment's absence. */
export const deletionIsConfirmed = ({ world, declared, installation }: Scene): Judge => {
  const names = new Set<string>();
  /** When each was first seen not to be there, since its row was made. */
  const firstAbsent = new Map<string, { readonly tick: number; readonly bootId: string }>();
  const { kernel } = world;
  const look = (): void => {
    declared.look();
    for (const name of names) {
      if (firstAbsent.has(name) || declared.mayBeThere(name)) continue;
      firstAbsent.set(name, { tick: kernel.tick, bootId: kernel.bootId });
    }
  };
  return {
    always() {
      look();
      return null;
    },
    committed({ before, after }) {
      const name = after?.name ?? before?.name ?? '';
      if (after === null) names.delete(name);
      else names.add(name);
      // Where no manifest is there, a loss of power has brought the row back.
      if (before === null && declared.mayBeThere(name)) firstAbsent.delete(name);
      look();
      if (before === null || after === null || before.deletion !== null || after.deletion === null) return null;
      if (installation.wasDeletionAsked(name)) return null;
      const absent = firstAbsent.get(name);
      const ms = absent?.bootId === kernel.bootId ? kernel.tick - absent.tick : MISSING_FOR_MS;
      return ms >= MISSING_FOR_MS ? null : `${nameOf(after)} is deleted ${ms} ms after its manifest went missing`;
    },
  };
};
