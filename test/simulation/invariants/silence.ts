import type { ProjectRow } from '../../../src/api/project.ts';
import type { Judge, Scene } from './scene.ts';

/** What counts writes, and what is told to people later, all at one time, is no news of its own. */
const UNCOUNTED = [
  'meta ',
  'sqlite_sequence ',
  'alerts ',
  'notifications ',
  'deliveries ',
  'outbox ',
  'settings {"key":"alerts',
];

/** I7: nothing is written into the database, and nothing done to the world. */
export const silence = ({ installation, world }: Scene): Judge => {
  let rows: readonly string[] = [];
  let deeds = 0;
  const done = () => world.machine.ledger.filter(({ who }) => who === 'controller');

  return {
    rests() {
      rows = installation.dump();
      deeds = done().length;
    },
    rested() {
      const { reader } = installation;
      const restless = (reader?.projects() ?? []).filter(isRestless);
      const marks = [
        ...restless.flatMap(({ uid, name }) => [uid, `/${name}"`, `"${name}"`]),
        ...(reader?.quarantined() ?? []).flatMap(({ uid, name }) => [uid, `/${name}"`]),
      ];
      const deed = done()
        .slice(deeds)
        .find(({ session }) => !restless.some(({ uid }) => uid === session?.uid));
      if (deed !== undefined) return `converged, and still ${deed.act} (${deed.session?.name ?? ''} ${deed.detail})`;
      const counts = (line: string): boolean =>
        !UNCOUNTED.some((table) => line.startsWith(table)) &&
        // What is mended is forgotten after a while.
        !line.includes('"cleared_at":1') &&
        !marks.some((mark) => line.includes(mark));
      const before = new Set(rows);
      // What is old is dropped, and that is no news.
      const news = installation.dump().filter((row) => counts(row) && !before.has(row));
      return news.length === 0 ? null : `converged, and still the database was written:\n${news.join('\n')}`;
    },
  };
};

/** Time alone changes something about it, or it is tried again for ever. */
const isRestless = ({ spec, memory }: ProjectRow): boolean =>
  spec.activeDeadlineSeconds !== undefined ||
  spec.ttlSecondsAfterFinished !== undefined ||
  spec.heartbeat !== undefined ||
  memory.reason.startsWith('Preflight');
