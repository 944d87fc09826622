//! What the commands of writing do: in a form, in the filter's line, in the palette, at a question.

use super::bulk::Phase;
use super::complete::{self, Begun};
use super::filled;
use super::form::{Form, Input};
use super::model::{List, Model, Sheet, Tone};
use super::msg::Effect;
use super::screen::Screen;
use super::text::Text;
use super::{archive, board, jump};
use crate::domain::filter::Filter;

/// A character typed where characters are text.
pub fn typed(model: &mut Model, letter: char) -> Vec<Effect> {
    if let Some(Sheet::Form(form)) = &mut model.sheet
        && let Some(field) = form.field_mut()
        && let Input::Choice { all, at } = &mut field.input
    {
        let wanted = letter.to_lowercase().to_string();
        let begins = all.iter().position(|choice| choice.label.to_lowercase().starts_with(&wanted));
        *at = begins.unwrap_or((*at + usize::from(letter == ' ')) % all.len().max(1));
        return written(model);
    }
    pasted(model, letter.encode_utf8(&mut [0; 4]))
}

/// Text put in at the cursor.
pub fn pasted(model: &mut Model, text: &str) -> Vec<Effect> {
    let Some((target, _)) = text_here(model) else { return Vec::new() };
    let whole = target.insert(text);
    put(model, whole)
}

/// After putting a text in; says so where not all of it fitted.
fn put(model: &mut Model, whole: bool) -> Vec<Effect> {
    let effects = written(model);
    if !whole {
        model.say(Tone::No, "a text takes 64 KiB at most: the rest was left out");
    }
    effects
}

fn text_here(model: &mut Model) -> Option<(&mut Text, u16)> {
    let width = model.text_width();
    match &mut model.sheet {
        Some(Sheet::Form(form)) if form.sending.is_none() => Some((form.field_mut()?.text_mut()?, width)),
        Some(Sheet::Filter(prompt)) => Some((&mut prompt.text, u16::MAX)),
        Some(Sheet::Jump(jump)) => Some((&mut jump.text, u16::MAX)),
        Some(Sheet::Palette(palette)) => Some((&mut palette.words, u16::MAX)),
        Some(
            Sheet::Form(_) | Sheet::Help(_) | Sheet::Lines(_) | Sheet::Ask(_) | Sheet::Bulk(_) | Sheet::Settings(_),
        )
        | None => None,
    }
}

fn moved(model: &mut Model, how: impl FnOnce(&mut Text, u16)) -> Vec<Effect> {
    if let Some((text, width)) = text_here(model) {
        how(text, width);
    }
    complete_anew(model).into_iter().collect()
}

fn changed(model: &mut Model, how: impl FnOnce(&mut Text)) -> Vec<Effect> {
    match text_here(model) {
        Some((text, _)) => {
            how(text);
            written(model)
        }
        None => Vec::new(),
    }
}

/// After writing: looks at what is there now, and keeps it.
pub(super) fn written(model: &mut Model) -> Vec<Effect> {
    match &mut model.sheet {
        Some(Sheet::Form(form)) => {
            form.unclear = None;
            form.fault = None;
            let Some(field) = form.field_mut() else { return Vec::new() };
            field.touched = true;
            if let Input::Pick(pick) = &mut field.input {
                pick.narrowed();
            }
            let draft = field.draft.clone();
            let text = field.says().to_owned();
            let opened = model.record.as_ref().filter(|_| form.marked == 0);
            let _ = filled::look_at(form, opened, &model.house);
            draft.map(|key| Effect::SaveDraft { key, text }).into_iter().collect()
        }
        Some(Sheet::Filter(_)) => {
            let asked = complete_anew(model);
            let mut effects = filter(model);
            effects.extend(asked);
            effects
        }
        Some(Sheet::Jump(_)) => jump::written(model),
        Some(Sheet::Palette(palette)) => {
            palette.narrow();
            Vec::new()
        }
        Some(Sheet::Help(_) | Sheet::Lines(_) | Sheet::Ask(_) | Sheet::Bulk(_) | Sheet::Settings(_)) | None => {
            Vec::new()
        }
    }
}

/// Works out anew what may be written next in the filter's line, and asks the desk for what only it knows.
fn complete_anew(model: &mut Model) -> Option<Effect> {
    let screen = model.screen;
    let Some(Sheet::Filter(prompt)) = &mut model.sheet else { return None };
    let asked = prompt.found.ask(complete::begun(&prompt.text, screen));
    offer(model);
    asked
}

