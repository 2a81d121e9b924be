import type { Spec } from '../../api/manifest.ts';
import { maskSecrets } from '../../telemetry/mask-secrets.ts';
import { MASK } from '../views/mask.ts';

/** Variables whose values are worth hiding wherever they turn up; the others are words such as "production". */
const SECRET_NAME = /auth|cookie|credential|key|login|pass|secret|token/i;
/** Shorter values turn up by chance. */
const LEAST_LENGTH = 4;

const secretsOf = ({ session }: Spec): readonly string[] =>
  [session.env, ...session.windows.map(({ env }) => env)]
    .flatMap((env) => Object.entries(env ?? {}))
    .flatMap(([name, value]) => (SECRET_NAME.test(name) && value.length >= LEAST_LENGTH ? [value] : []))
    // The longer ones first: one may be part of another.
    .sort((a, b) => b.length - a.length);

/** Hides in what a Project's windows print the secrets that its spec brings, and whatever reads NAME=value. */
export const maskingOf = (spec: Spec): ((text: string) => string) => {
  const secrets = secretsOf(spec);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), maskSecrets(text));
};
