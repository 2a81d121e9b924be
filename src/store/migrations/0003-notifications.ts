import type { Migration } from './migration.ts';

const sql = `
-- Grows with every insertion and every repeat, so that a reader misses neither; 0 for what is older than this column.
ALTER TABLE events ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
CREATE INDEX events_by_revision ON events (revision);

CREATE TABLE alerts (
  reason      TEXT    NOT NULL,
  object      TEXT    NOT NULL,
  event_id    INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  pending     TEXT    CHECK (json_valid(pending)),
  told        TEXT    CHECK (json_valid(told)),
  PRIMARY KEY (reason, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_pending ON alerts (reason, object) WHERE pending IS NOT NULL;

-- The outbox: one row for each message and channel.
CREATE TABLE notifications (
  id           TEXT    NOT NULL CHECK (id <> ''),
  channel      TEXT    NOT NULL CHECK (channel <> ''),
  message      TEXT    NOT NULL CHECK (json_valid(message)),
  created_at   INTEGER NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_attempt TEXT    CHECK (json_valid(next_attempt)),
  delivered_at INTEGER,
  failed_at    INTEGER,
  last_error   TEXT,
  PRIMARY KEY (id, channel),
  CHECK (delivered_at IS NULL OR failed_at IS NULL)
) STRICT;
CREATE INDEX notifications_open ON notifications (channel, created_at)
 WHERE delivered_at IS NULL AND failed_at IS NULL;
`;

export const notifications: Migration = { id: 3, name: 'notifications', sql };
