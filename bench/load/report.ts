import type { Findings } from './findings.ts';
import type { LoadOptions } from './options.ts';
import { percentile, seconds } from './numbers.ts';

export const summaryOf = ({ projects }: LoadOptions, { ramp, hold, steps }: Findings): string => {
  const complaints = [ramp, ...steps].flatMap((step) => step.complaints).length;
  const idle = ((100 * hold.spent.controllerMs) / hold.spent.ms).toFixed(2);
  return (
    `${ramp.running} of ${projects} Running after ${seconds(ramp.ms)} ` +
    `(p99 ${seconds(percentile(ramp.latenciesMs, 0.99))}), ${idle} % CPU converged, ${complaints} complaints`
  );
};

export const reportOf = (options: LoadOptions, findings: Findings): string =>
  JSON.stringify({ options, findings }, null, 1);
