import { UserError } from '../api/errors.ts';
import { Name } from '../api/manifest.ts';

/**
 * The name of a Project as people give it: `web`, or `project/web` as `-o name` prints it.
 * @throws UserError (exit code 2) for what can be no name
 */
export const projectName = (argument: string): string => {
  const name = argument.replace(/^proj(ects?)?\//, '');
  const { success, error } = Name.safeParse(name);
  if (!success) throw new UserError(`"${argument}" is no name of a Project: it ${error.issues[0]?.message}`, 2);
  return name;
};
