import type { Trace } from '../api/trace.ts';
import type { Loop } from '../controllers/loop.ts';
import type { Health, HealthCheck } from '../server/control.ts';
import type { TraceBus } from './trace-bus.ts';

/** No pass takes so long: a worker that does is stuck. */
const STUCK_MS = 120_000;
/** A controller that failed so often in a row does not do its work (failure 32). */
const FAILURES_IN_A_ROW = 5;

export interface HealthParts {
  readonly trace: TraceBus;
  readonly loops: readonly Loop[];
  /** Rejects when the database cannot be read. */
  readonly readStore: () => unknown;
}

/** What the trace stream tells of the last look at each source. */
interface Seen {
  readonly ok: boolean;
  readonly message: string;
}

/** Learns from the trace stream whether the controller lives, and whether it does its work. */
export const watchHealth = ({ trace, loops, readStore }: HealthParts): Health => {
  const failures = new Map<string, { count: number; message: string }>();
  const sources = new Map<string, Seen>([['manifests', { ok: false, message: 'not read yet' }]]);

  const learn = (told: Trace): void => {
    switch (told.trace) {
      case 'Reconciled': {
        const before = failures.get(told.controller)?.count ?? 0;
        if (told.result === 'error') failures.set(told.controller, { count: before + 1, message: String(told.error) });
        else if (told.result !== 'requeue') failures.delete(told.controller);
        return;
      }
      case 'ManifestsRead':
        sources.set('manifests', { ok: true, message: `${told.good} good, ${told.bad} bad` });
        return;
      case 'Unknown':
        sources.set(told.source, { ok: false, message: told.reason });
        return;
      case 'Observed':
        sources.set(told.source, { ok: true, message: 'seen' });
        return;
      default:
    }
  };
  trace.listen(learn);

  const store = (): HealthCheck => {
    try {
      readStore();
      return { name: 'store', ok: true, message: 'readable' };
    } catch (error) {
      return { name: 'store', ok: false, message: String(error) };
    }
  };

  const loopCheck = ({ controller: { name } }: Loop): HealthCheck => {
    const failing = failures.get(name);
    const ok = (failing?.count ?? 0) < FAILURES_IN_A_ROW;
    return {
      name: `controller-${name}`,
      ok,
      message: ok ? 'reconciling' : `${failing?.count} errors: ${failing?.message}`,
    };
  };

  return {
    live: () =>
      loops.map(({ controller: { name }, queue }) => {
        const longest = Math.max(0, ...queue.unfinishedMs);
        return {
          name: `loop-${name}`,
          ok: longest < STUCK_MS,
          message: `a pass has taken ${Math.round(longest / 1000)} s`,
        };
      }),
    ready: () => [store(), ...[...sources].map(([name, seen]) => ({ name, ...seen })), ...loops.map(loopCheck)],
  };
};
