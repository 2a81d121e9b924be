import { isTerminal } from '../../../src/api/phase.ts';
import type { ProjectRow } from '../../../src/api/project.ts';
import type { Ramp, Rung } from '../findings.ts';
import type { Fleet } from '../fleet.ts';
import { judge } from '../judge.ts';
import { availableBytes } from '../machine.ts';
import { type Done, measured } from '../measure.ts';
import { seconds } from '../numbers.ts';
import type { LoadOptions } from '../options.ts';
import { noProfiler } from '../profile.ts';
import { usageOf } from '../usage.ts';

/**
 * Declares all Projects, so many at a time as the options say, and waits each time until they run. Ends where they do
 * not, or too slowly.
 */
export const ramp = async (
  fleet: Fleet,
  { step, slowestSeconds }: Pick<LoadOptions, 'step' | 'slowestSeconds'>,
  say: (line: string) => void,
): Promise<Done & Omit<Ramp, 'name' | 'spent' | 'passes'>> => {
  const { planned } = fleet;
  const rungs: Rung[] = [];
  let endedBy: string | null = null;
  while (endedBy === null && fleet.names.length < planned.length) {
    const names = planned.slice(fleet.names.length, fleet.names.length + (step ?? planned.length));
    const rung = await climb(fleet, names);
    rungs.push(rung);
    if (step !== null) say(`  ${rung.running} run after ${seconds(rung.ms)} more`);
    endedBy = rung.running < rung.declared ? whyItStands(fleet) : tooSlow(rung, slowestSeconds);
  }
  const running = rungs.at(-1)?.running ?? 0;
  return {
    what: `${fleet.names.length} manifests written, until all are Running`,
    ms: rungs.reduce((sum, { ms }) => sum + ms, 0),
    rungs,
    running,
    marks: inOneRow(rungs),
    latenciesMs: rungs.flatMap(({ latenciesMs }) => latenciesMs),
    // That one is slow matters where more were to come.
    endedBy: running === planned.length ? null : endedBy,
    held: whyNot(fleet),
    complaints: rungs.flatMap(({ complaints }) => complaints),
  };
};

const climb = async (fleet: Fleet, names: readonly string[]): Promise<Rung> => {
  const rung = await measured(fleet, noProfiler, `${fleet.names.length + names.length}`, () => declare(fleet, names));
  return {
    ...rung,
    controller: usageOf([fleet.controller.pid]),
    tmux: usageOf(fleet.controller.serverPids()),
    availableBytes: availableBytes(),
  };
};

const declare = async (
  fleet: Fleet,
  names: readonly string[],
): Promise<Done & Pick<Rung, 'declared' | 'running' | 'marks' | 'latenciesMs'>> => {
  const began = performance.now();
  const writtenAt = new Map<string, number>();
  for (const name of names) {
    fleet.declare(name);
    writtenAt.set(name, Date.now());
  }
  const writingMs = performance.now() - began;
  const declared = fleet.names.length;
  const marks = await fleet.until(declared, () => fleet.inPhase('Running'));
  const rows = fleet.rows();
  const running = rows.filter(isRunning);
  return {
    what: `${names.length} more manifests written, until all are Running`,
    ms: lastMoveOf(marks) + writingMs,
    declared,
    running: running.length,
    marks: marks.map(({ ms, count }) => ({ ms: ms + writingMs, count })),
    latenciesMs: running.flatMap(({ name, memory }) => {
      const at = writtenAt.get(name);
      return at === undefined ? [] : [(memory.runningSince?.wallMs ?? 0) - at];
    }),
    complaints: complaintsOf(fleet, rows),
  };
};

const complaintsOf = (fleet: Fleet, rows: readonly ProjectRow[]): readonly string[] => {
  const { missing, doubled, sessions } = judge(fleet);
  const declared = fleet.names.length;
  const allRun = rows.filter(isRunning).length === declared;
  return [
    ...doubled.map((name) => `${name} is doubled`),
    ...(allRun && missing.length > 0 ? [`${missing.length} run without a session`] : []),
    ...(sessions > declared ? [`${sessions} sessions are there`] : []),
    ...rows.filter(({ memory }) => isTerminal(memory.phase)).map(({ name, memory }) => `${name} is ${memory.phase}`),
  ];
};

const isRunning = ({ memory }: ProjectRow): boolean => memory.phase === 'Running';

const lastMoveOf = (marks: Ramp['marks']): number => {
  const last = marks.at(-1);
  return marks.find(({ count }) => count === last?.count)?.ms ?? 0;
};

/** The marks of all rungs on one clock, which stands still between them. */
const inOneRow = (rungs: readonly Rung[]): Ramp['marks'] => {
  let before = 0;
  return rungs.flatMap(({ ms, marks }) => {
    const from = before;
    before += ms;
    return marks.map((mark) => ({ ...mark, ms: mark.ms + from }));
  });
};

const tooSlow = ({ latenciesMs }: Rung, slowestSeconds: number): string | null => {
  const slowestMs = Math.max(...latenciesMs);
  return slowestMs <= slowestSeconds * 1000
    ? null
    : `the slowest Project of a step took ${seconds(slowestMs)} to run, more than ${slowestSeconds} s`;
};

const whyItStands = (fleet: Fleet): string => whyNot(fleet)[0]?.[0] ?? 'nothing got on any more, and nobody said why';

/** What the others say of themselves, by kind: where they differ in numbers only, as the first of them says it. */
const whyNot = (fleet: Fleet): Ramp['held'] => {
  const words = fleet
    .rows()
    .filter((row) => !isRunning(row))
    .map(({ memory: { phase, reason, message } }) => `${phase}, ${reason}: ${message}`);
  const counts = [...Map.groupBy(words, (word) => word.replaceAll(/\d+/g, 'N')).values()].map(
    (group) => [group[0] ?? '', group.length] as const,
  );
  return counts.toSorted(([, a], [, b]) => b - a).slice(0, 10);
};
