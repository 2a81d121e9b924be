import type { Judge, Scene } from './scene.ts';

/** I7: nothing is written into the database, and nothing done to the world. */
export const silence = ({ installation, world }: Scene): Judge => {
  let version = 0;
  let rows: readonly string[] = [];
  let deeds = 0;
  const done = () => world.machine.ledger.filter(({ who }) => who === 'controller');

  return {
    rests() {
      version = installation.reader?.version() ?? 0;
      rows = installation.dump();
      deeds = done().length;
    },
    rested() {
      const [deed] = done().slice(deeds);
      if (deed !== undefined) return `converged, and still ${deed.act} (${deed.session?.name ?? ''} ${deed.detail})`;
      if (installation.reader?.version() === version) return null;
      const now = installation.dump();
      const gone = rows.filter((row) => !now.includes(row)).map((row) => `- ${row}`);
      const made = now.filter((row) => !rows.includes(row)).map((row) => `+ ${row}`);
      return `converged, and still the database was written:\n${[...gone, ...made].join('\n')}`;
    },
  };
};
