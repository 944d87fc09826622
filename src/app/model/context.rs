//! Where keys are heard: the places a keymap speaks of.

/// Where keys are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The queues.
    Queues,
    /// The list.
    List,
    /// The record.
    Record,
    /// The exceptions board.
    Board,
    /// The overview.
    Overview,
    /// The archive.
    Archive,
    /// A form.
    Form,
    /// The filter's line.
    Filter,
    /// The palette.
    Palette,
    /// Help.
    Help,
    /// The lines of messages.
    Lines,
    /// A question.
    Ask,
    /// The settings.
    Settings,
}

impl Context {
    /// All contexts.
    pub const ALL: [Context; 13] = [
        Context::Queues,
        Context::List,
        Context::Record,
        Context::Board,
        Context::Overview,
        Context::Archive,
        Context::Form,
        Context::Filter,
        Context::Palette,
        Context::Help,
        Context::Lines,
        Context::Ask,
        Context::Settings,
    ];

    /// Its word in keymaps.
    pub fn word(self) -> &'static str {
        match self {
            Context::Queues => "queues",
            Context::List => "list",
            Context::Record => "record",
            Context::Board => "board",
            Context::Overview => "overview",
            Context::Archive => "archive",
            Context::Form => "form",
            Context::Filter => "filter",
            Context::Palette => "palette",
            Context::Help => "help",
            Context::Lines => "lines",
            Context::Ask => "ask",
            Context::Settings => "settings",
        }
    }

    /// What help calls it.
    pub fn title(self) -> &'static str {
        match self {
            Context::Queues => "In the queues",
            Context::List => "In the list",
            Context::Record => "In the record",
            Context::Board => "On the exceptions board",
            Context::Overview => "In the overview",
            Context::Archive => "In the archive",
            Context::Form => "In a form",
            Context::Filter => "While filtering and jumping",
            Context::Palette => "In the palette",
            Context::Help => "In this help",
            Context::Lines => "In the lines of messages",
            Context::Ask => "When asked",
            Context::Settings => "In the settings",
        }
    }

    /// The same inside a sentence.
    pub fn words(self) -> String {
        let title = self.title();
        title
            .chars()
            .next()
            .map_or_else(String::new, |first| first.to_lowercase().chain(title.chars().skip(1)).collect())
    }

    /// Whether plain characters are text in it.
    pub fn types(self) -> bool {
        matches!(self, Context::Form | Context::Filter | Context::Palette)
    }
}
