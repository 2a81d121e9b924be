import type { CommandVerb } from '../../src/api/decision.ts';
import { type Memory, newMemory } from '../../src/api/memory.ts';
import { isTerminal, type Phase } from '../../src/api/phase.ts';
import { elapsedMs, type Now, remainingMs } from '../../src/api/time.ts';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';

/**
 * A world of one Project in which a handful of things can happen, so small that all that can follow from them can be
 * gone through (`test/model/life-graph.ts`).
 */
export interface SmallWorld {
  readonly world: DecisionWorld;
  /** The phase before the last look. */
  readonly from: Phase;
  /** It had finished, and nobody has asked for more of it since. */
  readonly finished: boolean;
  /** How much trouble can still come over it: what heals, or is taken back, costs nothing. */
  readonly troubles: number;
  /** It was started although it had finished: what must not come about (I11). */
  readonly revived: boolean;
}

/** Every wait is over after an hour, and most after a minute. */
const SPEC = {
  backoffLimit: 1,
  backoff: { initialSeconds: 10, maxSeconds: 10, resetAfterSeconds: 600 },
  startDeadlineSeconds: 900,
  activeDeadlineSeconds: 3_000,
};

export const newWorld = (troubles: number): SmallWorld => ({
  world: new DecisionWorld(specOf(SPEC)),
  from: 'Pending',
  troubles,
  finished: false,
  revived: false,
});

/** One pass of the controller, its actions taking effect. */
export const look = ({ world, finished, revived, ...rest }: SmallWorld): SmallWorld => {
  const from = world.memory.phase;
  const { memory, actions } = world.pass();
  const isStarted = actions.some(({ kind }) => kind === 'StartSession');
  // An edit where it matters is a request too.
  const isAskedFor = world.command !== null || memory.reason === 'SpecChanged';
  return {
    ...rest,
    world,
    from,
    finished: !isAskedFor && (finished || isTerminal(memory.phase)),
    revived: revived || (finished && isStarted),
  };
};

/** What can happen between two looks; null when it cannot happen now. */
export type Happening = (before: SmallWorld) => SmallWorld | null;

const trouble =
  (can: (world: DecisionWorld) => boolean, happen: (world: DecisionWorld) => void): Happening =>
  (before) => {
    if (before.troubles === 0 || before.world.forgotten || !can(before.world)) return null;
    happen(before.world);
    return { ...before, troubles: before.troubles - 1 };
  };

const change =
  (can: (world: DecisionWorld) => boolean, happen: (world: DecisionWorld) => void): Happening =>
  (before) => {
    if (!can(before.world)) return null;
    happen(before.world);
    return before;
  };

/** One thing is asked or out of order at a time: two at once are for the simulation. */
const isCalm = ({ unknown, command, row, inert }: DecisionWorld): boolean =>
  unknown === null && command === null && row.deletion === null && !row.spec.suspend && inert.size === 0;

const runs = (world: DecisionWorld): boolean => world.session !== null && world.runs['main']?.alive === true;

const ask =
  (verb: CommandVerb): Happening =>
  (before) => {
    if (before.troubles === 0 || !isCalm(before.world)) return null;
    before.world.command = { id: verb, verb, project: 'web', requestedAt: 1, acknowledgedAt: null, result: null };
    return { ...before, finished: false, troubles: before.troubles - 1 };
  };

const setDeletion = (world: DecisionWorld, deletion: DecisionWorld['row']['deletion']): void => {
  world.row = { ...world.row, deletion };
};

