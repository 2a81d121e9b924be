import type { NewEvent } from '../../api/event.ts';
import type { Memory } from '../../api/memory.ts';
import type { Declaration } from './claims.ts';
import { createdEvent, notices } from './events.ts';
import type { Identity } from './identity.ts';

/** What becomes of declarations without a row: each is created, or waits with a reason. */
export interface Newcomers {
  readonly creates: readonly (Declaration & { readonly uid: string; readonly memory: Memory })[];
  readonly events: readonly NewEvent[];
  /** Why some are not created; said once while it stands. */
  readonly notices: readonly NewEvent[];
  /** What the waiting ones wait for: a better look soon, or a person. */
  readonly waitsFor: 'Look' | 'Person' | null;
}

/** `identities` by name; a Project without one lost its row only now, and is looked at again. */
export const admitNewcomers = (
  declarations: readonly Declaration[],
  identities: ReadonlyMap<string, Identity>,
): Newcomers => {
  const found = declarations.map((declaration) => {
    const { name } = declaration.manifest.metadata;
    const identity = identities.get(name) ?? null;
    return { declaration, name, identity };
  });
  const known = found.flatMap(({ declaration, name, identity }) =>
    identity?.identity === 'Known' ? [{ ...declaration, name, ...identity }] : [],
  );
  const isWaiting = found.some(({ identity }) => identity === null || identity.identity === 'Unknown');
  const isAmbiguous = found.some(({ identity }) => identity?.identity === 'Ambiguous');
  return {
    creates: known.map(({ manifest, file, uid, memory }) => ({ manifest, file, uid, memory })),
    events: known.map(({ name, file, evidence }) => createdEvent(name, file, evidence)),
    notices: found.flatMap(({ name, identity }) => {
      if (identity?.identity === 'Unknown') return [notices.unknown(name, identity.reason)];
      return identity?.identity === 'Ambiguous' ? [notices.ambiguous(name, identity.reason)] : [];
    }),
    waitsFor: isWaiting ? 'Look' : isAmbiguous ? 'Person' : null,
  };
};
