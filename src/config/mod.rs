//! Where files are, strict TOML, keymaps and themes.
