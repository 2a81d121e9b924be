import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Group, Scene } from './faults/fault.ts';
import type { Random } from './random.ts';
import { nowMs } from './time.ts';

export interface StormOptions {
  readonly untilMs: number;
  /** The mean pause between the beginnings of two faults. */
  readonly pauseMs: number;
  readonly faults: readonly Fault[];
  readonly signal: AbortSignal;
}

/**
 * One fault after the other, as the seed says, each beginning while earlier ones may still last. Ends when all have
 * been undone. What a fault meets depends on the moment; which comes when does not.
 */
export const storm = async (scene: Scene, random: Random, options: StormOptions): Promise<void> => {
  const { untilMs, pauseMs, faults, signal } = options;
  const weights = faults.map(({ weight }) => weight);
  const busy = new Set<Group>();
  const underWay = new Set<Promise<void>>();
  const mistakes: unknown[] = [];

  const inject = async (fault: Fault, choices: Random): Promise<void> => {
    const { kind, group } = fault;
    if (group !== undefined && busy.has(group)) return;
    if (group !== undefined) busy.add(group);
    try {
      if (await fault.inject(scene, choices)) scene.ledger.count(kind);
    } finally {
      if (group !== undefined) busy.delete(group);
    }
  };

  // A fault that throws is a mistake of chaos itself.
  while (nowMs() < untilMs && !signal.aborted && mistakes.length === 0) {
    const fault = faults[random.weighted(weights)];
    const choices = random.fork();
    if (fault !== undefined) {
      const done = inject(fault, choices).finally(() => underWay.delete(done));
      underWay.add(done);
      done.catch((error: unknown) => mistakes.push(error));
    }
    await sleep(random.span(pauseMs));
  }
  await Promise.allSettled(underWay);
  if (mistakes.length > 0) throw mistakes[0];
};
