import type { Spec } from './manifest.ts';

/** The event of each way to resolve that a session name is taken; it names both sides. */
export const CONFLICT_EVENTS = {
  Rename: 'ConflictRenamed',
  Adopt: 'ConflictAdopted',
  Replace: 'ConflictReplaced',
  Fail: 'ConflictFailed',
} as const satisfies Record<Spec['conflictPolicy'], string>;
