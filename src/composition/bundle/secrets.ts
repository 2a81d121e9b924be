import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { MASK } from '../../server/views/mask.ts';
import { maskSecrets } from '../../telemetry/mask-secrets.ts';
import type { Spec } from '../../api/manifest.ts';
import type { Config, Environment } from '../../config.ts';

/** What is shorter is in too many other words, and no secret worth the name. */
const LEAST = 6;

/** Variables of the caller's whose value is a secret, by their names; there is no other way to tell. */
const SECRET_NAME = /TOKEN|SECRET|PASS|KEY|CREDENTIAL|AUTH|COOKIE|DSN|_URL$/i;

/**
 * Every secret that is known of here: values of environment variables in manifests and in the files they name, the
 * config file's webhooks, password and token, and what the caller's own environment has under a telling name.
 */
export const knownSecrets = (config: Config, env: Environment, specs: readonly Spec[]): readonly string[] => {
  const { alerts, tokenFile } = config;
  const found = [
    ...specs.flatMap(({ path, session }) => [
      ...Object.values(session.env ?? {}),
      ...session.windows.flatMap((window) => Object.values(window.env ?? {})),
      ...(session.envFile === undefined ? [] : Object.values(parseEnv(textOf(resolve(path, session.envFile))))),
    ]),
    ...alerts.webhooks
      .flatMap(({ url, urlFile }) => [url ?? '', urlFile === undefined ? '' : textOf(urlFile)])
      .flatMap(partsOf),
    alerts.email?.passwordFile === undefined ? '' : textOf(alerts.email.passwordFile),
    tokenFile === null ? '' : textOf(tokenFile),
    ...Object.entries(env).flatMap(([name, value = '']) => (SECRET_NAME.test(name) ? [value] : [])),
  ];
  const secrets = found.filter((value) => value !== undefined).map((value) => value.trim());
  // A path says where something is, and is in every other line.
  return [...new Set(secrets)].filter((value) => value.length >= LEAST && !isAbsolute(value));
};

/** A URL, and of it what may be told without the rest. */
const partsOf = (url: string): readonly string[] => {
  if (!URL.canParse(url)) return [url];
  const { password, pathname, search } = new URL(url);
  // Paths are left out elsewhere, and this one is a secret: without its slash it is none.
  return [url, password, pathname.slice(1), search.slice(1)];
};

/** Nothing where it cannot be read: then it is not told either. */
const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Hides the known secrets in a text, and what looks like one. */
export const hider = (secrets: readonly string[]): ((text: string) => string) => {
  // The longest first: one may be part of another.
  const longest = secrets.toSorted((a, b) => b.length - a.length);
  return (text) => maskSecrets(longest.reduce((rest, secret) => rest.replaceAll(secret, MASK), text));
};

/** The same for every text in a value, names of fields left alone. */
export const hideIn = (value: unknown, hide: (text: string) => string): unknown => {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((item) => hideIn(item, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hideIn(item, hide)]));
};
