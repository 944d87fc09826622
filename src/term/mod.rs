//! The driver of the terminal: input, effects, drawing when dirty, and leaving it as it was found.
//!
//! From the outside in: [`session`] looks whether there is a terminal, [`screen`] takes it and gives it back, on top of
//! [`guard`] (raw mode and the alternate screen), [`output`] (one write a frame, its cells made bytes by [`strokes`]) and [`input`] (keys, made from bytes by
//! [`decode`]). [`signals`] tells what the system wants, [`suspend`] stops the process, [`editor`] and [`clipboard`] do
//! what a terminal lends to other programs. [`run`] joins them with the model and, through [`desk_jobs`], with the desk; [`files`] are the
//! person's own. [`linear`] does the same for a terminal that is written to line by line.
//!
//! Invariant: the terminal is never asked anything, and every way out leaves it as it was found.

pub mod clipboard;
pub mod decode;
pub mod desk_jobs;
pub mod editor;
pub mod files;
pub mod guard;
pub mod input;
pub mod linear;
pub mod output;
pub mod run;
pub mod screen;
pub mod session;
pub mod signals;
pub mod strokes;
pub mod suspend;

#[cfg(test)]
mod testing;
