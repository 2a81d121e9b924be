import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Gauges with names of counters, which promtool refuses; their sum over types says the same. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** process_* and nodejs_*: CPU, memory, file descriptors, event loop, garbage collection. */
export const processMetrics = (registry: Registry): void => {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
};
