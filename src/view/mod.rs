//! Draws a model into a frame and keeps no state.
