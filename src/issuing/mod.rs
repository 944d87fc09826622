//! Messages that go out: composed from a record, checked, sealed, verified again as bytes, released, written to files.

pub mod files;

pub use files::{FileFault, file_name, write_file};
