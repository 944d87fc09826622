//! The one test binary beside the unit tests: each module here speaks of one part or promise of the program.

mod fixture;
mod invent;
mod messages;
mod plan;
mod properties;
mod seals;
mod standards;
mod support;
