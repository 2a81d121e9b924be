import { Counter, Gauge, type Registry } from 'prom-client';
import { BEAT_SOURCES } from '../../api/heartbeat.ts';
import type { Tracer } from '../../api/trace.ts';

/** Signs of life, what they bought, and who gives none. */
export const heartbeatMetrics = (registry: Registry, stalled: () => number): Tracer => {
  const registers = [registry];
  const beats = new Counter({
    name: 'tmuxlet_heartbeats_total',
    help: 'Heartbeats that counted, by what showed them.',
    labelNames: ['source'],
    registers,
  });
  const limited = new Counter({
    name: 'tmuxlet_heartbeat_rate_limited_total',
    help: 'Heartbeats that came too fast to count.',
    registers,
  });
  const extensions = new Counter({
    name: 'tmuxlet_heartbeat_extensions_total',
    help: 'Deadlines that were extended because of heartbeats.',
    registers,
  });
  const gauge = new Gauge({
    name: 'tmuxlet_projects_stalled',
    help: 'Projects that run and whose heartbeat is stale.',
    registers,
    collect: () => {
      gauge.set(stalled());
    },
  });
  for (const source of BEAT_SOURCES) beats.inc({ source }, 0);

  return (trace) => {
    if (trace.trace === 'Beats') {
      beats.inc({ source: trace.source }, trace.beats);
      limited.inc(trace.limited);
    }
    if (trace.trace === 'EventRecorded' && trace.event.reason === 'DeadlineExtended') extensions.inc();
  };
};
