import { API_VERSION } from '../../api/manifest.ts';

/** Kubernetes' list of objects of one kind. */
export interface List<T> {
  readonly apiVersion: string;
  /** `ProjectList`, `EventList`… */
  readonly kind: string;
  readonly metadata: {
    /** Changes whenever anything stored changes. */
    readonly resourceVersion: string;
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
