//! What the commands of a sheet do: accept, send, close.

use super::acts;
use super::bulk;
use super::filled;
use super::form::{Form, Input, Name, Purpose};
use super::forms;
use super::jump;
use super::model::{Ask, Model, Sheet, Tone};
use super::msg::Effect;
use super::outbox::Act;
use super::screen::Screen;
use super::settings;
use super::typing;
use super::update::run_command;

/// Accepts: the next field, or send; the filter; the command; the button.
pub fn accept(model: &mut Model) -> Vec<Effect> {
    match &mut model.sheet {
        Some(Sheet::Form(form)) => {
            if form.sending.is_some() {
                return Vec::new();
            }
            if let Some(Input::Text(text)) = form.field_mut().map(|field| &mut field.input)
                && text.has_lines()
            {
                text.insert("\n");
                return typing::written(model);
            }
            if form.go_on() { Vec::new() } else { send(model) }
        }
        Some(Sheet::Jump(_)) => jump::accept(model),
        Some(Sheet::Filter(prompt)) if prompt.completions.chosen => typing::complete(model),
        Some(Sheet::Filter(prompt)) => {
            if let Some((_, fault)) = &prompt.fault {
                let fault = fault.clone();
                model.say(Tone::No, fault);
            } else {
                model.sheet = None;
            }
            Vec::new()
        }
        Some(Sheet::Palette(palette)) => {
            let (chosen, from) = (palette.chosen(), palette.from);
            model.sheet = None;
            match chosen {
                Some(command) if !command.contexts.contains(&from) => {
                    let place = command.contexts.first().map(|place| place.words()).unwrap_or_default();
                    model.say(Tone::No, format!("`{}` is done {place}", command.name));
                    Vec::new()
                }
                Some(command) => run_command(model, command),
                None => Vec::new(),
            }
        }
        Some(Sheet::Ask(ask)) => {
            if !ask.on_doing {
                return cancel(model);
            }
            let (act, form) = (ask.act.clone(), ask.form.take());
            let (tag, effects) = acts::send(model, act, None);
            model.sheet = form.map(|mut form| {
                form.sending = Some(tag);
                Sheet::Form(form)
            });
            effects
        }
        Some(Sheet::Bulk(_)) => bulk::accept(model),
        Some(Sheet::Settings(_)) => settings::accept(model),
        Some(Sheet::Help(_) | Sheet::Lines(_)) => {
            model.sheet = None;
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Sends the form, or says what is wrong with it.
pub fn send(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Form(form)) = &mut model.sheet else { return Vec::new() };
    if form.marked > 0 {
        return send_many(model);
    }
    if form.purpose == Purpose::SaveQueue {
        return keep_queue(model);
    }
    let Some(opened) = model.record.as_ref().filter(|opened| opened.id() == form.record) else {
        form.fault = Some("the record is not on the screen any more".to_owned());
        return Vec::new();
    };
    if form.sending.is_some() {
        return Vec::new();
    }
    if let Err(at) = filled::look_at(form, Some(opened), &model.house) {
        blame(form, at);
        return Vec::new();
    }
    if let Some(meanwhile) = form.meanwhile.as_mut().filter(|meanwhile| !meanwhile.acknowledged) {
        meanwhile.acknowledged = true;
        form.fault = Some("the record changed meanwhile: look at it, then send once more".to_owned());
        return Vec::new();
    }
    form.seen = opened.seen;
    let Some(act) = filled::act(form, opened, &model.house, &model.who.login) else { return Vec::new() };
    form.fault = None;
    if let Purpose::Waive(_) = form.purpose {
        return ask_to_waive(model, act);
    }
    let again = form.unclear;
    let (tag, effects) = acts::send(model, act, again);
    if let Some(Sheet::Form(form)) = &mut model.sheet {
        form.sending = Some(tag);
    }
    effects
}

/// Puts the cursor on the field that is wrong, and says so.
fn blame(form: &mut Form, at: usize) {
    form.fields.iter_mut().for_each(|field| field.touched = true);
    form.at = at;
    form.fault = form.fields[at].fault.as_ref().map(|fault| format!("{}: {fault}", form.fields[at].label));
}

/// Sends a form about the marked records: each of them by itself.
fn send_many(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Form(form)) = &mut model.sheet else { return Vec::new() };
    if let Err(at) = filled::look_at(form, None, &model.house) {
        blame(form, at);
        return Vec::new();
    }
    let form = form.clone();
    bulk::run_form(model, &form)
}

/// Keeps the filter of the list under the name in the form.
fn keep_queue(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Form(form)) = &mut model.sheet else { return Vec::new() };
    if let Err(at) = filled::look_at(form, None, &model.house) {
        blame(form, at);
        return Vec::new();
    }
    let (name, team) = (form.says(Name::Title).to_owned(), form.says(Name::Team).to_owned());
    let query = model.list.words.clone();
    model.sheet = None;
    vec![Effect::KeepQueue { name, query, team: Some(team).filter(|team| !team.is_empty()) }, Effect::LoadCounts]
}

