-- Schema 2 of the desk: what governs the work grew. Never edited again once a release has it: what comes later is 0003.sql.

-- People: roles that hold in one scope only (`vans:review,lead buses:prepare`), absence and who stands in, the day they left.
ALTER TABLE person ADD COLUMN scoped TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN absent_from INTEGER;
ALTER TABLE person ADD COLUMN absent_until INTEGER;
ALTER TABLE person ADD COLUMN deputy TEXT;
ALTER TABLE person ADD COLUMN left_on INTEGER;

-- A scope may have a policy of its own. All policies share one sequence of numbers, so that the number in an event names one
-- policy whatever scope it was of; `scope` is null for the desk's.
ALTER TABLE policy ADD COLUMN scope TEXT;
CREATE INDEX policy_scope ON policy(scope, version);

-- The same queues within one scope: roles and policies of scopes run along this.
CREATE INDEX record_scope_step ON record(scope, step, owner, due, id);
CREATE TRIGGER tally_scoped_new AFTER INSERT ON record WHEN NEW.scope IS NOT NULL BEGIN
  INSERT INTO tally VALUES ('scope-step', NEW.scope || ' ' || NEW.step, coalesce(NEW.owner, ''), 1)
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER tally_scoped AFTER UPDATE OF scope, step, owner ON record
WHEN NEW.step <> OLD.step OR coalesce(NEW.owner, '') <> coalesce(OLD.owner, '')
  OR coalesce(NEW.scope, '') <> coalesce(OLD.scope, '') BEGIN
  UPDATE tally SET records = records - 1
    WHERE kind = 'scope-step' AND word = OLD.scope || ' ' || OLD.step AND part = coalesce(OLD.owner, '');
  INSERT INTO tally SELECT 'scope-step', NEW.scope || ' ' || NEW.step, coalesce(NEW.owner, ''), 1 WHERE NEW.scope IS NOT NULL
    ON CONFLICT (kind, word, part) DO UPDATE SET records = records + 1;
END;
INSERT INTO tally SELECT 'scope-step', scope || ' ' || step, coalesce(owner, ''), count(*)
  FROM record WHERE scope IS NOT NULL GROUP BY scope, step, coalesce(owner, '');

-- Who signed a checkpoint of the version in work: a policy may keep them out of a later step.
CREATE TABLE signer (
  record INTEGER NOT NULL REFERENCES record(id),
  login TEXT NOT NULL,
  checkpoint TEXT NOT NULL,
  PRIMARY KEY (record, login, checkpoint)
) STRICT, WITHOUT ROWID;
CREATE INDEX signer_login ON signer(login, checkpoint, record);
CREATE TRIGGER signer_signs AFTER INSERT ON signoff BEGIN
  INSERT INTO signer VALUES (NEW.record, NEW.by_login, NEW.checkpoint) ON CONFLICT (record, login, checkpoint) DO NOTHING;
END;
CREATE TRIGGER signer_done AFTER INSERT ON release BEGIN
  DELETE FROM signer WHERE record = NEW.record;
END;
INSERT INTO signer SELECT DISTINCT s.record, s.by_login, s.checkpoint FROM signoff s JOIN record r ON r.id = s.record
  WHERE s.version = r.version AND NOT EXISTS (SELECT 1 FROM release e WHERE e.record = r.id AND e.version = r.version);

-- Who got the last record of a step where the policy hands them out in turn; '' for records of no scope.
CREATE TABLE turn (
  scope TEXT NOT NULL,
  step TEXT NOT NULL,
  login TEXT NOT NULL,
  PRIMARY KEY (scope, step)
) STRICT, WITHOUT ROWID;

-- Exceptions somebody has to settle: what they leave behind when they go.
CREATE INDEX exception_owned ON exception(owner, record) WHERE owner IS NOT NULL AND state IN ('open', 'in-progress');