/// Offers what may be written next in the filter's line.
fn offer(model: &mut Model) {
    let Some(Sheet::Filter(prompt)) = &model.sheet else { return };
    let completions = model.completions(&prompt.text, &prompt.found);
    if let Some(Sheet::Filter(prompt)) = &mut model.sheet {
        prompt.completions = completions;
    }
}

/// What the desk knows for a filter is here: it is offered, unless somebody is choosing already.
pub(super) fn offered(model: &mut Model) {
    if matches!(&model.sheet, Some(Sheet::Filter(prompt)) if !prompt.completions.chosen) {
        offer(model);
    }
}

/// What the desk found for the value being written is here; it is offered as what else the desk knows.
pub(super) fn values(model: &mut Model, begun: &Begun, values: Vec<String>) -> Vec<Effect> {
    if let Some(Sheet::Filter(prompt)) = &mut model.sheet
        && prompt.found.read(begun, values)
    {
        offered(model);
    }
    Vec::new()
}

/// Writes the completion under the cursor into the filter's line.
pub fn complete(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Filter(prompt)) = &mut model.sheet else { return Vec::new() };
    let Some(chosen) = prompt.completions.here().cloned() else { return Vec::new() };
    let place = prompt.completions.place.clone();
    // A value is written whole, and the next term may follow at once.
    let text = if chosen.open { chosen.text } else { format!("{} ", chosen.text) };
    prompt.text.splice(place, &text);
    written(model)
}

/// Filters the list by what is written, or says what is wrong with it.
fn filter(model: &mut Model) -> Vec<Effect> {
    let today = model.now.day();
    let names = model.house.names();
    let parse = |words: &str| match model.screen {
        Screen::Desk | Screen::Overview | Screen::Archive => Filter::parse(words, today),
        Screen::Board => Filter::parse_exceptions(words, today),
    };
    let Some(Sheet::Filter(prompt)) = &mut model.sheet else { return Vec::new() };
    let words = prompt.text.content().trim().to_owned();
    let filter = match words.as_str() {
        "" => None,
        words => match parse(words).and_then(|filter| filter.names_known(words, &names).map(|()| filter)) {
            Ok(filter) => Some(filter),
            Err(fault) => {
                let meant = fault.nearest.map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
                prompt.fault = Some((fault.at, format!("{}{meant}", fault.message)));
                return Vec::new();
            }
        },
    };
    prompt.fault = None;
    use_filter(model, words, filter)
}

pub(super) fn use_filter(model: &mut Model, words: String, filter: Option<Filter>) -> Vec<Effect> {
    match model.screen {
        Screen::Board => return board::use_filter(model, words, filter),
        Screen::Archive => return archive::use_filter(model, words, filter),
        Screen::Desk | Screen::Overview => {}
    }
    if model.list.filter == filter {
        model.list.words = words;
        return Vec::new();
    }
    let mut list = List { sort: model.list.sort, ..List::of(model.list.queue) };
    // The rows stay on the screen until the answer is here.
    list.rows = std::mem::take(&mut model.list.rows);
    list.selected = model.list.selected;
    list.changed = std::mem::take(&mut model.list.changed);
    (list.words, list.filter) = (words, filter);
    model.list = list;
    let at = model.list.rows.iter().position(|row| Some(row.summary.id) == model.list.selected).unwrap_or(0);
    model.select(at);
    model.ask_for_list()
}

fn turn(model: &mut Model, forward: bool) -> Vec<Effect> {
    match &mut model.sheet {
        Some(Sheet::Form(form)) => form.turn(forward),
        Some(Sheet::Ask(ask)) => ask.on_doing = !ask.on_doing,
        Some(Sheet::Bulk(bulk)) => {
            if let Phase::Asked(on_doing) = &mut bulk.phase {
                *on_doing = !*on_doing;
            }
        }
        Some(
            Sheet::Filter(_)
            | Sheet::Jump(_)
            | Sheet::Palette(_)
            | Sheet::Help(_)
            | Sheet::Lines(_)
            | Sheet::Settings(_),
        )
        | None => {}
    }
    Vec::new()
}

/// The next field or button.
pub fn next_field(model: &mut Model) -> Vec<Effect> {
    turn(model, true)
}

/// The field or button before.
pub fn previous_field(model: &mut Model) -> Vec<Effect> {
    turn(model, false)
}

