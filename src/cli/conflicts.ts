import { createInterface } from 'node:readline/promises';
import type { SingleManifest } from '../adapters/manifests/split.ts';
import { UserError } from '../api/errors.ts';
import { type ProjectManifest, sessionNameOf } from '../api/manifest.ts';
import { sharedNames } from '../machines/manifests/session-names.ts';
import type { SessionView } from '../server/views/session.ts';
import type { Context } from './context.ts';

/**
 * @throws UserError when one of the wanted manifests asks for a session name that another one asks for as well, and
 * one of the two would not run; what only leads to another name is said, and no more
 */
export const refuseSharedNames = (
  { say }: Context,
  present: readonly ProjectManifest[],
  wanted: readonly ProjectManifest[],
): void => {
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  const others = present.filter(({ metadata }) => !names.has(metadata.name));
  const shared = sharedNames([...others, ...wanted]).filter(({ projects }) => projects.some((name) => names.has(name)));
  const blocking = shared.filter(({ blocks }) => blocks);
  if (blocking.length > 0) throw new UserError(blocking.map(({ message }) => message).join('\n'));
  for (const { message } of shared) say(`warning: ${message}`);
};

/**
 * Asks a person before manifests are written that would adopt or replace somebody's session. Only where a person can
 * answer: without a terminal the manifest's own word is enough.
 * @throws UserError when the answer is not yes
 */
export const askAboutConflicts = async (context: Context, wanted: readonly SingleManifest[]): Promise<void> => {
  const { io } = context;
  const taking = wanted.filter(({ project: { spec } }) => ['Adopt', 'Replace'].includes(spec.conflictPolicy));
  if (taking.length === 0 || io.stdin.isTTY !== true || io.stderr.isTTY !== true) return;
  const client = await context.client();
  // Nobody can say whose sessions there are.
  if (!client.live) return;
  const { items } = await client.sessions();
  for (const { name, project } of taking) {
    const wantedName = sessionNameOf(name, project.spec);
    const rival = items.find((session) => session.owner === 'None' && session.name === wantedName);
    if (rival !== undefined && !(await isYes(context, questionOf(project, rival)))) {
      throw new UserError('nothing was applied; set session.name, or another conflictPolicy');
    }
  }
};

const questionOf = ({ metadata, spec }: ProjectManifest, { name, id, windows }: SessionView): string => {
  const what = `session ${name} (${id}, windows ${windows.join(', ')}) is not tmuxlet's.`;
  return spec.conflictPolicy === 'Replace'
    ? `${what} Project ${metadata.name} will kill it, with a copy in backups/, and take its place. Go on? [y/N] `
    : `${what} Project ${metadata.name} will adopt it if it works in ${spec.path}. Go on? [y/N] `;
};

/** The end of the input is no yes. */
const isYes = async ({ io }: Context, question: string): Promise<boolean> => {
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return /^y(es)?$/i.test((await Promise.race([lines.question(question), ended])).trim());
  } finally {
    lines.close();
  }
};
