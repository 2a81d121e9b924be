import { API_VERSION } from '../../api/manifest.ts';

/** Kubernetes' list of objects of one kind. */
export interface List<T> {
  readonly apiVersion: string;
  /** `ProjectList`, `EventList`… */
  readonly kind: string;
  readonly metadata: {
    /** Grows with every change of a Project or an event: from here a watch goes on. */
    readonly resourceVersion: string;
    /** Leads to the next part of a list that was cut off at a limit. */
    readonly continue?: string;
    /** How many come after that part. */
    readonly remainingItemCount?: number;
    /** What is missing from the list and why, one sentence each. */
    readonly warnings: readonly string[];
  };
  readonly items: readonly T[];
}

export const listOf = <T>(kind: string, version: number, items: readonly T[], warnings: string[] = []): List<T> => ({
  apiVersion: API_VERSION,
  kind: `${kind}List`,
  metadata: { resourceVersion: String(version), warnings },
  items,
});
