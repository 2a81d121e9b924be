import { createHash } from 'node:crypto';
import { type Spec, sessionNameOf } from '../api/manifest.ts';

/** Canonical JSON: object keys in order, so that equal values have equal texts whatever their history. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
};

const digest = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);

/**
 * What a running session was made from: path and session. Versioned, so that a later tmuxlet can tell a
 * changed spec from a changed way of hashing (failure 69).
 */
export const specHash = (name: string, spec: Spec): string =>
  `v1-${digest({ path: spec.path, name: sessionNameOf(name, spec), session: spec.session })}`;

/** What must change in the spec before a Failed Project is tried again (I11). */
export const failureHash = (spec: Spec): string =>
  `v1-${digest({
    path: spec.path,
    session: spec.session,
    exitPolicy: spec.exitPolicy,
    backoffLimit: spec.backoffLimit,
    startDeadlineSeconds: spec.startDeadlineSeconds,
    activeDeadlineSeconds: spec.activeDeadlineSeconds,
  })}`;
