//! Messages that go out: composed from the record, sealed, verified as bytes, released.
