import { controllers } from './controller.ts';
import type { Fault } from './fault.ts';
import { files } from './files.ts';
import { kills } from './kills.ts';
import { people } from './people.ts';
import { rows } from './rows.ts';
import { servers } from './servers.ts';

export const ALL_FAULTS: readonly Fault[] = [...kills, ...controllers, ...servers, ...people, ...rows, ...files];
