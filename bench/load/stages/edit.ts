import type { Fleet } from '../fleet.ts';
import { judge } from '../judge.ts';
import type { Done } from '../measure.ts';

/** Writes every manifest anew with another grace period, which touches no session. */
export const edit = async (fleet: Fleet): Promise<Done> => {
  const before = judge(fleet);
  const began = performance.now();
  for (const name of fleet.names) fleet.declare(name, 4);
  const edited = (): number =>
    fleet.rows().filter(({ generation, memory }) => generation === 2 && isSeen(memory.conditions)).length;
  await fleet.until(fleet.names.length, edited);
  const ms = performance.now() - began;
  const after = judge(fleet);
  const moved = fleet.names.filter((name) => before.idOf.get(name) !== after.idOf.get(name));
  return {
    what: 'every manifest edited, until each Project’s status says that it was seen',
    ms,
    complaints: [
      ...(edited() === fleet.names.length ? [] : [`${fleet.names.length - edited()} were not seen`]),
      ...moved.map((name) => `${name} lost its session`),
    ],
  };
};

const isSeen = (conditions: readonly { readonly type: string; readonly observedGeneration: number }[]): boolean =>
  conditions.some(({ type, observedGeneration }) => type === 'Ready' && observedGeneration === 2);
