import { Counter, Histogram, type Registry } from 'prom-client';
import { BEGIN_CAUSES, isUnasked, type Repair, REPAIRS, RESTART_CAUSES } from '../../api/life.ts';
import { END_CAUSES } from '../../api/memory.ts';
import type { Trace, Tracer } from '../../api/trace.ts';

/** Events that are repairs, beside the runs that follow an end. */
const REPAIRING: Readonly<Record<string, Repair>> = {
  Repaired: 'RecordCorrected',
  Adopted: 'SessionAdopted',
  DuplicateSession: 'DuplicateEnded',
};

/** Attempts and runs of primaries: why they begin and end, and what was made good again. */
export const lifeMetrics = (registry: Registry): Tracer => {
  const registers = [registry];
  const begun = new Counter({
    name: 'tmuxlet_attempts_started_total',
    help: 'Attempts begun (or found alive: Adopted), by how the attempt before ended; First has none before.',
    labelNames: ['cause'],
    registers,
  });
  const ended = new Counter({
    name: 'tmuxlet_attempts_ended_total',
    help: 'Attempts that ended, by why.',
    labelNames: ['cause'],
    registers,
  });
  const restarts = new Counter({
    name: 'tmuxlet_restarts_total',
    help: 'Runs of primaries after the first of their Project, in the same window or resumed, by how the one before ended.',
    labelNames: ['cause'],
    registers,
  });
  const repairs = new Counter({
    name: 'tmuxlet_repairs_total',
    help: 'What was made good again without anybody having asked, by what it was.',
    labelNames: ['repair'],
    registers,
  });
  const repairSeconds = new Histogram({
    name: 'tmuxlet_repair_seconds',
    help: 'From when an end of a primary that nobody asked for was seen until it was seen running again, back-off not counted.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const runs = new Counter({
    name: 'tmuxlet_runs_total',
    help: 'Runs of primaries that were seen, each once: what phantoms are compared with.',
    registers,
  });
  for (const cause of BEGIN_CAUSES) begun.inc({ cause }, 0);
  for (const cause of END_CAUSES) ended.inc({ cause }, 0);
  for (const cause of RESTART_CAUSES) restarts.inc({ cause }, 0);
  for (const repair of REPAIRS) repairs.inc({ repair }, 0);

  const ran = ({ restart, repairMs }: Extract<Trace, { trace: 'RunSeen' }>): void => {
    runs.inc();
    if (repairMs !== null) repairSeconds.observe(repairMs / 1000);
    if (restart === null) return;
    restarts.inc({ cause: restart.cause });
    if (isUnasked(restart.cause)) repairs.inc({ repair: restart.inItsWindow ? 'Respawned' : 'Resumed' });
  };

  return (trace) => {
    switch (trace.trace) {
      case 'AttemptBegan':
        return begun.inc({ cause: trace.cause });
      case 'AttemptEnded':
        return ended.inc({ cause: trace.cause });
      case 'RunSeen':
        return ran(trace);
      case 'ActionDone':
        if (trace.kind === 'RepairTags' && trace.result === 'success') repairs.inc({ repair: 'SessionTagged' });
        return;
      case 'EventRecorded': {
        const repair = REPAIRING[trace.event.reason];
        if (repair !== undefined) repairs.inc({ repair });
        return;
      }
      default:
    }
  };
};
