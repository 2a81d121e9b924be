import { Gauge, type Registry } from 'prom-client';
import type { Tracer } from '../../api/trace.ts';

export const manifestMetrics = (registry: Registry): Tracer => {
  const manifests = new Gauge({
    name: 'tmuxlet_manifests',
    help: 'Manifest files, by whether they parse.',
    labelNames: ['state'],
    registers: [registry],
  });
  const lastRead = new Gauge({
    name: 'tmuxlet_manifests_last_read_timestamp_seconds',
    help: 'When the manifests were last read completely; 0 before the first time.',
    registers: [registry],
  });
  for (const state of ['good', 'bad']) manifests.set({ state }, 0);

  return (trace) => {
    if (trace.trace !== 'ManifestsRead') return;
    manifests.set({ state: 'good' }, trace.good);
    manifests.set({ state: 'bad' }, trace.bad);
    lastRead.set(trace.at / 1000);
  };
};
