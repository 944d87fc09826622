//! Where files are, strict TOML, keymaps and themes.
//!
//! Invariant: names no terminal library; what a file says wrong is told with file, line and the nearest word, all of it at once.

pub mod edit;
pub mod fault;
pub mod key;
pub mod keymap;
pub mod options;
pub mod place;
pub mod policy;
pub mod settings;
pub mod strict;
pub mod theme;
