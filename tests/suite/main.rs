//! The one test binary beside the unit tests: each module here speaks of one part or promise of the program.

mod app;
mod contract;
mod desk;
mod driver;
mod fixture;
mod holds;
mod intake;
mod invent;
mod layering;
mod main_job;
mod messages;
mod plan;
mod properties;
mod pty;
mod screens;
mod seals;
mod site;
mod standards;
mod store;
mod store_guards;
mod store_lists;
mod store_tampering;
mod support;
mod terminal;
mod upgrade;
mod view;
