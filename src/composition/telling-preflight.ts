import type { Preflight } from '../api/ports/world.ts';
import type { Tracer } from '../api/trace.ts';

/** Tells the trace stream what the checks said. */
export const tellingPreflight = (preflight: Preflight, tell: Tracer): Preflight => ({
  async check(name, spec) {
    const checks = await preflight.check(name, spec);
    tell({ trace: 'PreflightChecked', name, checks });
    return checks;
  },
});
