import type { Migration } from './migration.ts';

// What was seen of sessions of ours that no Project claims. A session's id is unique within its tmux server only.
const sql = `
CREATE TABLE orphans (
  shard      INTEGER NOT NULL,
  session_id TEXT    NOT NULL CHECK (session_id <> ''),
  created_at INTEGER NOT NULL,
  uid        TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  project    TEXT    NOT NULL,
  first_seen TEXT    NOT NULL CHECK (json_valid(first_seen)),
  last_seen  TEXT    NOT NULL CHECK (json_valid(last_seen)),
  count      INTEGER NOT NULL CHECK (count > 0),
  verdict    TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  PRIMARY KEY (shard, session_id)
) STRICT;
`;

export const orphans: Migration = { id: 2, name: 'orphans', sql };
