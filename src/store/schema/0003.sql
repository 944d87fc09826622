-- Schema 3 of the desk: what came back for what was released. Never edited again once a release has it: what comes later is
-- 0004.sql. Both tables are only ever added to.

-- The files that answers came with, each once, however many records one is about.
CREATE TABLE receipt_file (
  sha256 BLOB NOT NULL PRIMARY KEY,
  packed BLOB NOT NULL
) STRICT;

-- What the authority said of released versions, in the order it was recorded; the last answer to a version counts. `exception`
-- is the one that the desk raised about a rejection.
CREATE TABLE receipt (
  record INTEGER NOT NULL REFERENCES record(id),
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('accepted', 'rejected')),
  body TEXT NOT NULL,
  file_name TEXT,
  sha256 BLOB REFERENCES receipt_file(sha256),
  exception INTEGER REFERENCES exception(id),
  by_login TEXT NOT NULL,
  at INTEGER NOT NULL,
  seq INTEGER NOT NULL REFERENCES event(seq),
  PRIMARY KEY (record, number),
  FOREIGN KEY (record, version) REFERENCES release(record, version),
  CHECK ((file_name IS NULL) = (sha256 IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER receipt_stays BEFORE UPDATE ON receipt BEGIN SELECT RAISE(ABORT, 'receipts are never changed'); END;
CREATE TRIGGER receipt_remains BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'receipts are never deleted'); END;
CREATE TRIGGER receipt_file_stays BEFORE UPDATE ON receipt_file BEGIN
  SELECT RAISE(ABORT, 'receipts are never changed');
END;
CREATE TRIGGER receipt_file_remains BEFORE DELETE ON receipt_file BEGIN
  SELECT RAISE(ABORT, 'receipts are never deleted');
END;

-- What lists show and filters ask of it: the last answer to the last released version, null before there is one.
ALTER TABLE record ADD COLUMN delivery TEXT;
CREATE INDEX record_delivery ON record(delivery, due, id) WHERE delivery IS NOT NULL;
