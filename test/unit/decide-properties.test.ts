import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActionKind } from '../../src/api/action.ts';
import type { Case } from '../../src/api/decision.ts';
import { END_CAUSES, newMemory, STOP_RUNGS } from '../../src/api/memory.ts';
import { isTerminal, PHASES } from '../../src/api/phase.ts';
import { decide } from '../../src/machines/project/decide.ts';
import { decisionTable } from '../../src/machines/project/table.ts';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';

const test = suite('every case there can be');

const RUNS = 2_000;
/** Acts that end, change or type into something that lives. */
const DESTRUCTIVE: readonly ActionKind[] = [
  'KillSession',
  'SignalProcesses',
  'InterruptSession',
  'NudgeWindow',
  'RespawnWindow',
  'StartSession',
  'AdoptSession',
  'ArchiveManifest',
];

const now = { wallMs: 1_800_000_000_000, monotonicMs: 5_000_000, bootId: 'boot-1' };
const moment = fc.record({
  wallMs: fc.integer({ min: now.wallMs - 1e9, max: now.wallMs + 1e9 }),
  monotonicMs: fc.nat(10_000_000),
  bootId: fc.constantFrom('boot-1', 'boot-0'),
});
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const wait = fc.record({ since: moment, forMs: fc.nat(1_000_000) });

const memory = fc.record({
  phase: fc.constantFrom(...PHASES),
  attempt: fc.nat(3),
  failures: fc.nat(8),
  notBefore: perhaps(wait),
  startingSince: perhaps(moment),
  runningSince: perhaps(moment),
  ranMs: fc.nat(1_000_000),
  stop: perhaps(
    fc.record({ cause: fc.constantFrom(...END_CAUSES), rung: fc.constantFrom(...STOP_RUNGS), since: moment }),
  ),
  finishedSince: perhaps(moment),
  countedRun: perhaps(fc.constantFrom('1/1002', '1/gone', '2/1002')),
  fresh: fc.boolean(),
  preflightPassed: fc.nat(2),
  preflightFailures: fc.nat(3),
  failedSpec: perhaps(fc.constant('v1-other')),
  extensions: fc.nat(3),
  extendedMs: fc.nat(1_000_000),
  heartbeat: perhaps(
    fc.record({
      life: fc.constantFrom('1/1', '2/1', '3/2'),
      lastBeat: perhaps(moment),
      marks: fc.constant({}),
      stale: fc.boolean(),
      nudgedAt: perhaps(moment),
    }),
  ),
});

const spec = fc
  .record({
    suspend: fc.boolean(),
    restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
    resumePolicy: fc.constantFrom('Always', 'Never'),
    updatePolicy: fc.constantFrom('OnNextStart', 'Restart'),
    conflictPolicy: fc.constantFrom('Rename', 'Adopt', 'Replace', 'Fail'),
    terminationGracePeriodSeconds: fc.constantFrom(0, 30),
    sessionRetentionSeconds: fc.constantFrom(0, 60),
    backoffLimit: fc.nat(6),
  })
  .chain((base) =>
    fc.record({
      base: fc.constant(base),
      activeDeadlineSeconds: fc.option(fc.nat(1000), { nil: undefined }),
      ttlSecondsAfterFinished: fc.option(fc.nat(1000), { nil: undefined }),
      sidecar: fc.boolean(),
      heartbeat: fc.option(
        fc.record({
          periodSeconds: fc.nat(100),
          staleAfterSeconds: fc.nat(1000),
          extensionSeconds: fc.nat(100),
          maxExtensions: fc.nat(3),
          adaptive: fc.boolean(),
          onStale: fc.constantFrom('Nudge', 'Restart', 'Fail', 'Alert'),
        }),
        { nil: undefined },
      ),
    }),
  )
  .map(({ base, sidecar, ...more }) =>
    specOf({
      ...base,
      ...more,
      session: {
        windows: [{ name: 'main', command: 'work' }, ...(sidecar ? [{ name: 'side', command: 'watch' }] : [])],
      },
    }),
  );

