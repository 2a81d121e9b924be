import { z } from 'zod';
import { messageOf } from '../api/errors.ts';
import { Name } from '../api/manifest.ts';
import { readMemory } from '../api/memory-schema.ts';
import type { StateFile } from '../api/observation.ts';
import { present, unknown } from '../api/seen.ts';
import type { Seen } from '../api/seen.ts';

/** How a state file is written, so that a later version can tell an older one's. */
const VERSION = 1;

/** No Project comes so far; and the attempts after it must still be such as a session's tag takes. */
const MOST_ATTEMPTS = 99_999_999;

const Stored = z.object({
  version: z.literal(VERSION),
  uid: z.string().min(1),
  name: Name,
  attempt: z.int().nonnegative().max(MOST_ATTEMPTS),
  shard: z.int().nonnegative().nullable(),
  sessionName: z.string().min(1).nullable(),
  memory: z.unknown().transform((stored, context) => {
    try {
      return readMemory(stored);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error),
      });
      return z.NEVER;
    }
  }),
});

export const printStateFile = (state: StateFile): string =>
  `${JSON.stringify({ version: VERSION, ...state }, null, 2)}\n`;

/** What the file of the Project `name` says; Unknown when it is torn, odd or another Project's (failures 52, 72). */
export const parseStateFile = (name: string, file: string, text: string): Seen<StateFile> => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return unknown(`${file} is torn: ${messageOf(error)}`);
  }
  const { data, error } = Stored.safeParse(json);
  if (error !== undefined) return unknown(`${file} is no state file: ${z.prettifyError(error)}`);
  if (data.name !== name) return unknown(`${file} is the state of another Project, "${data.name}"`);
  const { version: _, ...state } = data;
  return present(state);
};

/** The Project whose state file is called so; what is called otherwise, such as one that is being written, is none. */
export const projectOfStateFile = (file: string): string | null => {
  const name = file.endsWith('.json') ? file.slice(0, -'.json'.length) : '';
  return Name.safeParse(name).success ? name : null;
};

/** @throws when the name leads elsewhere */
export const stateFileOf = (name: string): string => {
  if (!Name.safeParse(name).success) throw new Error(`"${name}" cannot be the name of a state file`);
  return `${name}.json`;
};
