import { Counter, type Registry } from 'prom-client';
import { CHECK_RESULTS, CHECKS } from '../../api/check.ts';
import type { Tracer } from '../../api/trace.ts';

export const preflightMetrics = (registry: Registry): Tracer => {
  const checks = new Counter({
    name: 'tmuxlet_preflight_checks_total',
    help: 'Checks made before starts, by what was checked and what it said; those of manifests are one.',
    labelNames: ['check', 'result'],
    registers: [registry],
  });
  for (const check of CHECKS) for (const result of CHECK_RESULTS) checks.inc({ check, result }, 0);

  return (trace) => {
    if (trace.trace !== 'PreflightChecked') return;
    for (const { check, result } of trace.checks) checks.inc({ check, result });
  };
};
