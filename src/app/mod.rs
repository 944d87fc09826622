//! The terminal as a pure state machine: model, messages, `update`, the one command table.
//!
//! Invariant: no I/O; never names the store, ratatui or crossterm.
