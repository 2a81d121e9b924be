import { Readable } from 'node:stream';
import type { Schedule } from '../schedule.ts';
import type { Outcome } from '../simulate.ts';
import { Simulator } from './simulator.ts';

/** A run that was made. */
export interface Made {
  readonly schedule: Schedule;
  readonly outcome: Outcome;
}

/** Makes the runs, so many side by side, and yields them in their order. Whoever stops listening ends what is under way. */
export async function* makeAll(
  schedules: Iterable<Schedule>,
  { jobs, ...parts }: { readonly jobs: number; readonly timeoutMs: number; readonly worker?: string },
): AsyncGenerator<Made> {
  const crew = Array.from({ length: jobs }, () => new Simulator(parts));
  const idle = [...crew];
  let isOver = false;
  const make = async (schedule: Schedule): Promise<Made> => {
    if (isOver) throw new Error('nobody listens any more');
    const simulator = idle.pop() as Simulator;
    const outcome = await simulator.run(schedule);
    idle.push(simulator);
    return { schedule, outcome };
  };
  try {
    yield* Readable.from(schedules).map(make, { concurrency: jobs }) as AsyncIterable<Made>;
  } finally {
    isOver = true;
    for (const simulator of crew) simulator.end();
  }
}
