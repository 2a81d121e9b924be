import { Counter, type Registry } from 'prom-client';
import { SOURCES, type Tracer } from '../../api/trace.ts';

export const observationMetrics = (registry: Registry): Tracer => {
  const unknown = new Counter({
    name: 'tmuxlet_observation_unknown_total',
    help: 'Observations that got no answer, by what was looked at; nothing is destroyed on their account.',
    labelNames: ['source'],
    registers: [registry],
  });
  for (const source of SOURCES) unknown.inc({ source }, 0);

  return (trace) => {
    if (trace.trace === 'Unknown') unknown.inc({ source: trace.source });
  };
};
