/** A process that makes runs for its parent, in whichever copy of the project this file lies in. */
import type { Schedule } from '../schedule.ts';
import { simulate } from '../simulate.ts';

process.on('message', (schedule: Schedule) => {
  void simulate(schedule).then((outcome) => process.send?.(outcome));
});
// In the middle of a run too, and not without taking its files along.
for (const end of ['disconnect', 'SIGTERM']) process.on(end, () => process.exit());
