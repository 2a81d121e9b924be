import type { Judge, Scene } from './scene.ts';

/** I13: a dry run changes nothing but its own copy of the database. */
export const rehearsalsOnlyLook = ({ installation }: Scene): Judge => ({
  always: () => {
    const [point] = installation.trespasses;
    return point === undefined ? null : `a dry run has changed the world by ${point}`;
  },
});
