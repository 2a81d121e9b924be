import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { CONDITION_TYPES } from '../../src/api/condition.ts';
import { newMemory } from '../../src/api/memory.ts';
import { PHASES } from '../../src/api/phase.ts';
import type { Store } from '../../src/api/ports/store.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { manifestOf } from './store.ts';

export const nameOf = (index: number): string => `project-${String(index).padStart(5, '0')}`;

/** Puts so many Projects into the store, in all phases, with all of their conditions; the uid is the name. */
export const addManyProjects = (store: Store, count: number): void => {
  const clock = systemClock({ keepAlive: false });
  store.transaction((writes) => {
    for (let index = 0; index < count; index += 1) {
      const phase = PHASES[index % PHASES.length] ?? 'Running';
      const conditions = CONDITION_TYPES.map((type) => ({
        type,
        status: 'True' as const,
        reason: 'Running',
        message: 'as it should be',
        lastTransitionTime: new Date(0).toISOString(),
        observedGeneration: 1,
      }));
      const memory = { ...newMemory, phase, conditions, attempt: 1, startingSince: clock.now() };
      const name = nameOf(index);
      const manifest = manifestOf(name, { heartbeat: { source: 'File', staleAfterSeconds: 60 } });
      writes.createProject(manifest, `/manifests/${name}.json`, { uid: name, memory, at: 1000 });
    }
  });
};

/** The metrics of a store, over a world in which nothing else happens. */
export const metricsOf = (store: Store, stateDir: string, mostProjects = 2000): Metrics => {
  const clock = systemClock({ keepAlive: false });
  return createMetrics({
    version: '0.1.0',
    reader: store,
    places: { stateDir, database: join(stateDir, 'tmuxlet.db') },
    clock,
    loops: () => [],
    isUp: () => true,
    availability: { upMs: 0, downMs: 0, close: () => {} },
    stalled: () => 0,
    lastBeat: () => clock.now(),
    breakerIsOpen: () => false,
    locks: () => [],
    mostProjects,
    externalServers: 0,
  });
};
