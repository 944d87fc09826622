//! The driver of the terminal: input, effects, drawing when dirty, and leaving it as it was found.
