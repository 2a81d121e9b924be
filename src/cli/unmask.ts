import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { SingleManifest } from '../adapters/manifests/split.ts';
import type { Spec } from '../api/manifest.ts';
import { unmaskSpec } from '../server/views/mask.ts';

const Written = z.looseObject({
  spec: z.looseObject({ session: z.looseObject({ windows: z.array(z.looseObject({})) }) }),
});

/**
 * The manifest with values that `get` had masked put back from the manifest that is there, so that
 * `get -o yaml | apply -f -` changes nothing. One without masks is returned as it is.
 * @throws UserError when a value is masked and none is stored
 */
export const unmask = (single: SingleManifest, stored: Spec | null): SingleManifest => {
  const spec = unmaskSpec(single.project.spec, stored);
  if (isDeepStrictEqual(spec, single.project.spec)) return single;
  const written = Written.parse(parse(single.text));
  // Only env is touched, and it stands at the same places in what is written and in what is read.
  const value = { ...written, spec: unmaskSpec(written.spec as unknown as Spec, stored) };
  const text = single.format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value);
  return { ...single, text, project: { ...single.project, spec } };
};
