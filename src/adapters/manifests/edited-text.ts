import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../api/errors.ts';
import type { ProjectManifest } from '../../api/manifest.ts';
import { parseManifests } from './parse.ts';
import { replaceProject } from './replace.ts';
import { setSuspend } from './set-field.ts';
import type { SingleManifest } from './split.ts';
import { takeOut } from './take-out.ts';

/*
 * What becomes of a file's text when one of its Projects is edited and all else stays. Each outcome is parsed before
 * it is given back. All throw a UserError when the text cannot be edited safely; `file` is for messages.
 */

/** With `spec.suspend` set; the same text when it was so already. */
export const withSuspend = (text: string, file: string, name: string, suspend: boolean): string => {
  const project = projectsIn(text, file).find(({ metadata }) => metadata.name === name);
  if (project === undefined) throw new UserError(`${file} does not declare ${name}`);
  if (project.spec.suspend === suspend) return text;
  const wanted = { ...project, spec: { ...project.spec, suspend } };
  // Only what is to go can leave nothing.
  return proven(setSuspend(text, name, suspend), file, name, [...othersIn(text, file, name, true), wanted]) ?? text;
};

/** With a manifest in place of the one of the same name. */
export const withManifest = (text: string, file: string, manifest: SingleManifest): string => {
  const { name, project } = manifest;
  const replaced = replaceProject(text, manifest, file.endsWith('.json') ? 'json' : 'yaml');
  return proven(replaced, file, name, [...othersIn(text, file, name, true), project]) ?? text;
};

/** Without the Project; null when nothing is left, the same text when it was not there. */
export const withoutProject = (text: string, file: string, name: string): string | null => {
  const { names, errors } = parseManifests(text, file);
  if (!names.includes(name)) return text;
  // What is to go need not be in order, when nothing else goes with it.
  if (errors.length > 0 && names.length === 1) return null;
  return proven(takeOut(text, name), file, name, othersIn(text, file, name, false));
};

/** Do two manifests ask for the same? */
export const isSame = (a: ProjectManifest, b: ProjectManifest): boolean => isDeepStrictEqual(askedBy(a), askedBy(b));

const askedBy = ({ metadata: { name, labels = {}, annotations = {} }, spec }: ProjectManifest) => ({
  name,
  labels,
  annotations,
  spec,
});

const projectsIn = (text: string, file: string): readonly ProjectManifest[] => {
  const { projects, errors } = parseManifests(text, file);
  if (errors.length > 0) throw new UserError(`mend the file first:\n${errors.join('\n')}`);
  return projects;
};

/** A broken file may be mended by a new manifest when it holds nothing else. */
const othersIn = (text: string, file: string, name: string, mends: boolean): readonly ProjectManifest[] => {
  const { projects, names, errors } = parseManifests(text, file);
  if (errors.length > 0 && !(mends && names.every((other) => other === name))) {
    throw new UserError(`mend the file first:\n${errors.join('\n')}`);
  }
  return projects.filter(({ metadata }) => metadata.name !== name);
};

/** The text, if it declares what is expected and nothing else. */
const proven = (
  text: string | null,
  file: string,
  name: string,
  expected: readonly ProjectManifest[],
): string | null => {
  if (!declaresOnly(text, file, expected)) {
    throw new UserError(`${file}: ${name} cannot be changed safely by a program here; please edit the file`);
  }
  return text;
};

const declaresOnly = (text: string | null, file: string, expected: readonly ProjectManifest[]): boolean => {
  if (text === null) return expected.length === 0;
  const { projects, errors } = parseManifests(text, file);
  const isExpected = (project: ProjectManifest): boolean => expected.some((other) => isSame(project, other));
  return errors.length === 0 && projects.length === expected.length && projects.every(isExpected);
};
