import type { Tracer } from '../api/trace.ts';

/** Carries every trace to all who listen at the time. */
export interface TraceBus {
  readonly tell: Tracer;
  /** Returns how to stop listening. */
  listen(listener: Tracer): () => void;
}

export const createTraceBus = (): TraceBus => {
  const listeners = new Set<Tracer>();
  return {
    tell: (trace) => listeners.forEach((listener) => listener(trace)),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
