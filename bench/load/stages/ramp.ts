import { isTerminal } from '../../../src/api/phase.ts';
import type { Ramp } from '../findings.ts';
import type { Fleet } from '../fleet.ts';
import { judge } from '../judge.ts';
import type { Done } from '../measure.ts';

/** Writes all manifests at once, and waits until every Project runs, or until nothing gets on any more. */
export const ramp = async (fleet: Fleet): Promise<Done & Omit<Ramp, 'name' | 'spent' | 'passes'>> => {
  const { length } = fleet.names;
  const began = performance.now();
  const writtenAt = new Map<string, number>();
  for (const name of fleet.names) {
    fleet.declare(name);
    writtenAt.set(name, Date.now());
  }
  const writingMs = performance.now() - began;
  const marks = await fleet.until(length, () => fleet.inPhase('Running'));
  const rows = fleet.rows();
  const running = rows.filter(({ memory }) => memory.phase === 'Running');
  const { missing, doubled, sessions } = judge(fleet);
  const complaints = [
    ...doubled.map((name) => `${name} is doubled`),
    ...(running.length === length && missing.length > 0 ? [`${missing.length} run without a session`] : []),
    ...(sessions > length ? [`${sessions} sessions are there`] : []),
    ...rows.filter(({ memory }) => isTerminal(memory.phase)).map(({ name, memory }) => `${name} is ${memory.phase}`),
  ];
  return {
    what: `${length} manifests written, until all are Running`,
    ms: lastMoveOf(marks) + writingMs,
    running: running.length,
    marks: marks.map(({ ms, count }) => ({ ms: ms + writingMs, count })),
    latenciesMs: running.map(({ name, memory }) => (memory.runningSince?.wallMs ?? 0) - (writtenAt.get(name) ?? 0)),
    held: whyNot(rows.filter(({ memory }) => memory.phase !== 'Running').map(({ memory }) => memory)),
    complaints,
  };
};

const lastMoveOf = (marks: Ramp['marks']): number => {
  const last = marks.at(-1);
  return marks.find(({ count }) => count === last?.count)?.ms ?? 0;
};

/** What the others say of themselves; numbers differ from one to the next, and are left out. */
const whyNot = (
  held: readonly { readonly phase: string; readonly reason: string; readonly message: string }[],
): Ramp['held'] => {
  const words = held.map(({ phase, reason, message }) => `${phase}, ${reason}: ${message.replaceAll(/\d+/g, 'N')}`);
  const counts = [...Map.groupBy(words, (word) => word)].map(([word, group]) => [word, group.length] as const);
  return counts.toSorted(([, a], [, b]) => b - a).slice(0, 10);
};
