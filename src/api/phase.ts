/** The states of a Project, for display and memory. The last one known is kept while Unknown. */
export const PHASES = [
  'Pending',
  'Queued',
  'Starting',
  'Running',
  'BackingOff',
  'Waiting',
  'Suspended',
  'Terminating',
  'Completed',
  'Failed',
] as const;

export type Phase = (typeof PHASES)[number];

/** Phases that need evidence to enter and a person's act, or refuting evidence, to leave (I11). */
export const isTerminal = (phase: Phase): boolean => phase === 'Completed' || phase === 'Failed';
