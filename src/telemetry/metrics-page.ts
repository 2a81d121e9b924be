import { setImmediate } from 'node:timers/promises';
import type { Registry } from 'prom-client';

/**
 * What Prometheus scrapes. Metric after metric, and the loop may turn in between: a page of many Projects is long to
 * write, and nobody's pass is to wait for all of it.
 */
export const metricsPage = async (registry: Registry): Promise<string> => {
  const parts: string[] = [];
  for (const { name } of registry.getMetricsAsArray()) {
    parts.push(await registry.getSingleMetricAsString(name));
    await setImmediate();
  }
  return `${parts.join('\n\n')}\n`;
};
