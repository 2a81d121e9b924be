import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../api/errors.ts';
import type { ProjectManifest } from '../../api/manifest.ts';
import { columnOf, type Located, locateAll, nameOf } from './locate.ts';
import { PARSE_OPTIONS, parseManifests } from './parse.ts';
import { setPath } from './set-field.ts';

export type Format = 'json' | 'yaml';

/** One Project with a text of its own, whatever file it came from. */
export interface SingleManifest {
  readonly name: string;
  /** A document of its own, with its comments where that is possible; `spec.path` is absolute. */
  readonly text: string;
  readonly format: Format;
  readonly project: ProjectManifest;
}

/**
 * Takes a text apart into its Projects, for `apply` to write each where it belongs. `file` is used for
 * messages and for a relative `spec.path`. What the controller wrote (status, uid) is left out.
 *
 * @throws UserError with every problem when the text is not in order.
 */
export const splitManifests = (text: string, file: string): readonly SingleManifest[] => {
  const { projects, errors } = parseManifests(text, file);
  if (errors.length > 0) throw new UserError(errors.join('\n'));
  const byName = new Map<unknown, ProjectManifest>(projects.map((project) => [project.metadata.name, project]));
  return locateAll(text).flatMap((located) => {
    const project = byName.get(nameOf(located));
    return project === undefined ? [] : [singleOf(text, located, project)];
  });
};

/** The manifest's text in a format; comments do not survive a change of format. */
export const textAs = (single: SingleManifest, format: Format): string =>
  single.format === format ? single.text : print(parse(single.text, PARSE_OPTIONS), format);

const print = (value: unknown, format: Format): string =>
  format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value);

const singleOf = (text: string, located: Located, project: ProjectManifest): SingleManifest => {
  const { name } = project.metadata;
  const format: Format = located.project.flow === true && text.trimStart().startsWith('{') ? 'json' : 'yaml';
  const value = byPeople(located.project.toJS(located.document), project.spec.path);
  const own = ownText(text, located);
  const rooted = says(own)?.spec?.path === project.spec.path ? own : setPath(own, name, project.spec.path);
  // Where the text alone says something else (an anchor outside of it, a status in it) the value is printed anew.
  const saysTheSame = isDeepStrictEqual(says(rooted), value);
  return { name, project, format, text: saysTheSame ? rooted : print(value, format) };
};

/** What a part of a text says by itself; undefined where it leans on the rest. */
const says = (text: string): ReturnType<typeof parse> => {
  try {
    return parse(text, PARSE_OPTIONS);
  } catch {
    return undefined;
  }
};

const Written = z.looseObject({ metadata: z.looseObject({}), spec: z.looseObject({}) });
const OF_PEOPLE = ['name', 'labels', 'annotations'];

/** The manifest as written, without what only the controller writes. */
const byPeople = (value: unknown, path: string): object => {
  const { status: _, metadata, spec, ...rest } = Written.parse(value);
  const own = Object.entries(metadata).filter(([key]) => OF_PEOPLE.includes(key));
  return { ...rest, metadata: Object.fromEntries(own), spec: { ...spec, path } };
};

/** The text of one Project, moved to the left margin when it is an item of a list. */
const ownText = (text: string, { list, alone, span, project }: Located): string => {
  if (list !== null) {
    const [from, to] = project.range;
    const margin = new RegExp(`^ {1,${columnOf(text, from)}}`, 'gm');
    return `${text.slice(from, to).replace(margin, '').trimEnd()}\n`;
  }
  const own = alone ? text : text.slice(span.from, span.to);
  return own.replace(/^---\s*\n/, '').replace(/^\.\.\.\s*\n/m, '');
};
