-- The bank's state, in one SQLite file. Moments are whole seconds since the Unix epoch, amounts cents, days ISO dates.

-- name: create_bank
-- What was agreed when the bank was created, its time and the number of its last return trace: one row.
CREATE TABLE bank (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  settings TEXT NOT NULL,
  now INTEGER NOT NULL,
  next_statement INTEGER NOT NULL,
  last_trace INTEGER NOT NULL DEFAULT 0
);

-- name: create_deliveries
-- Files as they arrived: which file of the folder it was, and its content until it is read.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  identity TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  read_at INTEGER,
  content BLOB
);

-- name: create_deliveries_unread
CREATE INDEX deliveries_unread ON deliveries (read_at) WHERE content IS NOT NULL;

-- name: create_files
-- What the bank made of each file it read, with the acknowledgement it owes; a file that arrives again has one row.
CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  identity TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('accepted', 'rejected')),
  entries INTEGER NOT NULL,
  debit INTEGER NOT NULL,
  credit INTEGER NOT NULL,
  reason_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  reference TEXT NOT NULL,
  origin_field TEXT NOT NULL,
  origin_name TEXT NOT NULL,
  acknowledgement BLOB NOT NULL,
  UNIQUE (name, sha256)
);

-- name: create_files_identity
CREATE UNIQUE INDEX files_identity ON files (identity) WHERE status = 'accepted';

-- name: create_acknowledgements
-- Acknowledgements that are still to be written.
CREATE TABLE acknowledgements (
  id INTEGER PRIMARY KEY,
  file INTEGER NOT NULL REFERENCES files,
  due_at INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0
);

-- name: create_acknowledgements_due
CREATE INDEX acknowledgements_due ON acknowledgements (due_at) WHERE done = 0;

-- name: create_batches
-- Batches of accepted files. One that never settles, or was rejected, has no moment of settlement.
CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  file INTEGER NOT NULL REFERENCES files,
  number INTEGER NOT NULL,
  company_name TEXT NOT NULL,
  company_id TEXT NOT NULL,
  sec TEXT NOT NULL,
  description TEXT NOT NULL,
  effective TEXT NOT NULL,
  entries INTEGER NOT NULL,
  debit INTEGER NOT NULL,
  credit INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('accepted', 'rejected', 'settled', 'never settles')),
  settle_on TEXT,
  settle_at INTEGER
);

-- name: create_batches_due
CREATE INDEX batches_due ON batches (settle_at) WHERE status = 'accepted';

-- name: create_entries
-- Entries of accepted batches.
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batches,
  trace TEXT NOT NULL,
  code TEXT NOT NULL,
  routing TEXT NOT NULL,
  account TEXT NOT NULL,
  amount INTEGER NOT NULL,
  individual_id TEXT NOT NULL,
  name TEXT NOT NULL,
  discretionary TEXT NOT NULL,
  operator_return TEXT
);

-- name: create_entries_batch
CREATE INDEX entries_batch ON entries (batch);

-- name: create_entries_individual
CREATE INDEX entries_individual ON entries (individual_id, amount);

-- name: create_outcomes
-- Returns and notifications of change that are planned or sent, at most one of each kind for an entry.
CREATE TABLE outcomes (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL REFERENCES entries,
  action TEXT NOT NULL CHECK (action IN ('return', 'notify')),
  code TEXT NOT NULL,
  text TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  trace TEXT,
  UNIQUE (entry, action)
);

-- name: create_outcomes_due
CREATE INDEX outcomes_due ON outcomes (due_at) WHERE trace IS NULL;

-- name: create_lines
-- What was booked on the originator's account: a positive amount is the originator's.
CREATE TABLE lines (
  id INTEGER PRIMARY KEY,
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount INTEGER NOT NULL,
  count INTEGER NOT NULL,
  bank_reference TEXT NOT NULL UNIQUE,
  customer_reference TEXT NOT NULL,
  code TEXT NOT NULL,
  text TEXT NOT NULL
);

-- name: create_lines_day
CREATE INDEX lines_day ON lines (day);

-- name: create_statements
-- A row for each day whose statement was made.
CREATE TABLE statements (
  day TEXT PRIMARY KEY,
  opening INTEGER NOT NULL,
  closing INTEGER NOT NULL,
  lines INTEGER NOT NULL
);

-- name: create_outgoing
-- Files for the originator: name and content are decided here, then the file is written.
CREATE TABLE outgoing (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  made_at INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB,
  written INTEGER NOT NULL DEFAULT 0
);

-- name: create_outgoing_unwritten
CREATE INDEX outgoing_unwritten ON outgoing (id) WHERE written = 0;

-- name: create_rules
-- Rules of scripts, the first that fits counts; `remaining` is how often it still applies, always if null.
CREATE TABLE rules (
  id INTEGER PRIMARY KEY,
  rule TEXT NOT NULL,
  remaining INTEGER
);

-- name: create_dishonors
-- Dishonored returns that were accepted, and how and when the receiving bank contests them, if it does.
CREATE TABLE IF NOT EXISTS dishonors (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL UNIQUE REFERENCES entries,
  code TEXT NOT NULL,
  returned TEXT NOT NULL UNIQUE REFERENCES returned (trace),
  contest_code TEXT,
  contest_at INTEGER,
  contest_trace TEXT
);

-- name: create_returned
-- Returns as they were sent: their trace, the entry and amount that they name, and the day.
CREATE TABLE IF NOT EXISTS returned (
  trace TEXT PRIMARY KEY,
  entry INTEGER NOT NULL REFERENCES entries,
  code TEXT NOT NULL,
  original_trace TEXT NOT NULL,
  account TEXT NOT NULL,
  amount INTEGER NOT NULL,
  sent_on TEXT NOT NULL
);

-- name: create_faults
-- What is wrong with the return of an entry, where a rule says so.
CREATE TABLE IF NOT EXISTS faults (
  entry INTEGER PRIMARY KEY REFERENCES entries,
  fault TEXT NOT NULL
);