/** A world in any state: most of these never come about, and none may bring the decision down. */
const anyCase: fc.Arbitrary<Case> = fc
  .record({
    spec,
    memory,
    session: fc.constantFrom('Present', 'Absent', 'Unknown'),
    primary: fc.constantFrom('alive', 'ended', 'failed', 'lost', 'launching', 'none'),
    tagged: fc.nat(3),
    recorded: fc.constantFrom('none', 'open', 'ended'),
    server: fc.boolean(),
    remains: fc.constantFrom('none', 'some', 'Unknown'),
    deleting: fc.constantFrom('no', 'yes', 'force'),
    admitted: fc.boolean(),
    command: fc.constantFrom(null, 'restart', 'reset'),
    taken: fc.boolean(),
    startSlots: fc.nat(2),
    target: fc.boolean(),
    beats: fc.constantFrom('Present', 'Absent', 'Unknown'),
    watch: fc.record({
      life: fc.constantFrom('1/1', '2/1'),
      watchedSince: moment,
      silentSince: perhaps(moment),
      lastBeat: perhaps(moment),
      marks: fc.constant({}),
    }),
  })
  .map((given) => {
    const world = new DecisionWorld(given.spec);
    world.now = now;
    const { row } = world;
    world.row = {
      ...row,
      memory: { ...newMemory, ...given.memory },
      admittedAt: given.admitted ? 1 : null,
      deletion: given.deleting === 'no' ? null : { requestedAt: 1, force: given.deleting === 'force' },
    };
    const base = world.case();
    const wrapper = { pid: 1002, startTicks: 7 };
    const alive = given.primary === 'alive' || given.primary === 'launching';
    const run = {
      run: 1,
      wrapper: given.primary === 'launching' ? null : wrapper,
      alive,
      command: wrapper,
      startedAt: 1,
      endedAt: alive ? null : 2,
      exitCode: { ended: 0, failed: 1 }[given.primary as 'ended' | 'failed'] ?? null,
      signalled: given.primary === 'lost',
    };
    const pane = {
      paneId: '%1',
      windowId: '@1',
      windowName: 'main',
      pid: 1002,
      dead: !alive,
      deadStatus: null,
      deadSignal: null,
      piped: true,
    };
    const session = {
      shard: 0,
      id: '$1',
      name: 'web',
      createdAt: 1,
      attached: 0,
      tags: { owner: 'owner-1', uid: row.uid, project: 'web', attempt: given.tagged, specHash: 'v1-x' },
      claimed: true,
      panes: [pane],
    };
    const attempt = {
      uid: row.uid,
      attempt: given.memory.attempt,
      shard: 0,
      sessionName: 'web',
      sessionId: '$1',
      specHash: 'v1-x',
      resumed: false,
      bootId: 'boot-1',
      server: wrapper,
      createdAt: 1,
      startedAt: 1,
      endedAt: given.recorded === 'ended' ? 2 : null,
      cause: given.recorded === 'ended' ? ('Exited' as const) : null,
    };
    const unknown = { seen: 'Unknown' as const, reason: 'no answer' };
    return {
      ...base,
      attempt: given.recorded === 'none' ? null : attempt,
      command: given.command && {
        id: 'c',
        verb: given.command as 'restart',
        project: 'web',
        requestedAt: 1,
        acknowledgedAt: null,
        result: null,
      },
      startSlots: given.startSlots,
      target: given.target
        ? {
            shard: 0,
            taken: new Map(given.taken ? [['web', { ...session, id: '$9', tags: null, claimed: false }]] : []),
          }
        : null,
      observation: {
        ...base.observation,
        session:
          given.session === 'Present'
            ? { seen: 'Present' as const, value: session }
            : given.session === 'Absent'
              ? { seen: 'Absent' as const }
              : unknown,
        heartbeat:
          given.beats === 'Present'
            ? { seen: 'Present' as const, value: given.watch }
            : given.beats === 'Absent'
              ? { seen: 'Absent' as const }
              : unknown,
        server: given.server ? { seen: 'Present' as const, value: wrapper } : { seen: 'Absent' as const },
        runs: given.primary === 'none' ? {} : { main: run },
        remains:
          given.remains === 'Unknown'
            ? unknown
            : { seen: 'Present' as const, value: given.remains === 'some' ? [{ pid: 9, startTicks: 9 }] : [] },
      },
    };
  });

