import { basename } from 'node:path';
import type { NewEvent } from '../../api/event.ts';
import type { ManifestRow } from '../../api/ports/store.ts';
import type { ProjectRow } from '../../api/project.ts';
import type { Declaration } from './claims.ts';

const project = (name: string): string => `Project/${name}`;

/** A file that became wrong, wrong in another way, or right again. */
export const fileEvents = (before: ManifestRow | undefined, row: ManifestRow): readonly NewEvent[] => {
  const object = `Manifest/${basename(row.file)}`;
  const was = before?.errors ?? [];
  if (was.join('\n') === row.errors.join('\n')) return [];
  return row.errors.length > 0
    ? [{ type: 'Warning', reason: 'ManifestInvalid', message: row.errors.join('\n'), object }]
    : [{ type: 'Normal', reason: 'ManifestValid', message: `${row.file} is in order again`, object }];
};

/** A Project whose manifest became wrong: the last good spec stays (I6). */
export const errorEvent = (row: ProjectRow, error: string | null): NewEvent =>
  error === null
    ? { type: 'Normal', reason: 'ManifestValid', message: 'its manifest is in order again', object: project(row.name) }
    : {
        type: 'Warning',
        reason: 'ManifestInvalid',
        message: `the last good spec stays: ${error}`,
        object: project(row.name),
      };

export const updateEvents = (row: ProjectRow, next: Declaration, specDiffers: boolean): readonly NewEvent[] => [
  ...(specDiffers
    ? [
        {
          type: 'Normal',
          reason: 'SpecChanged',
          message: `generation ${row.generation + 1}, from ${next.file}`,
          object: project(row.name),
        } as const,
      ]
    : []),
  ...(next.file === row.file
    ? []
    : [
        {
          type: 'Normal',
          reason: 'ManifestMoved',
          message: `declared in ${next.file}, before in ${row.file}`,
          object: project(row.name),
        } as const,
      ]),
];

export const deletionEvent = (row: ProjectRow): NewEvent => ({
  type: 'Normal',
  reason: 'DeletionRequested',
  message: `no manifest declares it any more; it was declared in ${row.file}`,
  object: project(row.name),
});

export const withdrawalEvent = (row: ProjectRow, file: string): NewEvent => ({
  type: 'Normal',
  reason: 'DeletionWithdrawn',
  message: `declared again, in ${file}`,
  object: project(row.name),
});

export const createdEvent = (name: string, file: string, source: string | null): NewEvent => ({
  type: 'Normal',
  reason: source === null ? 'Created' : 'IdentityRestored',
  message: source === null ? `declared in ${file}` : `declared in ${file}; who it is comes from ${source}`,
  object: project(name),
});

/** What stands until it changes. */
export const notices = {
  unreadable: (reason: string): NewEvent => ({
    type: 'Warning',
    reason: 'ManifestsUnknown',
    message: `nothing is created, changed or deleted: ${reason}`,
    object: 'Controller',
  }),
  held: (message: string): NewEvent => ({ type: 'Warning', reason: 'DeletionsHeld', message, object: 'Controller' }),
  unknown: (name: string, reason: string): NewEvent => ({
    type: 'Warning',
    reason: 'IdentityUnknown',
    message: `not created yet, for a session of it may be alive: ${reason}`,
    object: project(name),
  }),
  ambiguous: (name: string, reason: string): NewEvent => ({
    type: 'Warning',
    reason: 'IdentityAmbiguous',
    message: `not created, for it cannot be told who it is: ${reason}; end or rename what is not meant`,
    object: project(name),
  }),
};
