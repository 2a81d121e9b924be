import { Counter, Gauge, type Registry } from 'prom-client';
import { INTERVENTIONS } from '../../api/life.ts';
import type { PhaseCount, StoreReader } from '../../api/ports/store.ts';
import type { Tracer } from '../../api/trace.ts';
import type { Availability } from '../availability.ts';
import { Phantoms } from '../phantoms.ts';

export interface SuccessSources {
  readonly reader: Pick<StoreReader, 'phaseCounts' | 'runningSessions'>;
  readonly availability: Availability;
}

const running = (counts: readonly PhaseCount[]): number =>
  counts.filter(({ phase }) => phase === 'Running').reduce((sum, { projects }) => sum + projects, 0);

/** The four figures by which the whole is judged; docs/metrics.md says what each means. */
export const successMetrics = (registry: Registry, { reader, availability }: SuccessSources): Tracer => {
  const registers = [registry];
  const phantoms = new Phantoms(() => reader.runningSessions());
  const phantomProjects = new Gauge({
    name: 'tmuxlet_phantom_projects',
    help: 'Projects that the record says are running and whose session is proven absent, for longer than a pass needs.',
    registers,
    collect: () => {
      phantomProjects.set(phantoms.standing);
    },
  });
  const phantomsTotal = new Counter({
    name: 'tmuxlet_phantoms_total',
    help: 'Times that a Project became a phantom.',
    registers,
  });
  const projectsRunning = new Gauge({
    name: 'tmuxlet_projects_running',
    help: 'Projects that run at this moment, phantoms not counted.',
    registers,
    collect: () => {
      projectsRunning.set(Math.max(0, running(reader.phaseCounts()) - phantoms.standing));
    },
  });
  const seconds = (name: string, help: string, total: () => number): void => {
    let told = 0;
    const counter = new Counter({
      name,
      help,
      registers,
      collect: () => {
        const now = total() / 1000;
        counter.inc(Math.max(0, now - told));
        told = now;
      },
    });
  };
  seconds(
    'tmuxlet_loop_up_seconds_total',
    'Time in which the loop made progress, over all lives of the controller with this state directory.',
    () => availability.upMs,
  );
  seconds(
    'tmuxlet_loop_down_seconds_total',
    'Time in which the loop was stuck or no controller ran, from its last sign of life, over all its lives.',
    () => availability.downMs,
  );
  const interventions = new Counter({
    name: 'tmuxlet_manual_interventions_total',
    help: 'What people had to ask for by hand.',
    labelNames: ['verb'],
    registers,
  });
  for (const verb of INTERVENTIONS) interventions.inc({ verb }, 0);

  return (trace) => {
    if (trace.trace === 'TmuxListed') phantomsTotal.inc(phantoms.look(trace.listings, trace.monotonicMs));
    if (trace.trace === 'Intervened') interventions.inc({ verb: trace.verb });
  };
};