export const HAPPENINGS: Readonly<Record<string, Happening>> = {
  nothing: (before) => before,
  'a minute goes by': change(
    () => true,
    (world) => world.advance(60_000),
  ),
  'an hour goes by': change(
    () => true,
    (world) => world.advance(3_600_000),
  ),
  'its primary ends with 0': trouble(runs, (world) => world.exit('main', 0)),
  'its primary ends with 1': trouble(runs, (world) => world.exit('main', 1)),
  'its session goes away': trouble(
    ({ session }) => session !== null,
    (world) => world.vanish(),
  ),
  'the tmux server dies': trouble(
    ({ server }) => server !== null,
    (world) => world.serverDies(),
  ),
  'the machine is rebooted': trouble(
    ({ now }) => now.bootId === 'boot-1',
    (world) => world.reboots(),
  ),
  'tmux does not answer': trouble(isCalm, (world) => {
    world.unknown = 'no answer';
  }),
  'tmux answers again': change(
    ({ unknown }) => unknown !== null,
    (world) => {
      world.unknown = null;
    },
  ),
  'starts have no effect': trouble(isCalm, (world) => world.inert.add('StartSession')),
  'starts have effect again': change(
    ({ inert }) => inert.size > 0,
    (world) => world.inert.clear(),
  ),
  'its place in the queue is lost': trouble(
    ({ row }) => row.admittedAt !== null,
    (world) => {
      world.row = { ...world.row, admittedAt: null };
    },
  ),
  'it gets a place in the queue': change(
    ({ row }) => row.admittedAt === null,
    (world) => {
      world.row = { ...world.row, admittedAt: world.now.wallMs };
    },
  ),
  'it is suspended': trouble(isCalm, (world) => world.edit({ suspend: true })),
  'it is no longer suspended': change(
    ({ row }) => row.spec.suspend,
    (world) => world.edit({ suspend: false }),
  ),
  'a restart is asked': ask('restart'),
  'a reset is asked': ask('reset'),
  'its deletion is asked': trouble(
    (world) => world.row.deletion === null && !world.forgotten,
    (world) => setDeletion(world, { requestedAt: world.now.wallMs, force: false }),
  ),
  'its deletion is withdrawn': change(
    (world) => world.row.deletion !== null && !world.forgotten,
    (world) => setDeletion(world, null),
  ),
  'its spec is changed after it failed': (before) => {
    const { world } = before;
    if (world.phase !== 'Failed' || !isCalm(world)) return null;
    world.edit({ backoffLimit: world.row.spec.backoffLimit === 1 ? 2 : 1 });
    return before;
  },
  'its row is lost': trouble(
    // What had finished is known by its state file, which this small world does not read.
    (world) => isCalm(world) && world.session !== null && !isTerminal(world.memory.phase),
    (world) => {
      world.row = { ...world.row, memory: newMemory };
      world.attempts = [];
    },
  ),
};

/** What of a span matters: whether the waits of the spec that are counted from its beginning are over. */
const ageOf = (since: Now | null, now: Now, ...seconds: readonly number[]): number | null =>
  since === null ? null : seconds.filter((limit) => elapsedMs(since, now) >= limit * 1000).length;

const kindOf = (memory: Memory, now: Now) => [
  memory.phase,
  memory.phase === 'Failed' ? memory.reason : null,
  Math.sign(memory.attempt),
  Math.min(memory.failures, 2),
  memory.notBefore && Math.sign(remainingMs(memory.notBefore, now)),
  ageOf(memory.startingSince, now, 900),
  ageOf(memory.runningSince, now, 600, 3_000),
  memory.ranMs >= 3_000_000,
  ageOf(memory.stop?.since ?? null, now, 10, 20),
  memory.stop?.rung,
  memory.stop?.cause,
  memory.finishedSince !== null,
  memory.failedSpec !== null,
  memory.countedRun !== null,
  memory.fresh,
];

/** Worlds of the same kind go on in the same way: all that decisions rest on, without numbers and times. */
export const keyOf = ({ world, finished, revived, troubles }: SmallWorld): string => {
  const { memory, now, row, session, runs, server, attempts, unknown, command, inert, preflight, forgotten } = world;
  const attempt = attempts.find((each) => each.attempt === memory.attempt) ?? null;
  const { generation } = row;
  return JSON.stringify([
    kindOf(memory, now),
    [troubles, finished, revived, forgotten, unknown, command?.verb, [...inert], now.bootId],
    [row.deletion !== null, row.admittedAt !== null, row.spec.suspend, memory.preflightPassed === generation],
    session && [session.attempt - memory.attempt, session.panes.map(({ dead }) => dead)],
    Object.values(runs).map(({ alive, exitCode, signalled }) => [alive, exitCode, signalled]),
    attempt && [
      attempt.sessionId !== null,
      attempt.endedAt !== null,
      attempt.bootId,
      attempt.server?.pid === server?.pid,
    ],
    [server !== null, preflight && preflight.generation === generation],
  ]);
};

export const copyOf = (small: SmallWorld): SmallWorld => ({ ...small, world: small.world.copy() });
