//! What a person chose for themselves: how the screen looks, the mouse, the keymap.

use crate::config::theme::Looks;

/// The choices that hold now, and where they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// How the screen looks.
    pub looks: Looks,
}
