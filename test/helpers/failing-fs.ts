import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type FsFunction = {
  [K in keyof typeof fs]: (typeof fs)[K] extends (...args: never[]) => unknown ? K : never;
}[keyof typeof fs];

/** An error as the kernel gives it. */
export const systemError = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: injected`), { code });

/**
 * Lets a function of node:fs fail with this code for the paths that are meant, whoever calls it, while `act` runs.
 * For faults that a test cannot make for real, such as a kernel out of file descriptors.
 */
export const whileFailing = <T>(
  name: FsFunction,
  code: string,
  isMeant: (path: string) => boolean,
  act: () => T,
): T => {
  const real = fs[name] as (...args: unknown[]) => unknown;
  const failing = (...args: unknown[]): unknown => {
    if (isMeant(String(args[0]))) throw systemError(code);
    return real(...args);
  };
  Object.assign(fs, { [name]: failing });
  syncBuiltinESMExports();
  try {
    return act();
  } finally {
    Object.assign(fs, { [name]: real });
    syncBuiltinESMExports();
  }
};