/// Whether there is a filter to keep.
///
/// # Errors
/// Why not.
pub fn may_save_queue(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board {
        return Err("a queue holds records: the filter of the board is written anew when it is wanted".to_owned());
    }
    if model.screen == Screen::Archive {
        return Err("a queue holds records: filter the list on the desk, and keep that".to_owned());
    }
    let faulty = matches!(&model.sheet, Some(Sheet::Filter(prompt)) if prompt.fault.is_some());
    match (faulty, model.list.words.is_empty()) {
        (true, _) => Err("the filter has a fault: mend it first".to_owned()),
        (false, true) => Err("there is no filter to keep: write one first".to_owned()),
        (false, false) => Ok(()),
    }
}

/// Opens the form that keeps the filter as a queue.
pub fn save_queue(model: &mut Model) -> Vec<Effect> {
    let me = model.house.people.iter().find(|person| person.login == model.who.login);
    let form = forms::save_queue(&model.list.words, me.and_then(|person| person.team.as_deref()));
    model.sheet = Some(Sheet::Form(Box::new(form)));
    Vec::new()
}

fn ask_to_waive(model: &mut Model, act: Act) -> Vec<Effect> {
    let Some(Sheet::Form(form)) = model.sheet.take() else { return Vec::new() };
    let mut lines = form.facts.clone();
    lines.push(format!("Your reason: {}", form.says(Name::Words)));
    lines.push(match form.says(Name::Until) {
        "" => "It passes without an end, and stands in the history under your name.".to_owned(),
        until => format!("It passes until {until}; then it is open again. It stands in the history under your name."),
    });
    let title = form.title.clone();
    model.sheet =
        Some(Sheet::Ask(Box::new(Ask { title, lines, doing: "Waive", on_doing: false, act, form: Some(form) })));
    Vec::new()
}

/// Closes what lies over the screen. A form's texts stay as drafts, a filter is the one from before.
pub fn cancel(model: &mut Model) -> Vec<Effect> {
    if matches!(model.sheet, Some(Sheet::Bulk(_))) {
        return bulk::cancel(model);
    }
    match model.sheet.take() {
        Some(Sheet::Ask(ask)) => {
            model.sheet = ask.form.map(Sheet::Form);
            Vec::new()
        }
        Some(Sheet::Filter(prompt)) => {
            let (words, filter) = prompt.before;
            typing::use_filter(model, words, filter)
        }
        Some(Sheet::Jump(_)) => Vec::new(),
        Some(Sheet::Form(form)) => {
            let kept =
                form.fields.iter().any(|field| field.touched && field.draft.is_some() && !field.says().is_empty());
            if kept && form.sending.is_none() {
                model.say(Tone::Plain, "what you wrote is kept as a draft");
            }
            Vec::new()
        }
        Some(Sheet::Palette(_) | Sheet::Help(_) | Sheet::Lines(_) | Sheet::Bulk(_) | Sheet::Settings(_)) | None => {
            Vec::new()
        }
    }
}