/// Up or down in a form: through a text's lines, a choice, or the fields.
pub fn vertical(model: &mut Model, down: bool) -> Vec<Effect> {
    let width = model.text_width();
    let Some(Sheet::Form(form)) = &mut model.sheet else { return Vec::new() };
    let within = match form.field_mut().map(|field| &mut field.input) {
        Some(Input::Text(text)) if down => text.down(width),
        Some(Input::Text(text)) => text.up(width),
        Some(Input::Pick(pick)) => {
            pick.by(down);
            return written(model);
        }
        Some(Input::Choice { .. }) | None => false,
    };
    if !within {
        form.turn(down);
    }
    Vec::new()
}

fn sideways(model: &mut Model, right: bool) -> Vec<Effect> {
    if matches!(model.sheet, Some(Sheet::Settings(_))) {
        return super::settings::turn(model, right);
    }
    if let Some(Sheet::Ask(ask)) = &mut model.sheet {
        ask.on_doing = right;
        return Vec::new();
    }
    if let Some(Sheet::Bulk(bulk)) = &mut model.sheet {
        if let Phase::Asked(on_doing) = &mut bulk.phase {
            *on_doing = right;
        }
        return Vec::new();
    }
    if let Some(Sheet::Form(form)) = &mut model.sheet
        && let Some(Input::Choice { all, at }) = form.field_mut().map(|field| &mut field.input)
    {
        let count = all.len().max(1);
        *at = if right { (*at + 1) % count } else { (*at + count - 1) % count };
        return written(model);
    }
    moved(model, |text, _| if right { text.right() } else { text.left() })
}

/// To the left.
pub fn left(model: &mut Model) -> Vec<Effect> {
    sideways(model, false)
}

/// To the right.
pub fn right(model: &mut Model) -> Vec<Effect> {
    sideways(model, true)
}

/// A word to the left.
pub fn word_left(model: &mut Model) -> Vec<Effect> {
    moved(model, |text, _| text.word_left())
}

/// A word to the right.
pub fn word_right(model: &mut Model) -> Vec<Effect> {
    moved(model, |text, _| text.word_right())
}

/// To the beginning of the line.
pub fn line_start(model: &mut Model) -> Vec<Effect> {
    moved(model, Text::home)
}

/// To the end of the line.
pub fn line_end(model: &mut Model) -> Vec<Effect> {
    moved(model, Text::end)
}

/// Takes out the letter before the cursor.
pub fn backspace(model: &mut Model) -> Vec<Effect> {
    changed(model, Text::backspace)
}

/// Takes out the letter at the cursor.
pub fn delete(model: &mut Model) -> Vec<Effect> {
    changed(model, Text::delete)
}

/// Takes out the word before the cursor.
pub fn delete_word(model: &mut Model) -> Vec<Effect> {
    changed(model, Text::delete_word)
}

/// Undoes the last writing.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    changed(model, Text::undo)
}

/// Does again what was undone last.
pub fn redo(model: &mut Model) -> Vec<Effect> {
    changed(model, Text::redo)
}

/// Opens the text of the field in the person's editor.
pub fn editor(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Form(form)) = &model.sheet else { return Vec::new() };
    match form.field().map(|field| &field.input) {
        Some(Input::Text(text)) if form.sending.is_none() => {
            vec![Effect::OpenEditor { text: text.content().to_owned() }]
        }
        _ => Vec::new(),
    }
}

/// What came back from the editor.
pub fn edited(model: &mut Model, result: Result<String, String>) -> Vec<Effect> {
    match result {
        Ok(text) => {
            let Some((target, _)) = text_here(model) else { return Vec::new() };
            let whole = target.replace(text.trim_end_matches('\n'));
            put(model, whole)
        }
        Err(why) => {
            model.say(Tone::No, why);
            Vec::new()
        }
    }
}

/// Puts a draft into the field it was kept for, unless somebody wrote in it meanwhile.
pub fn draft(model: &mut Model, key: &str, text: &str) {
    let Some(Sheet::Form(form)) = &mut model.sheet else { return };
    let form: &mut Form = form;
    let field = form.fields.iter_mut().find(|field| field.draft.as_deref() == Some(key) && !field.touched);
    let Some(field) = field else { return };
    if text.is_empty() || field.says() == text {
        return;
    }
    if let Some(target) = field.text_mut() {
        target.replace(text);
    }
    field.touched = true;
    let opened = model.record.as_ref().filter(|_| form.marked == 0);
    let _ = filled::look_at(form, opened, &model.house);
    model.say(Tone::Plain, "your draft is back");
}
