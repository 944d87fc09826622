//! Parses, runs, prints the failure and ends with its exit code.

fn main() {}
