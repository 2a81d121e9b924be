import type { Judge, Scene } from './scene.ts';

/** I1: two controllers at one time are one too many, and the older one gives way. */
export const takenOverIsSilent = ({ installation }: Scene): Judge => ({
  always: () => {
    const [pid] = installation.intruders;
    return pid === undefined ? null : `controller ${pid} was taken over, and has written into the database`;
  },
});
