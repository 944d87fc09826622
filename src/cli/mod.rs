//! The verbs of the command line, one file per group, over the same actions as the terminal.
