//! Opening the terminal: the desk, who acts, settings, keymap and theme; what is at fault in files is said, and the
//! defaults serve.

use std::sync::Arc;

use super::args::{Color, Global};
use super::context::{self, Context};
use super::output::Out;
use super::release::key_password;
use crate::app::settings::Chosen;
use crate::config::settings::{Configured, Settings};
use crate::config::theme::{Looks, Theme};
use crate::config::{keymap, place};
use crate::failure::Failure;
use crate::issuing;
use crate::term;

/// The person's settings; faults are told on standard error.
pub fn settings(out: &Out) -> Settings {
    let (settings, faults) = place::Place::of_person().map(|place| Settings::read(&place.settings)).unwrap_or_default();
    for fault in faults {
        out.say(&fault.to_string());
    }
    settings
}

/// Everything the person's files say of the terminal, faults included.
pub fn configured() -> Configured {
    term::run::with_words(|words| Configured::read(place::Place::of_person().as_ref(), words))
}

/// Opens the terminal on a queue (where the person left it, without one), with the tour if it is wanted and was never
/// had, line by line where that is wanted; answers its exit code.
pub fn open(global: &Global, queue: Option<&str>, tour: bool, linear: bool) -> Result<u8, Failure> {
    let Context { mut desk, actor, .. } = Context::open(global)?;
    let queue = queue.map(|name| desk.queue_named(&actor, name, context::now())).transpose()?;
    let Configured { settings, keymap, faults } = configured();
    let place = place::Place::of_person();
    let variable = |name: &str| std::env::var(name).ok();
    let session = term::session::Session::look(variable);
    let theme = match global.color {
        Color::Never => Theme::chosen(None, true),
        Color::Always => Theme::chosen(settings.theme, false),
        Color::Auto => Theme::chosen(settings.theme, session.no_colour),
    };
    let seal = settings.seal;
    term::run::run(term::run::Terminal {
        queue,
        tour: place.as_ref().filter(|_| tour).map(|place| place.toured.clone()),
        keymap,
        chosen: Chosen {
            looks: Looks { theme, ascii: settings.ascii, depth: session.depth },
            mouse: settings.mouse,
            arrangement: settings.layout,
            keymap: settings.keymap,
            keymaps: keymap::known_names(place.as_ref().map(|place| place.keymaps.as_path())),
            file: place.as_ref().map(|place| place.settings.display().to_string()),
            faults: faults.iter().map(ToString::to_string).collect(),
        },
        editor: term::editor::chosen(variable("VISUAL"), variable("EDITOR")),
        session,
        linear: linear || settings.linear,
        release: Arc::new(move |desk, actor, id, seen, now| {
            let key = issuing::key(None, seal.as_deref(), desk.path(), desk.is_demo(), key_password)?;
            Ok(issuing::release(desk, actor, id, &key, now, Some(seen))?.seq)
        }),
        faults,
        place,
        desk,
        actor,
    })
}
