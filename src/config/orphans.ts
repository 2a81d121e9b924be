import { z } from 'zod';
import { ORPHAN_POLICIES, type OrphanPolicy } from '../api/orphan.ts';

const GRACE = 'no orphan younger than this is killed';
const APART = 'nothing is done before an orphan was seen twice, this far apart';

const message = 'must be a whole number of seconds';
const seconds = z.int(message).min(0, message);

/** The section `orphans` of the config file: what is done with sessions of ours that no Project claims. */
export const Orphans = z.strictObject({
  policy: z
    .enum(ORPHAN_POLICIES, `must be one of ${ORPHAN_POLICIES.join(', ')}`)
    .default('Kill')
    .describe('what is done with them'),
  graceSeconds: seconds.default(3600).describe(GRACE),
  observationsApartSeconds: seconds.default(60).describe(APART),
});

export type Orphans = z.output<typeof Orphans>;

export const DEFAULT_ORPHANS: Orphans = Orphans.parse({});

/** As the controllers take it. */
export const orphanSettingsOf = ({
  policy,
  graceSeconds,
  observationsApartSeconds,
}: Orphans): { readonly policy: OrphanPolicy; readonly graceMs: number; readonly apartMs: number } => ({
  policy,
  graceMs: graceSeconds * 1000,
  apartMs: observationsApartSeconds * 1000,
});
