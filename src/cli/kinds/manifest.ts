import { basename } from 'node:path';
import type { ManifestRow } from '../../api/ports/store.ts';
import type { Paint } from '../context.ts';
import { ageText } from '../output/age.ts';
import { joined, type Kind, NONE } from './kind.ts';

const statusOf = ({ errors, missing }: ManifestRow, { paint }: { readonly paint: Paint }): string => {
  if (Object.keys(missing).length > 0) return paint.yellow('Missing');
  return errors.length > 0 ? paint.red('Invalid') : 'Valid';
};

export const manifests: Kind<ManifestRow> = {
  singular: 'manifest',
  plural: 'manifests',
  aliases: [],
  list: (client) => client.manifests(),
  nameOf: ({ file }) => basename(file),
  columns: [
    { title: 'FILE', of: ({ file }) => basename(file) },
    { title: 'STATUS', of: statusOf },
    { title: 'PROJECTS', of: ({ names, missing }) => joined([...names, ...Object.keys(missing)]) },
    { title: 'AGE', of: ({ readAt }, { nowMs }) => ageText(readAt, nowMs) },
    { title: 'ERROR', of: ({ errors }) => errors[0] ?? NONE },
    { title: 'PATH', of: ({ file }) => file, wide: true },
  ],
};
