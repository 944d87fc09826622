//! The message of the record, line by line: the one in work as it would go out now, or the last one as it was sealed.

use super::acts::pane_height;
use super::model::Model;
use super::msg::Effect;
use super::record::{Opened, Pane};
use crate::domain::address::Address;
use crate::domain::certificate::Change;
use crate::domain::identity::RecordId;

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// As it is written.
    pub text: String,
    /// What it begins: an entry, a row, a table.
    pub address: Option<Address>,
}

/// A message to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Which message it is, or why there is none.
    pub what: String,
    /// Its lines.
    pub lines: Vec<Written>,
}

/// Asks for the message, where its pane is shown and it was not asked for since the record was read.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    let shown = model.shown;
    match &mut model.record {
        Some(opened) if opened.pane == Pane::Message && !opened.asked_message && shown == Some(opened.id()) => {
            opened.asked_message = true;
            vec![Effect::LoadMessage(opened.id())]
        }
        _ => Vec::new(),
    }
}

/// The message is here: the cursor stays on its entry where both have it.
pub fn read(model: &mut Model, record: RecordId, preview: Preview) -> Vec<Effect> {
    let height = pane_height(model);
    if let Some(opened) = model.record.as_mut().filter(|opened| opened.id() == record) {
        opened.take_message(preview, height);
    }
    Vec::new()
}

impl Opened {
    /// The line under the cursor of the message's pane.
    pub fn written(&self) -> Option<&Written> {
        self.message.as_ref()?.lines.get(self.scroll().at)
    }

    /// What the certificate says at a line of the message.
    pub fn change_written<'a>(&'a self, line: &'a Written) -> Option<&'a Change> {
        self.dossier.certificate.change(line.address.as_ref()?)
    }
}
