import { firstSchema } from './0001-first-schema.ts';
import { orphans } from './0002-orphans.ts';
import { notifications } from './0003-notifications.ts';
import { mismatches } from './0004-mismatches.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema in order. */
export const MIGRATIONS: readonly Migration[] = [firstSchema, orphans, notifications, mismatches];
