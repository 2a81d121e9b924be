import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { UserError, messageOf } from '../../api/errors.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a file of NAME=value lines (quotes, comments and `export` as in dotenv files).
 * Throws a UserError that names the file when it cannot be read or names what is no variable.
 */
export const readEnvFile = async (file: string): Promise<Record<string, string>> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`session.envFile cannot be read: ${messageOf(error)}`);
  }
  const variables: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(parseEnv(text))) {
    if (!VARIABLE.test(name)) throw new UserError(`session.envFile ${file}: "${name}" is no name of a variable`);
    variables[name] = value;
  }
  return variables;
};
