import type { Installation } from './installation.ts';
import { frontOf } from './schedule.ts';

/** What a step does; returns a line that says what, or null when there was nothing to do it to. */
export interface StepKind {
  /** How often compared with the others. */
  readonly weight: number;
  readonly act: (installation: Installation, numbers: readonly number[]) => string | null;
}

const SPANS_MS = [10, 1_000, 10_000, 60_000, 300_000];
const JUMPS_MS = [-86_400_000, -3_600_000, -60_000, -1_000, 1_000, 60_000, 3_600_000, 30 * 86_400_000];
const FROZEN_MS = [100, 3_000, 30_000, 120_000];

const of = <T>(items: readonly T[], number = 0): T | undefined => items[number % items.length];

/** What happens to the controller, its machine and its database. */
export const OWN_STEPS: Readonly<Record<string, StepKind>> = {
  wait: { weight: 10, act: () => 'time goes by' },
  start: {
    weight: 2,
    act: (installation) => {
      installation.start();
      return 'somebody starts a controller';
    },
  },
  startAnother: {
    weight: 0.5,
    act: (installation) => {
      installation.startAnother();
      return "somebody deletes the controller's lock and starts another one";
    },
  },
  rehearse: {
    weight: 1,
    act: (installation, [span]) => {
      if (installation.reader === null) return null;
      const ms = of(SPANS_MS, span) ?? 0;
      installation.rehearse(ms);
      return `somebody makes a dry run for ${ms} ms`;
    },
  },
  crash: {
    weight: 4,
    act: (installation, [span]) => {
      const ms = of(SPANS_MS, span) ?? 0;
      return installation.crash(ms) ? `the controller crashes; the next one starts after ${ms} ms` : null;
    },
  },
  crashSoon: {
    weight: 6,
    act: (installation, [moments = 0]) =>
      installation.crashSoon(moments % 40) ? `the controller will crash in ${moments % 40} moments` : null,
  },
  freeze: {
    weight: 2,
    act: ({ controller }, [span]) => {
      const ms = of(FROZEN_MS, span) ?? 0;
      controller?.life.freeze(ms);
      return controller && `the controller is stopped for ${ms} ms`;
    },
  },
  reboot: {
    weight: 1,
    act: (installation, [span, how = 0]) => {
      const { kernel, machine } = installation.world;
      const ms = of(SPANS_MS, span) ?? 0;
      const hadPower = how % 2 === 0;
      if (hadPower) installation.down();
      else installation.losePower((how % 1_000) / 1_000);
      machine.reboot();
      kernel.reboot();
      kernel.after(ms, () => installation.start());
      return `the machine ${hadPower ? '' : 'loses its power and '}boots anew; a controller starts after ${ms} ms`;
    },
  },
  jump: {
    weight: 2,
    act: ({ world }, [where]) => {
      const ms = of(JUMPS_MS, where) ?? 0;
      world.kernel.jumpWall(ms);
      return `the wall clock jumps by ${ms / 1000} s`;
    },
  },
  front: {
    weight: 14,
    act: ({ world }, numbers) => {
      const front = frontOf(numbers, world.kernel.tick);
      world.weather.add(front);
      const ms = front.untilTick - world.kernel.tick;
      return `bad weather at "${front.points}" for ${ms} ms: ${JSON.stringify(front.faults)}`;
    },
  },
  clear: {
    weight: 3,
    act: ({ world }) => {
      world.weather.clear();
      return 'the weather clears up';
    },
  },
  command: {
    weight: 3,
    act: (installation, [who, what]) => {
      const row = of(installation.reader?.projects() ?? [], who);
      const verb = of(['restart', 'reset', 'restart'] as const, what);
      if (row === undefined || verb === undefined) return null;
      installation.command(verb, row.name);
      return `people ask for ${verb} of ${row.name}`;
    },
  },
  requestDeletion: {
    weight: 1,
    act: (installation, [who, how = 0]) => {
      const row = of(installation.reader?.projects() ?? [], who);
      if (row === undefined) return null;
      installation.requestDeletion(row.name, how % 4 === 0);
      return `people ask for the deletion of ${row.name}${how % 4 === 0 ? ' by force' : ''}`;
    },
  },
  confirmDeletions: {
    weight: 1,
    act: (installation) => (installation.confirmDeletions() ? 'people confirm that so many Projects may go' : null),
  },
  loseDatabase: {
    weight: 0.5,
    act: (installation, [span]) => {
      if (installation.reader === null) return null;
      installation.loseDatabase();
      installation.world.kernel.after((of(SPANS_MS, span) ?? 0) + 1, () => installation.start());
      return 'the database is lost, and its controller ends';
    },
  },
};
