-- Schema 1 of the desk. Never edited again: what comes later is 0002.sql.
--
-- Times are microseconds since 1970 in UTC. Days are counted from 1970-01-01; where a day sorts or is compared, "none" is
-- 2147483647, so that it comes last and lies after every other. Hashes are SHA-256. Blobs named `packed` carry their own
-- head (see `pack.rs`). Event, signoff, signoff_void, release, message, stage and dictionary are only ever added to.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  login TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  team TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE gateway (
  os_user TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
  version INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  body TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE scope (
  name TEXT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  team TEXT,
  match_query TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
  number TEXT NOT NULL PRIMARY KEY,
  base TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_base ON approval(base, number);

CREATE TABLE dictionary (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL UNIQUE,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE message (
  sha256 BLOB NOT NULL PRIMARY KEY,
  packed BLOB NOT NULL,
  packed_entries BLOB NOT NULL
) STRICT;

-- What lists show of a record. What is worked out (from `due` to `warning_findings`) is worked out by the domain at every
-- write; `due` is 2147483647 where the record rests. `held_until` is null where it is not on hold. `exceptional` says that
-- an exception is open or a waiver will end; `waiver_end` is the earliest last day of a waiver.
CREATE TABLE record (
  id INTEGER PRIMARY KEY,
  vin TEXT NOT NULL UNIQUE,
  build_stage INTEGER NOT NULL,
  version INTEGER NOT NULL,
  scope TEXT,
  order_no TEXT,
  step TEXT NOT NULL,
  step_since INTEGER NOT NULL,
  owner TEXT,
  preparer TEXT,
  due_own INTEGER,
  rank INTEGER NOT NULL,
  held_until INTEGER,
  options TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  released_at INTEGER,
  due INTEGER NOT NULL,
  category TEXT,
  approval TEXT,
  approval_base TEXT,
  vehicle_type TEXT,
  variant TEXT,
  version_code TEXT,
  bodywork TEXT,
  changes INTEGER NOT NULL,
  unconfirmed INTEGER NOT NULL,
  blocking_findings INTEGER NOT NULL,
  warning_findings INTEGER NOT NULL,
  open_exceptions INTEGER NOT NULL,
  waiver_end INTEGER,
  exceptional INTEGER NOT NULL
) STRICT;
CREATE INDEX record_due ON record(due, id);
CREATE INDEX record_seq ON record(seq, id);
CREATE INDEX record_rank ON record(rank, due, id);
CREATE INDEX record_since ON record(step_since, id);
CREATE INDEX record_step ON record(step, due, id);
CREATE INDEX record_step_owner ON record(step, owner, due, id);
CREATE INDEX record_owner ON record(owner, due, id) WHERE owner IS NOT NULL;
CREATE INDEX record_preparer ON record(preparer, step) WHERE preparer IS NOT NULL;
CREATE INDEX record_scope ON record(scope, due, id) WHERE scope IS NOT NULL;
CREATE INDEX record_approval ON record(approval_base, step, id) WHERE approval_base IS NOT NULL;
CREATE INDEX record_held ON record(held_until, step, owner) WHERE held_until IS NOT NULL;
CREATE INDEX record_exceptional ON record(due, id, open_exceptions, waiver_end) WHERE exceptional = 1;

-- The rest of a record: what it declares, drops, confirms; its hold; its last editor.
CREATE TABLE work (
  record INTEGER PRIMARY KEY REFERENCES record(id),
  packed BLOB NOT NULL
) STRICT;

CREATE TABLE stage (
  record INTEGER NOT NULL REFERENCES record(id),
  number INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  sha256 BLOB NOT NULL REFERENCES message(sha256),
  received_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  signature TEXT NOT NULL,
  faults TEXT NOT NULL,
  PRIMARY KEY (record, number, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE exception (
  id INTEGER PRIMARY KEY,
  record INTEGER NOT NULL REFERENCES record(id),
  kind TEXT NOT NULL,
  address TEXT,
  blocking INTEGER NOT NULL,
  state TEXT NOT NULL,
  owner TEXT,
  body TEXT NOT NULL,
  raised_by TEXT,
  raised_at INTEGER NOT NULL,
  outcome TEXT,
  outcome_by TEXT,
  outcome_at INTEGER,
  waived_until INTEGER,
  about TEXT
) STRICT;
CREATE INDEX exception_record ON exception(record, id);

-- Who changed content of which version. `working` is 1 while that version is in work.
CREATE TABLE editor (
  record INTEGER NOT NULL REFERENCES record(id),
  version INTEGER NOT NULL,
  login TEXT NOT NULL,
  working INTEGER NOT NULL,
  PRIMARY KEY (record, version, login)
) STRICT, WITHOUT ROWID;
CREATE INDEX editor_working ON editor(login, record) WHERE working = 1;

CREATE TABLE signoff (
  record INTEGER NOT NULL REFERENCES record(id),
  number INTEGER NOT NULL,
  checkpoint TEXT NOT NULL,
  version INTEGER NOT NULL,
  by_login TEXT NOT NULL,
  at INTEGER NOT NULL,
  meaning TEXT NOT NULL,
  content BLOB NOT NULL,
  seq INTEGER NOT NULL REFERENCES event(seq),
  PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE signoff_void (
  record INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  seq INTEGER NOT NULL REFERENCES event(seq),
  PRIMARY KEY (record, number),
  FOREIGN KEY (record, number) REFERENCES signoff(record, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE release (
  record INTEGER NOT NULL REFERENCES record(id),
  version INTEGER NOT NULL,
  reference TEXT NOT NULL UNIQUE,
  sealed_at INTEGER NOT NULL,
  by_login TEXT NOT NULL,
  sha256 BLOB NOT NULL UNIQUE,
  content BLOB NOT NULL,
  sealed_by TEXT NOT NULL,
  packed BLOB NOT NULL,
  seq INTEGER NOT NULL REFERENCES event(seq),
  PRIMARY KEY (record, version)
) STRICT;

-- The history. `subject` is what an act on the desk itself was about; `state` the hash of what it was about, afterwards.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  clock_back INTEGER NOT NULL,
  by_login TEXT NOT NULL,
  via TEXT,
  action TEXT NOT NULL,
  record INTEGER,
  vin TEXT,
  subject TEXT,
  request BLOB NOT NULL UNIQUE,
  packed_facts BLOB NOT NULL,
  state BLOB NOT NULL,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX event_record ON event(record, seq) WHERE record IS NOT NULL;

CREATE TABLE unread (
  login TEXT NOT NULL,
  record INTEGER NOT NULL REFERENCES record(id),
  due INTEGER NOT NULL,
  PRIMARY KEY (login, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX unread_due ON unread(login, due, record);
CREATE INDEX unread_record ON unread(record);

CREATE TABLE draft (
  login TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  PRIMARY KEY (login, subject)
) STRICT, WITHOUT ROWID;

-- Words of a record by any three letters of them: how a VIN is found by a part of it.
CREATE VIRTUAL TABLE search USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'trigram', detail = none
);

-- How many records there are by step and owner ('' for none), by scope, by approval, and by due day: what counts are read
-- from.
CREATE TABLE tally (
  kind TEXT NOT NULL,
  word TEXT NOT NULL,
  part TEXT NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (kind, word, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE tally_due (
  day INTEGER NOT NULL PRIMARY KEY,
  records INTEGER NOT NULL
) STRICT;

CREATE TRIGGER tally_new AFTER INSERT ON record BEGIN
  INSERT INTO tally VALUES ('step', NEW.step, coalesce(NEW.owner, ''), 1)
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
  INSERT INTO tally VALUES ('scope', coalesce(NEW.scope, ''), '', 1)
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
  INSERT INTO tally VALUES ('approval', coalesce(NEW.approval, ''), '', 1)
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
  INSERT INTO tally_due VALUES (NEW.due, 1) ON CONFLICT (day) DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER tally_step AFTER UPDATE OF step, owner ON record
WHEN NEW.step <> OLD.step OR coalesce(NEW.owner, '') <> coalesce(OLD.owner, '') BEGIN
  UPDATE tally SET records = records - 1 WHERE kind = 'step' AND word = OLD.step AND part = coalesce(OLD.owner, '');
  INSERT INTO tally VALUES ('step', NEW.step, coalesce(NEW.owner, ''), 1)
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER tally_scope AFTER UPDATE OF scope ON record
WHEN coalesce(NEW.scope, '') <> coalesce(OLD.scope, '') BEGIN
  UPDATE tally SET records = records - 1 WHERE kind = 'scope' AND word = coalesce(OLD.scope, '') AND part = '';
  INSERT INTO tally VALUES ('scope', coalesce(NEW.scope, ''), '', 1)
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER tally_approval AFTER UPDATE OF approval ON record
WHEN coalesce(NEW.approval, '') <> coalesce(OLD.approval, '') BEGIN
  UPDATE tally SET records = records - 1 WHERE kind = 'approval' AND word = coalesce(OLD.approval, '') AND part = '';
  INSERT INTO tally VALUES ('approval', coalesce(NEW.approval, ''), '', 1)
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER tally_day AFTER UPDATE OF due ON record WHEN NEW.due <> OLD.due BEGIN
  UPDATE tally_due SET records = records - 1 WHERE day = OLD.due;
  DELETE FROM tally_due WHERE day = OLD.due AND records = 0;
  INSERT INTO tally_due VALUES (NEW.due, 1) ON CONFLICT (day) DO UPDATE SET records = records + 1;
  UPDATE unread SET due = NEW.due WHERE record = NEW.id;
END;

CREATE TRIGGER event_is_chained BEFORE INSERT ON event BEGIN
  SELECT RAISE(ABORT, 'history: the sequence would break')
    WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event);
  SELECT RAISE(ABORT, 'history: the previous hash does not fit')
    WHERE NEW.prev_hash IS NOT coalesce((SELECT hash FROM event ORDER BY seq DESC LIMIT 1), zeroblob(32));
END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;

CREATE TRIGGER signoff_other_eyes BEFORE INSERT ON signoff
WHEN EXISTS (SELECT 1 FROM editor WHERE record = NEW.record AND version = NEW.version AND login = NEW.by_login) BEGIN
  SELECT RAISE(ABORT, 'four-eyes: who changed content of this version cannot sign it');
END;
CREATE TRIGGER release_other_eyes BEFORE INSERT ON release
WHEN EXISTS (SELECT 1 FROM editor WHERE record = NEW.record AND version = NEW.version AND login = NEW.by_login) BEGIN
  SELECT RAISE(ABORT, 'four-eyes: who changed content of this version cannot release it');
END;
CREATE TRIGGER signoff_stays BEFORE UPDATE ON signoff BEGIN SELECT RAISE(ABORT, 'sign-offs are never changed'); END;
CREATE TRIGGER signoff_remains BEFORE DELETE ON signoff BEGIN SELECT RAISE(ABORT, 'sign-offs are never deleted'); END;
CREATE TRIGGER void_stays BEFORE UPDATE ON signoff_void BEGIN SELECT RAISE(ABORT, 'sign-offs are never changed'); END;
CREATE TRIGGER void_remains BEFORE DELETE ON signoff_void BEGIN SELECT RAISE(ABORT, 'sign-offs are never deleted'); END;
CREATE TRIGGER release_stays BEFORE UPDATE ON release BEGIN SELECT RAISE(ABORT, 'releases are never changed'); END;
CREATE TRIGGER release_remains BEFORE DELETE ON release BEGIN SELECT RAISE(ABORT, 'releases are never deleted'); END;
CREATE TRIGGER message_stays BEFORE UPDATE ON message BEGIN SELECT RAISE(ABORT, 'messages are never changed'); END;
CREATE TRIGGER message_remains BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'messages are never deleted'); END;
CREATE TRIGGER stage_stays BEFORE UPDATE ON stage BEGIN SELECT RAISE(ABORT, 'stages are never changed'); END;
CREATE TRIGGER stage_remains BEFORE DELETE ON stage BEGIN SELECT RAISE(ABORT, 'stages are never deleted'); END;
CREATE TRIGGER dictionary_stays BEFORE UPDATE ON dictionary BEGIN SELECT RAISE(ABORT, 'dictionaries never change'); END;
CREATE TRIGGER dictionary_remains BEFORE DELETE ON dictionary BEGIN SELECT RAISE(ABORT, 'dictionaries never go'); END;
CREATE TRIGGER editor_stays BEFORE UPDATE OF record, version, login ON editor BEGIN
  SELECT RAISE(ABORT, 'who changed content stays known');
END;
CREATE TRIGGER editor_remains BEFORE DELETE ON editor BEGIN SELECT RAISE(ABORT, 'who changed content stays known'); END;
