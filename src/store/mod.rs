//! The one place that knows SQL: a desk in one shared SQLite file.
//!
//! Invariant: speaks in verbs and types of the domain; no connection and no SQL leaks out.