-- Build options as they were applied, to the desk ('') or to one scope; the last of each holds.
CREATE TABLE option_set (
  version INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  source TEXT NOT NULL,
  body TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;
CREATE INDEX option_set_scope ON option_set(scope, version);

-- Saved queues: a person's own where `team` is null, else shared with that team. One that was dropped keeps its number, so that
-- no other is ever taken for it; its query goes.
CREATE TABLE saved_queue (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  team TEXT,
  query TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  dropped INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX saved_queue_own ON saved_queue(owner, name) WHERE team IS NULL AND dropped = 0;
CREATE UNIQUE INDEX saved_queue_shared ON saved_queue(team, name) WHERE team IS NOT NULL AND dropped = 0;

-- Each stay of a record in a step: when it came, when and by what act it left, and why where it was sent back. A trigger keeps
-- the stays, whatever moves the record; the act that did it says how and why. What reports count is read from here.
CREATE TABLE visit (
  record INTEGER NOT NULL REFERENCES record(id),
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  step TEXT NOT NULL,
  entered INTEGER NOT NULL,
  ended INTEGER,
  outcome TEXT,
  reason TEXT,
  PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER visit_begins AFTER INSERT ON record BEGIN
  INSERT INTO visit (record, number, version, step, entered) VALUES (NEW.id, 1, NEW.version, NEW.step, NEW.step_since);
END;
CREATE TRIGGER visit_ends AFTER UPDATE OF step ON record WHEN NEW.step <> OLD.step BEGIN
  UPDATE visit SET ended = NEW.updated_at, outcome = 'moved'
    WHERE record = NEW.id AND number = (SELECT max(number) FROM visit WHERE record = NEW.id);
  INSERT INTO visit (record, number, version, step, entered)
    SELECT NEW.id, coalesce(max(number), 0) + 1, NEW.version, NEW.step, NEW.updated_at FROM visit WHERE record = NEW.id;
END;
INSERT INTO visit (record, number, version, step, entered) SELECT id, 1, 1, step, step_since FROM record;

-- Records by step, scope ('' for none) and the day they came to the step.
CREATE TABLE tally_age (
  step TEXT NOT NULL,
  scope TEXT NOT NULL,
  day INTEGER NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (step, scope, day)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tally_age_new AFTER INSERT ON record BEGIN
  INSERT INTO tally_age VALUES (NEW.step, coalesce(NEW.scope, ''), NEW.step_since / 86400000000, 1)
    ON CONFLICT (step, scope, day) DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER tally_age_moved AFTER UPDATE OF step, scope, step_since ON record
WHEN NEW.step <> OLD.step OR coalesce(NEW.scope, '') <> coalesce(OLD.scope, '')
  OR NEW.step_since / 86400000000 <> OLD.step_since / 86400000000 BEGIN
  UPDATE tally_age SET records = records - 1
    WHERE step = OLD.step AND scope = coalesce(OLD.scope, '') AND day = OLD.step_since / 86400000000;
  DELETE FROM tally_age
    WHERE step = OLD.step AND scope = coalesce(OLD.scope, '') AND day = OLD.step_since / 86400000000 AND records = 0;
  INSERT INTO tally_age VALUES (NEW.step, coalesce(NEW.scope, ''), NEW.step_since / 86400000000, 1)
    ON CONFLICT (step, scope, day) DO UPDATE SET records = records + 1;
END;
INSERT INTO tally_age SELECT step, coalesce(scope, ''), step_since / 86400000000, count(*) FROM record GROUP BY 1, 2, 3;

-- Releases by scope ('' for none) and week (the day number of its Monday; 1970-01-01 was a Thursday), and how many of them no
-- step had sent back since that version was begun.
CREATE TABLE tally_release (
  scope TEXT NOT NULL,
  week INTEGER NOT NULL,
  released INTEGER NOT NULL,
  first_pass INTEGER NOT NULL,
  PRIMARY KEY (scope, week)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tally_released AFTER INSERT ON release BEGIN
  INSERT INTO tally_release
    SELECT coalesce(r.scope, ''), NEW.sealed_at / 86400000000 - (NEW.sealed_at / 86400000000 + 3) % 7, 1, NOT EXISTS (
      SELECT 1 FROM visit v WHERE v.record = NEW.record AND v.version = NEW.version AND v.outcome = 'return')
    FROM record r WHERE r.id = NEW.record
    ON CONFLICT (scope, week) DO UPDATE SET released = released + 1, first_pass = first_pass + excluded.first_pass;
END;

-- Exceptions to settle, by kind; and waivers by the day they end.
CREATE INDEX exception_standing ON exception(kind, blocking, record) WHERE state IN ('open', 'in-progress');
CREATE INDEX exception_waived ON exception(waived_until, kind, blocking, record) WHERE state = 'waived' AND waived_until IS NOT NULL;

-- The entries our stage changed, by address: the addresses that ever were changed on this desk, each once, and which record
-- changed which. `last_row` is the row of the innermost table.
CREATE TABLE changed_address (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  entry TEXT,
  last_row INTEGER
) STRICT;
CREATE TABLE record_change (
  address INTEGER NOT NULL REFERENCES changed_address(id),
  record INTEGER NOT NULL REFERENCES record(id),
  PRIMARY KEY (address, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_change_of ON record_change(record, address);

-- What the checks found: on how many entries at most, when first and in which step, and when it was gone again. `found_in` is
-- null for what stood before this was kept.
CREATE TABLE record_finding (
  check_id TEXT NOT NULL,
  record INTEGER NOT NULL REFERENCES record(id),
  entries INTEGER NOT NULL,
  found_at INTEGER NOT NULL,
  found_in TEXT,
  gone_at INTEGER,
  PRIMARY KEY (check_id, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_finding_of ON record_finding(record, check_id);

-- Records of a desk made before these two were kept, until they are filled in.
CREATE TABLE unmarked (
  record INTEGER PRIMARY KEY REFERENCES record(id)
) STRICT;
INSERT INTO unmarked SELECT id FROM record;

-- Remarks people wrote on records, as the words of filters look for them; the history has them too.
CREATE TABLE remark (
  record INTEGER NOT NULL REFERENCES record(id),
  seq INTEGER NOT NULL REFERENCES event(seq),
  body TEXT NOT NULL,
  PRIMARY KEY (record, seq)
) STRICT, WITHOUT ROWID;

-- Exceptions by kind, whatever became of them.
CREATE INDEX exception_kind_state ON exception(kind, state, record);

-- What lists show of the approval a record names: its status where it is not valid; and the day our stage says the vehicle
-- was manufactured, by which a withdrawal or a newer extension finds the records it hits. The lines of records made before
-- are worked out when the desk is opened next, from the record after `lines` on.
ALTER TABLE record ADD COLUMN approval_status TEXT;
ALTER TABLE record ADD COLUMN manufactured INTEGER;
CREATE INDEX record_names ON record(approval, id) WHERE approval IS NOT NULL;
CREATE INDEX record_names_on ON record(approval, step, manufactured, id) WHERE approval IS NOT NULL;
INSERT INTO meta (name, value) SELECT 'lines', '0' WHERE EXISTS (SELECT 1 FROM record);

-- The act that applied a policy, by `policy N`: who graded a check, and why.
CREATE INDEX event_policy ON event(subject) WHERE action = 'policy-apply';

-- Exceptions: what people wrote about each, the same fault on many records as one group, and lists of those to settle.
-- `grp` is the number of the exception a group began with. `to_settle` says that it is open, or that its waiver will end.
ALTER TABLE exception ADD COLUMN grp INTEGER;
ALTER TABLE exception ADD COLUMN to_settle INTEGER GENERATED ALWAYS AS (
  CASE WHEN state IN ('open', 'in-progress') OR (state = 'waived' AND waived_until IS NOT NULL) THEN 1 ELSE 0 END
) VIRTUAL;
CREATE INDEX exception_group ON exception(grp, id) WHERE grp IS NOT NULL;
CREATE INDEX exception_to_settle ON exception(to_settle, id);
CREATE INDEX exception_kind ON exception(kind, to_settle, id);
CREATE INDEX exception_owner ON exception(owner, to_settle, id) WHERE owner IS NOT NULL;

CREATE TABLE exception_remark (
  exception INTEGER NOT NULL REFERENCES exception(id),
  number INTEGER NOT NULL,
  by_login TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  struck_at INTEGER,
  PRIMARY KEY (exception, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER exception_remark_stays BEFORE UPDATE OF exception, number, by_login, at, body ON exception_remark BEGIN
  SELECT RAISE(ABORT, 'what was said about an exception is never changed');
END;
CREATE TRIGGER exception_remark_struck BEFORE UPDATE OF struck_at ON exception_remark WHEN OLD.struck_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'what was taken back stays taken back');
END;
CREATE TRIGGER exception_remark_remains BEFORE DELETE ON exception_remark BEGIN
  SELECT RAISE(ABORT, 'what was said about an exception is never deleted');
END;
CREATE TRIGGER exception_remains BEFORE DELETE ON exception BEGIN
  SELECT RAISE(ABORT, 'exceptions are settled, never deleted');
END;

-- What a sign-off was given on, eight bytes for each decision: four of the address's SHA-256, four of the values'.
ALTER TABLE signoff ADD COLUMN seen BLOB;

-- What somebody did last: where `undo` without a record begins.
CREATE INDEX event_by ON event(by_login, seq) WHERE record IS NOT NULL;
