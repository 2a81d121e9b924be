/** Kubernetes' condition: one aspect of a Project, recomputed on every pass from the observation. */
export const CONDITION_TYPES = [
  'Ready',
  'Admitted',
  'PreflightPassed',
  'SessionAvailable',
  'NameConflict',
  'ManifestValid',
  'Stalled',
  'Complete',
  'Failed',
] as const;

export type ConditionType = (typeof CONDITION_TYPES)[number];

export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** UpperCamelCase, for machines. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly message: string;
  /** RFC 3339, when `status` last changed. */
  readonly lastTransitionTime: string;
  /** The `metadata.generation` this was computed for. */
  readonly observedGeneration: number;
}
