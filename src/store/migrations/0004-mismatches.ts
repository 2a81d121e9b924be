import type { Migration } from './migration.ts';

// Mismatches that were told and stand, so that a restart does not tell them again.
const sql = `
CREATE TABLE mismatches (
  type       TEXT    NOT NULL CHECK (type <> ''),
  subject    TEXT    NOT NULL CHECK (subject <> ''),
  decision   TEXT    NOT NULL,
  severity   TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  uid        TEXT,
  since      INTEGER NOT NULL,
  passes     INTEGER NOT NULL CHECK (passes > 0),
  counted_at INTEGER NOT NULL,
  alerted_at INTEGER,
  cleared_at INTEGER,
  PRIMARY KEY (type, subject)
) STRICT, WITHOUT ROWID;
`;

export const mismatches: Migration = { id: 4, name: 'mismatches', sql };
