import type { StepKind } from './acts.ts';
import type { Installation } from './installation.ts';
import { bringBack, makePlaces, MANIFEST_ACTS } from './people/manifests.ts';
import { MISSING } from './places.ts';
import { letGo, RECORD_ACTS } from './people/records.ts';
import { leave, SESSION_ACTS } from './people/sessions.ts';

/** What people, neighbours and the disk do, by the kind of a step. */
export const ACTS: Readonly<Record<string, StepKind>> = { ...MANIFEST_ACTS, ...SESSION_ACTS, ...RECORD_ACTS };

export { makePlaces };

/** All of them rest, what was away is back, and commands behave. */
export const calm = (installation: Installation): void => {
  const { machine } = installation.world;
  machine.areCommandsCalm = true;
  machine.disk.isFull = false;
  bringBack(machine.disk);
  makePlaces(installation);
  machine.disk.makeDirectory(MISSING);
  letGo(installation);
  leave(installation);
};
