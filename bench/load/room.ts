import type { RoomLeft } from '../../src/api/ports/world.ts';
import { mebibytes } from './numbers.ts';

/** What a Project takes of the memory, all processes together, with some room for the faults. */
const BYTES_EACH = 2 * 1024 * 1024;

/** Why the machine cannot take so many Projects, in a sentence; null when it can. */
export const noRoomFor = (projects: number, room: RoomLeft | null, availableBytes: number): string | null => {
  if (room !== null && room.sessions < projects) {
    return `There is room for ${Math.max(0, room.sessions)} sessions, and not for ${projects}; after those ${room.limit}.`;
  }
  const needed = projects * BYTES_EACH;
  if (availableBytes >= needed) return null;
  return `${projects} Projects need some ${mebibytes(needed)} of memory, and ${mebibytes(availableBytes)} can be had.`;
};
