import type { Migration } from './migration.ts';

// All times are epoch milliseconds. NULL is allowed only where "not yet" or "none" is a value of its own.
const sql = `
CREATE TABLE meta (
  id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  -- The fencing epoch: grows with every controller that opens the database.
  epoch    INTEGER NOT NULL,
  -- The newest resource_version given out.
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO meta (id, epoch, revision) VALUES (1, 0, 0);

CREATE TABLE projects (
  uid                   TEXT    NOT NULL PRIMARY KEY CHECK (uid <> ''),
  name                  TEXT    NOT NULL UNIQUE CHECK (name <> ''),
  generation            INTEGER NOT NULL CHECK (generation > 0),
  resource_version      INTEGER NOT NULL,
  file                  TEXT    NOT NULL,
  manifest_error        TEXT,
  created_at            INTEGER NOT NULL,
  deletion_requested_at INTEGER,
  deletion_force        INTEGER NOT NULL DEFAULT 0 CHECK (deletion_force IN (0, 1)),
  admitted_at           INTEGER,
  -- Copies of what the spec says, so that admission reads columns alone.
  queue                 TEXT    NOT NULL,
  priority              INTEGER NOT NULL,
  suspend               INTEGER NOT NULL CHECK (suspend IN (0, 1)),
  -- The memory's phase and satisfied dependencies stand here only: SQL reads them, and two copies could disagree.
  phase                 TEXT    NOT NULL CHECK (phase IN ('Pending', 'Queued', 'Starting', 'Running', 'BackingOff',
                                  'Waiting', 'Suspended', 'Terminating', 'Completed', 'Failed')),
  satisfied             TEXT    NOT NULL CHECK (json_valid(satisfied)),
  labels                TEXT    NOT NULL CHECK (json_valid(labels)),
  annotations           TEXT    NOT NULL CHECK (json_valid(annotations)),
  spec                  TEXT    NOT NULL CHECK (json_valid(spec)),
  memory                TEXT    NOT NULL CHECK (json_valid(memory))
) STRICT;
CREATE INDEX projects_by_queue ON projects (queue, name);
CREATE INDEX projects_by_phase ON projects (phase COLLATE NOCASE, queue);

CREATE TABLE dependencies (
  uid       TEXT NOT NULL REFERENCES projects (uid) ON DELETE CASCADE,
  project   TEXT NOT NULL,
  condition TEXT NOT NULL CHECK (condition IN ('Complete', 'Running')),
  PRIMARY KEY (uid, project, condition)
) STRICT, WITHOUT ROWID;
CREATE INDEX dependencies_by_project ON dependencies (project);

CREATE TABLE attempts (
  uid                TEXT    NOT NULL REFERENCES projects (uid) ON DELETE CASCADE,
  attempt            INTEGER NOT NULL CHECK (attempt > 0),
  shard              INTEGER NOT NULL CHECK (shard >= 0),
  session_name       TEXT,
  session_id         TEXT,
  spec_hash          TEXT    NOT NULL,
  resumed            INTEGER NOT NULL CHECK (resumed IN (0, 1)),
  boot_id            TEXT    NOT NULL,
  server_pid         INTEGER,
  server_start_ticks INTEGER,
  created_at         INTEGER NOT NULL,
  started_at         INTEGER,
  ended_at           INTEGER,
  cause              TEXT,
  PRIMARY KEY (uid, attempt),
  CHECK ((server_pid IS NULL) = (server_start_ticks IS NULL)),
  CHECK ((ended_at IS NULL) = (cause IS NULL))
) STRICT;
CREATE INDEX attempts_open ON attempts (uid) WHERE ended_at IS NULL;

CREATE TABLE runs (
  uid        TEXT    NOT NULL,
  attempt    INTEGER NOT NULL,
  window     TEXT    NOT NULL,
  run        INTEGER NOT NULL CHECK (run > 0),
  pid        INTEGER,
  started_at INTEGER,
  ended_at   INTEGER,
  exit_code  INTEGER,
  last_lines TEXT,
  PRIMARY KEY (uid, attempt, window, run),
  FOREIGN KEY (uid, attempt) REFERENCES attempts (uid, attempt) ON DELETE CASCADE
) STRICT;

CREATE TABLE events (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  type     TEXT    NOT NULL CHECK (type IN ('Normal', 'Warning')),
  reason   TEXT    NOT NULL,
  message  TEXT    NOT NULL,
  object   TEXT    NOT NULL,
  count    INTEGER NOT NULL CHECK (count > 0),
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_object ON events (object, id);
CREATE INDEX events_by_time ON events (last_at);

CREATE TABLE commands (
  id              TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
  verb            TEXT    NOT NULL,
  project         TEXT    NOT NULL,
  requested_at    INTEGER NOT NULL,
  acknowledged_at INTEGER,
  result          TEXT,
  CHECK ((acknowledged_at IS NULL) = (result IS NULL))
) STRICT;
CREATE INDEX commands_pending ON commands (project, requested_at) WHERE acknowledged_at IS NULL;

CREATE TABLE preflights (
  uid        TEXT    NOT NULL PRIMARY KEY REFERENCES projects (uid) ON DELETE CASCADE,
  generation INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  checks     TEXT    NOT NULL CHECK (json_valid(checks))
) STRICT;

CREATE TABLE manifests (
  file    TEXT    NOT NULL PRIMARY KEY,
  hash    TEXT    NOT NULL,
  names   TEXT    NOT NULL CHECK (json_valid(names)),
  errors  TEXT    NOT NULL CHECK (json_valid(errors)),
  read_at INTEGER NOT NULL,
  missing TEXT    NOT NULL CHECK (json_valid(missing))
) STRICT;

CREATE TABLE queues (
  name           TEXT    NOT NULL PRIMARY KEY,
  max_concurrent INTEGER NOT NULL CHECK (max_concurrent >= 0)
) STRICT;

CREATE TABLE settings (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`;

export const firstSchema: Migration = { id: 1, name: 'first schema', sql };
