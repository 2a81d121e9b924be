import { UserError } from '../../api/errors.ts';
import type { Spec } from '../../api/manifest.ts';

/** What is shown in place of a value that may be a secret. */
export const MASK = '***';

type Env = Readonly<Record<string, string>>;

/** The spec as it may be shown: every value of an environment variable masked. */
export const maskSpec = (spec: Spec): Spec => mapEnv(spec, (env) => mapValues(env, () => MASK));

/**
 * The spec with masked values replaced by those that are stored, so that `get -o yaml | apply -f -` changes nothing.
 * @throws UserError when a value is masked and none is stored
 */
export const unmaskSpec = (spec: Spec, stored: Spec | null): Spec =>
  mapEnv(spec, (env, window) => {
    const known = window === null ? stored?.session.env : windowOf(stored, window)?.env;
    return mapValues(env, (value, name) => {
      if (value !== MASK) return value;
      const kept = known?.[name];
      if (kept !== undefined) return kept;
      const place = window === null ? 'spec.session.env' : `env of window ${window}`;
      throw new UserError(
        `${place}: the value of ${name} is masked (${MASK}) and none is stored; write the value itself`,
      );
    });
  });

/** The spec with each env rewritten: the session's (window null) and those of its windows. */
const mapEnv = (spec: Spec, rewrite: (env: Env, window: string | null) => Record<string, string>): Spec => ({
  ...spec,
  session: {
    ...spec.session,
    ...(spec.session.env && { env: rewrite(spec.session.env, null) }),
    windows: spec.session.windows.map((window) => ({
      ...window,
      ...(window.env && { env: rewrite(window.env, window.name) }),
    })),
  },
});

const windowOf = (spec: Spec | null, name: string) => spec?.session.windows.find((window) => window.name === name);

const mapValues = (env: Env, value: (value: string, name: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, old]) => [name, value(old, name)]));
