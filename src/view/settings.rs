//! The settings, and the file they are kept in with what is wrong in it.

use super::dialog::{Sheet, show};
use super::ink::{Mark, Pen, piece};
use crate::app::help::keys_of;
use crate::app::layout::{Area, Layout};
use crate::app::model::{Context, Model};
use crate::app::settings::{Setting, Settings};
use crate::config::theme::Role;

/// Draws the settings.
pub fn settings(pen: &mut Pen<'_>, model: &Model, settings: &Settings, body: Area) {
    let width = Layout::dialog_width(model.size.0).min(body.width);
    let inside = usize::from(width).saturating_sub(4).max(1);
    let mut sheet = Sheet::default();
    for (at, setting) in Setting::ALL.into_iter().enumerate() {
        let here = at == settings.at;
        let mark = if here { pen.looks.mark(Mark::Cursor) } else { " " };
        let mut line = vec![
            piece(mark, Role::Focus),
            piece(format!("{:<8}", setting.title()), Role::Heading),
            piece(format!(" {:<14}", setting.value(model)), Role::Normal),
        ];
        let about = setting.about(model);
        let beside = inside > 24 + about.len();
        if beside {
            line.push(piece(format!(" {about}"), Role::Dim));
        }
        sheet.lines.push((line, here));
        if here {
            let begin = sheet.lines.len() - 1;
            if !beside {
                sheet.text(&format!("  {about}"), inside, Role::Dim);
            }
            sheet.focus = begin..sheet.lines.len();
        }
    }
    sheet.line(Vec::new());
    if let Some((told, failed)) = &settings.told {
        let (mark, role) = if *failed { (Mark::Blocks, Role::Blocks) } else { (Mark::Confirmed, Role::Fine) };
        sheet.text(&format!("{} {}", pen.looks.mark(mark), pen.looks.plain(told)), inside, role);
    }
    match &model.chosen.file {
        Some(file) => sheet.text(&format!("Kept in {file}"), inside, Role::Normal),
        None => sheet.text("There is no home to keep them in: they hold until you quit.", inside, Role::Normal),
    }
    if model.chosen.faults.is_empty() && model.chosen.file.is_some() {
        sheet.text("No faults in it.", inside, Role::Dim);
    }
    for fault in &model.chosen.faults {
        sheet.text(&format!("{} {fault}", pen.looks.mark(Mark::Warns)), inside, Role::Warns);
    }
    let key = |command| match keys_of(model, Context::Settings, command).first().map_or("-", String::as_str) {
        "left" if !pen.looks.ascii => "←",
        "right" if !pen.looks.ascii => "→",
        key => key,
    };
    let foot =
        format!("{} {} change  {} next  {} close", key("text-left"), key("text-right"), key("accept"), key("cancel"));
    show(pen, "Settings", &sheet, &foot, width, body);
}
