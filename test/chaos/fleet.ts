import { fileURLToPath } from 'node:url';
import type { Random } from './random.ts';

const BEAT = fileURLToPath(new URL('programs/beat.pl', import.meta.url));

/** What a Project of the fleet is there for. */
export type Role = 'Service' | 'Job' | 'Suspended';

export interface Declared {
  readonly name: string;
  readonly role: Role;
  /** `PROJECT/WINDOW` of each of its windows; the first is the primary's. */
  readonly windows: readonly string[];
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A run this long has its failures forgotten: the next repair of it is immediate again. */
export const RESET_MS = 5_000;

const EVERY_SECONDS = 0.25;

/**
 * Projects of all kinds. Their names are each other's beginnings (p-1, p-10), for targets that match by prefix; a
 * third has a sidecar, a quarter leaves a helper behind that hears no signal, a seventh hears none itself.
 */
export const fleetOf = (count: number, path: string, beats: string, random: Random): readonly Declared[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `p-${index + 1}`;
    const role: Role = index % 10 === 4 ? 'Job' : index % 12 === 7 ? 'Suspended' : 'Service';
    const options = [
      ...(index % 4 === 1 ? ['helper'] : []),
      ...(index % 7 === 2 ? ['stubborn'] : []),
      ...(role === 'Job' ? [`exit-after=${random.int(4, 25)}`] : []),
    ];
    const names = index % 3 === 0 ? ['main', 'side'] : ['main'];
    const windows = names.map((window) => ({
      name: window,
      command: ['perl', BEAT, beats, `${name}/${window}`, String(EVERY_SECONDS), ...(window === 'main' ? options : [])],
    }));
    const spec = {
      path,
      suspend: role === 'Suspended',
      terminationGracePeriodSeconds: 1,
      restartPolicy: role === 'Job' ? 'OnFailure' : 'Always',
      backoffLimit: 1_000_000,
      backoff: { initialSeconds: 0.5, maxSeconds: 2, resetAfterSeconds: RESET_MS / 1000 },
      session: { windows },
    };
    const manifest = { apiVersion: 'tmuxlet.dev/v1', kind: 'Project', metadata: { name }, spec };
    return { name, role, windows: names.map((window) => `${name}/${window}`), manifest };
  });
