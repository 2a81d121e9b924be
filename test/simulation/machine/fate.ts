import type { Random } from '../kernel/random.ts';

/** A signal that a process can take otherwise than by its end. */
export type SoftSignal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** What a simulated command does with its life. */
export interface Fate {
  /** Ends by itself after this; null: it runs on. */
  readonly endsAfterMs: number | null;
  /** How it then ends. */
  readonly exitCode: number;
  readonly ignores: readonly SoftSignal[];
  /** How long it takes to end after a signal that it heeds. */
  readonly lingerMs: number;
  /** A child that left the session (setsid) and lives on when the command has ended. */
  readonly child: { readonly ignores: readonly SoftSignal[]; readonly cleanEnvironment: boolean } | null;
  /** Touches its heartbeat file so often; null: never. */
  readonly beatsEveryMs: number | null;
  /** Neither beats nor writes any more after this; null: it never falls silent. */
  readonly silentAfterMs: number | null;
  /** Ends with 0 when this line is typed; null: no line moves it. */
  readonly stopLine: string | null;
}

/** It runs on, beats, and ends when it is asked to. */
export const RUNS_ON: Fate = {
  endsAfterMs: null,
  exitCode: 0,
  ignores: [],
  lingerMs: 0,
  child: null,
  beatsEveryMs: 1_000,
  silentAfterMs: null,
  stopLine: 'exit',
};

const SCRIPTED = 'simulated';

/** A command whose fate is written in it. */
export const commandOf = (fate: Partial<Fate>): [string, string] => [SCRIPTED, JSON.stringify(fate)];

/** The fate that a command names itself, or null. */
export const scriptedFate = (command: string | readonly string[]): Fate | null =>
  typeof command !== 'string' && command[0] === SCRIPTED ? { ...RUNS_ON, ...JSON.parse(command[1] ?? '{}') } : null;

/** A fate by chance: most run on, some end well or badly, and some are ill-mannered. */
export const drawFate = (random: Random): Fate => {
  const ill = random.chance(0.25);
  const ignored = (['SIGHUP', 'SIGTERM', 'SIGINT'] as const).filter(() => random.chance(0.5));
  const end = random.pick(['runs', 'runs', 'runs', 'runs', 'well', 'badly', 'at once'] as const);
  return {
    endsAfterMs: end === 'runs' ? null : end === 'at once' ? random.int(0, 5) : random.int(500, 120_000),
    exitCode: end === 'well' ? 0 : random.pick([0, 1, 1, 2, 126, 137]),
    ignores: ill ? ignored : [],
    lingerMs: random.chance(0.3) ? random.int(1, 40_000) : random.int(0, 3),
    child: random.chance(0.2)
      ? { ignores: random.chance(0.5) ? ['SIGHUP', 'SIGTERM'] : [], cleanEnvironment: random.chance(0.2) }
      : null,
    beatsEveryMs: random.chance(0.8) ? random.int(200, 5_000) : null,
    silentAfterMs: random.chance(0.15) ? random.int(1_000, 60_000) : null,
    stopLine: random.chance(0.7) ? 'exit' : null,
  };
};