const always = (sentence: string, holds: (c: Case, plan: ReturnType<typeof decide>) => void): void =>
  test(sentence, () => {
    fc.assert(
      fc.property(anyCase, (c) => holds(c, decide(c))),
      { numRuns: RUNS },
    );
  });

const kinds = (plan: ReturnType<typeof decide>) => plan.actions.map((action) => action.kind);

always(
  'without beats that were seen nobody is judged by them, and no deadline moves (I3, failures 36, 57)',
  (c, plan) => {
    const unseen = c.observation.heartbeat.seen !== 'Present';
    const reasons = plan.events.map(({ reason }) => reason);
    if (unseen)
      assert.not(reasons.some((reason) => ['HeartbeatStale', 'Nudging', 'DeadlineExtended'].includes(reason)));
    if (reasons.includes('DeadlineExtended')) {
      assert.ok(c.project.memory.extensions < (c.project.spec.heartbeat?.maxExtensions ?? 0));
      assert.ok(plan.memory.extendedMs > c.project.memory.extendedMs);
    }
  },
);

always('some rule matches, and the phase is one there is', (_, plan) => {
  assert.ok(PHASES.includes(plan.memory.phase));
  assert.ok(decisionTable.some((rule) => rule.line === plan.rule));
});

always('deciding is pure: the same case gives the same plan', (c, plan) => {
  assert.equal(decide(c), plan);
});

always('Unknown never leads to a destructive act, to Failed or to Completed (I3)', (c, plan) => {
  const unknown = c.observation.session.seen === 'Unknown' || c.observation.remains.seen === 'Unknown';
  if (!unknown) return;
  assert.not(kinds(plan).some((kind) => DESTRUCTIVE.includes(kind)));
  if (!isTerminal(c.project.memory.phase)) assert.not(isTerminal(plan.memory.phase));
});

always('nothing is started while a session or a process of ours lives (I1)', (c, plan) => {
  if (!kinds(plan).includes('StartSession')) return;
  assert.is(c.observation.session.seen, 'Absent');
  assert.ok(c.observation.remains.seen === 'Present' && c.observation.remains.value.length === 0);
});

always('a start has its intent in the same plan, under the number, shard and name of the act (I4)', (_, plan) => {
  for (const action of plan.actions) {
    if (action.kind !== 'StartSession') continue;
    assert.is(plan.attempt.begin?.attempt, action.tags.attempt);
    assert.is(plan.attempt.begin?.shard, action.shard);
    assert.is(plan.attempt.begin?.sessionName, action.sessionName);
    assert.is(plan.memory.attempt, action.tags.attempt);
  }
});

always(
  'nothing is started for a Project that is suspended, finished, being deleted or not admitted (I9)',
  (c, plan) => {
    if (!kinds(plan).includes('StartSession')) return;
    assert.not(c.project.spec.suspend);
    assert.is(c.project.deletion, null);
    assert.ok(c.project.admittedAt !== null);
    assert.is(plan.memory.phase, 'Starting');
  },
);

always('attempt numbers never go back', (c, plan) => {
  assert.ok(plan.memory.attempt >= c.project.memory.attempt);
});

always('every kill, start and end of a life leaves an event (I5)', (c, plan) => {
  const { memory: before } = c.project;
  const acts = kinds(plan);
  // A rung that is climbed already was announced when it was.
  const rungGoesOn = before.stop !== null && before.stop.rung === plan.memory.stop?.rung;
  if (acts.some((kind) => ['KillSession', 'SignalProcesses', 'InterruptSession'].includes(kind)) && !rungGoesOn) {
    assert.ok(plan.events.length > 0, plan.rule);
  }
  if (!isTerminal(before.phase) && isTerminal(plan.memory.phase)) assert.ok(plan.events.length > 0, plan.rule);
  if (acts.includes('RespawnWindow')) assert.ok(plan.events.length > 0, plan.rule);
});

always('Completed is left only for a person’s request or a deletion (I11)', (c, plan) => {
  if (c.project.memory.phase !== 'Completed' || plan.memory.phase === 'Completed') return;
  assert.ok(c.command !== null || c.project.deletion !== null, `${plan.rule} led to ${plan.memory.phase}`);
});

test.run();
