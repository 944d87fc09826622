//! The one command table: what palette, help, hints and keymaps know of what can be done.
//!
//! To add a command: write its function in [`acts`](super::acts) or [`moves`](super::moves), give it a row here and a
//! binding in `keymaps/default.toml`.

use super::layout::Step;
use super::model::{Context, Model};
use super::msg::Effect;
use super::record::Pane;
use super::screen::{self, Screen};
use super::{acts, archive, board, bulk, jump, lines, links, moves, overview, places, settings, sheets, tour, typing};
use crate::domain::triage::By;

/// One command.
pub struct Command {
    /// Its name in keymaps.
    pub name: &'static str,
    /// What the palette calls it.
    pub title: &'static str,
    /// What help says of it.
    pub help: &'static str,
    /// Its word among the hints at the bottom; none keeps it out of them.
    pub hint: Option<&'static str>,
    /// Where it can be run.
    pub contexts: &'static [Context],
    /// Whether it shows a form or a question about the record before anything is done. Such a command, and what is
    /// typed after it, waits for a record that is still being read; one that acts at once never does, for it would act
    /// on what nobody has seen.
    pub shows: bool,
    /// Whether it means the rows on the screen: it waits for those a filter or a queue asked for, and is not run on what the
    /// rows before were.
    pub rows: bool,
    /// Whether it can be run now; if not, why and who could.
    pub available: fn(&Model) -> Result<(), String>,
    /// Runs it.
    pub run: fn(&mut Model) -> Vec<Effect>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The command of that name.
pub fn named(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// Whether a command is meant for all marked records where there are some.
pub fn on_many(name: &str) -> bool {
    matches!(name, "take" | "assign" | "advance" | "return" | "hold" | "flag" | "confirm-all" | "release")
}

/// Whether a command leads to everything else, and so stands among the hints whatever else does not fit.
pub fn is_always_told(name: &str) -> bool {
    matches!(name, "filter" | "palette" | "help")
}

/// The names of all commands.
pub fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.name).collect()
}

use Context::{Archive, Ask, Board, Filter, Form, Help, Lines, List, Overview, Palette, Queues, Record, Settings};

const BROWSE: &[Context] = &[Queues, List, Record];
const SCREENS: &[Context] = &[Queues, List, Record, Board, Overview, Archive];
const LISTS: &[Context] = &[Queues, List, Record, Board, Archive];
const PARTS: &[Context] = &[Queues, List, Record, Archive];
const RECORDS: &[Context] = &[List, Record];
const MARKS: &[Context] = &[List, Record, Board, Archive];
const ROWS: &[Context] =
    &[Queues, List, Record, Board, Overview, Archive, Form, Filter, Palette, Help, Lines, Ask, Settings];
const TEXT: &[Context] = &[Form, Filter, Palette];
const SHEETS: &[Context] = &[Form, Filter, Palette, Help, Lines, Ask, Settings];
const EVERYWHERE: &[Context] =
    &[Queues, List, Record, Board, Overview, Archive, Form, Filter, Palette, Help, Lines, Ask, Settings];

fn always(_: &Model) -> Result<(), String> {
    Ok(())
}

const fn move_row(
    name: &'static str,
    title: &'static str,
    contexts: &'static [Context],
    run: fn(&mut Model) -> Vec<Effect>,
) -> Command {
    Command { name, title, help: title, hint: None, contexts, shows: false, rows: false, available: always, run }
}

const fn go(
    name: &'static str,
    title: &'static str,
    hint: Option<&'static str>,
    contexts: &'static [Context],
    run: fn(&mut Model) -> Vec<Effect>,
) -> Command {
    Command { name, title, help: title, hint, contexts, shows: false, rows: false, available: always, run }
}

macro_rules! act {
    ($name:literal, $hint:expr, $title:literal, $help:literal, $contexts:expr, $run:expr) => {
        act!($name, $hint, $title, $help, $contexts, $run, |model| model.may($name))
    };
    ($name:literal, $hint:expr, $title:literal, $help:literal, $contexts:expr, $run:expr, $available:expr) => {
        Command {
            name: $name,
            title: $title,
            help: $help,
            hint: $hint,
            contexts: $contexts,

            shows: false,
            rows: false,
            available: $available,
            run: $run,
        }
    };
}

/// An act that shows a form or a question first.
macro_rules! form {
    ($($row:tt)*) => {
        Command { shows: true, ..act!($($row)*) }
    };
}

/// All commands, in the order in which help and hints tell of them: what is used most comes first, and stays among the hints
/// where there is little room.
pub static COMMANDS: &[Command] = &[
    go("open", "Open what the cursor is on", Some("open"), &[Queues, List, Board, Overview, Archive], moves::open),
    act!(
        "confirm",
        Some("confirm"),
        "Confirm the change",
        "Confirm the change under the cursor and go to the next undecided one",
        &[Record],
        acts::confirm,
        acts::may_confirm
    ),
    act!(
        "confirm-all",
        Some("all clean"),
        "Confirm all clean changes",
        "Confirm every undecided change that no finding speaks of",
        RECORDS,
        acts::confirm_all,
        acts::may_confirm_all
    ),
    act!(
        "advance",
        Some("next step"),
        "Move the record to its next step",
        "Sign the step's checkpoint, move the record to the next step and go to the next record",
        RECORDS,
        acts::advance
    ),
    form!(
        "release",
        Some("release"),
        "Release the record",
        "Seal the message and release it, in two steps",
        RECORDS,
        acts::release
    ),
    act!(
        "next-undecided",
        Some("next ?"),
        "Next undecided change",
        "Go to the next change that nobody decided",
        RECORDS,
        moves::next_undecided,
        moves::has_undecided
    ),
    form!(
        "flag",
        Some("flag"),
        "Flag: raise an exception",
        "Raise an exception on the entry under the cursor, or on the record",
        RECORDS,
        acts::flag
    ),
    form!(
        "edit",
        Some("edit"),
        "Edit the value",
        "Declare a value for the entry under the cursor",
        &[Record],
        acts::edit,
        acts::may_edit
    ),
    form!(
        "edit-entry",
        None,
        "Edit an entry by number or name",
        "Declare a value for any entry",
        RECORDS,
        acts::edit_entry,
        |model| { model.may("edit") }
    ),
    form!(
        "resolve",
        Some("resolve"),
        "Resolve the exception",
        "Settle the exception under the cursor",
        &[Record, Board],
        acts::resolve,
        acts::may_resolve
    ),
    form!(
        "waive",
        Some("waive"),
        "Waive the exception",
        "Let the exception under the cursor pass, in two steps",
        &[Record, Board],
        acts::waive,
        acts::may_waive
    ),
    form!(
        "read-exception",
        None,
        "Read the exception whole",
        "Show everything that was said of the exception under the cursor, however long",
        &[Record, Board],
        lines::read_exception,
        lines::may_read_exception
    ),
    form!(
        "comment",
        Some("say"),
        "Say something about the exception",
        "Write into the discussion of the exception under the cursor",
        &[Record, Board],
        acts::comment,
        acts::may_comment
    ),
    act!(
        "verify",
        Some("verify"),
        "Verify the release",
        "Verify the release under the cursor, or all that are marked: stored bytes, seal, certificate, message, history",
        &[Archive],
        archive::verify,
        archive::may_verify
    ),
    form!("take", Some("take"), "Take the record", "Become the record's owner", RECORDS, acts::take),
    form!(
        "assign",
        Some("assign"),
        "Assign the record or the exception",
        "Give the record (in the exceptions: the exception) to somebody",
        &[List, Record, Board],
        acts::assign
    ),
    form!(
        "return",
        Some("return"),
        "Return the record",
        "Send the record back to an earlier step, with a reason",
        RECORDS,
        acts::send_back
    ),
    form!(
        "message-lines",
        Some("lines"),
        "The messages' own lines",
        "Show what the stage before wrote for the entry under the cursor, beside what our message says; in the archive the whole message",
        &[Record, Archive],
        lines::open,
        lines::may
    ),
    act!(
        "undo",
        None,
        "Undo your last act",
        "Take your last act back by a counter-act, unless somebody acted since",
        RECORDS,
        acts::undo,
        acts::may_undo
    ),
    act!(
        "link",
        Some("link"),
        "Link the same fault",
        "Link the marked exceptions with the one under the cursor: the same fault on many records",
        &[Record, Board],
        links::link,
        links::may_link
    ),
    act!(
        "unlink",
        None,
        "Unlink the exception",
        "Let the exception stand alone again",
        &[Record, Board],
        links::unlink,
        links::may_unlink
    ),
    act!(
        "mark-linked",
        None,
        "Mark what is linked",
        "Mark every exception to settle that is linked with the one under the cursor",
        &[Record, Board],
        links::mark_linked,
        links::may_mark_linked
    ),
    form!(
        "reopen",
        None,
        "Open the exception again",
        "Open the settled exception under the cursor again, with a reason",
        &[Record, Board],
        acts::reopen,
        links::may_reopen
    ),
    form!(
        "receipt",
        None,
        "Record what came back",
        "Record the authority's answer to what was released; a rejection becomes an exception",
        RECORDS,
        acts::receipt
    ),
    form!(
        "hold",
        None,
        "Hold the record, or resume it",
        "Stop work on the record for a time, or go on with it",
        RECORDS,
        acts::hold
    ),
    form!("note", None, "Write a remark", "Write a remark into the history", RECORDS, acts::note),
    act!(
        "previous-undecided",
        None,
        "Previous undecided change",
        "Go to the change before that nobody decided",
        RECORDS,
        moves::previous_undecided,
        moves::has_undecided
    ),
    Command {
        help: "Mark the record under the cursor, or take its mark away; marks stay from queue to queue",
        rows: true,
        ..go("mark", "Mark the record", None, MARKS, bulk::mark)
    },
    Command {
        help: "Mark every row read so far; where all are marked, take those marks away",
        rows: true,
        ..go("mark-all", "Mark all shown", None, &[List, Board, Archive], bulk::mark_all)
    },
    act!(
        "unmark-all",
        None,
        "Take all marks away",
        "Take every mark away, in all queues",
        MARKS,
        bulk::unmark_all,
        bulk::has_marks
    ),
    go("settled", "Settled exceptions, and back", Some("settled"), &[Board], board::turn_settled),
    go("next-chart", "Next chart", Some("next chart"), &[Overview], |model| overview::turn(model, true)),
    act!(
        "next-scope",
        Some("scope"),
        "Next scope",
        "Show the next scope of the desk, after the last one the whole desk",
        &[Overview],
        |model| overview::turn_scope(model, true),
        overview::has_scopes
    ),
    act!(
        "copy-digest",
        Some("SHA-256"),
        "Copy the SHA-256 of the release",
        "Send the SHA-256 of the released message to the clipboard of your terminal",
        &[Archive],
        archive::copy_digest,
        archive::has_row
    ),
    go("back", "Back to where you came from", Some("back"), &[Record, List, Board, Overview, Archive], moves::back),
    go("next-record", "Next record", None, RECORDS, moves::next_record),
    go("previous-record", "Previous record", None, RECORDS, moves::previous_record),
    go("next-queue", "Next queue", None, BROWSE, moves::next_queue),
    go("previous-queue", "Previous queue", None, BROWSE, moves::previous_queue),
    go("next-group", "Next group", None, &[Board], board::next_group),
    go("previous-group", "Previous group", None, &[Board], board::previous_group),
    go("next-grouping", "Group in the next way", None, &[Board], |model| board::turn(model, true)),
    go("previous-grouping", "Group in the way before", None, &[Board], |model| board::turn(model, false)),
    go("group-kind", "Group by kind", None, &[Board], |model| board::group_by(model, By::Kind)),
    go("group-age", "Group by age", None, &[Board], |model| board::group_by(model, By::Age)),
    go("group-approval", "Group by approval", None, &[Board], |model| board::group_by(model, By::Approval)),
    go("group-variant", "Group by variant", None, &[Board], |model| board::group_by(model, By::Variant)),
    go("group-owner", "Group by owner", None, &[Board], |model| board::group_by(model, By::Owner)),
    go("group-scope", "Group by scope", None, &[Board], |model| board::group_by(model, By::Scope)),
    go("next-pane", "Next pane of the record, or next part of the screen", None, PARTS, moves::next_pane),
    go("previous-pane", "Previous pane of the record, or part before", None, PARTS, moves::previous_pane),
    go("changes", "Changes: what our stage changed", None, RECORDS, |model| moves::pane(model, Pane::Changes)),
    go("readiness", "Readiness: what blocks release", None, RECORDS, |model| moves::pane(model, Pane::Readiness)),
    go("exceptions", "Exceptions: what was raised", None, RECORDS, |model| moves::pane(model, Pane::Exceptions)),
    go("history", "History: what happened", None, RECORDS, |model| moves::pane(model, Pane::History)),
    go("entries", "Entries: the whole certificate", None, RECORDS, |model| moves::pane(model, Pane::Entries)),
    go("approvals", "Approvals: what the record rests on", None, RECORDS, |model| moves::pane(model, Pane::Approvals)),
    go("message", "Message: as it would go out, or as sealed", None, RECORDS, |model| {
        moves::pane(model, Pane::Message)
    }),
    go("desk", "Desk: queues, list, record", None, SCREENS, |model| screen::go(model, Screen::Desk)),
    go("board", "Exceptions board", None, SCREENS, |model| screen::go(model, Screen::Board)),
    go("overview", "Overview: charts", None, SCREENS, |model| screen::go(model, Screen::Overview)),
    go("archive", "Archive: what was released", None, SCREENS, |model| screen::go(model, Screen::Archive)),
    act!(
        "stop",
        None,
        "Stop verifying",
        "Let go what waits to be verified; what was found stays",
        &[Archive],
        archive::stop,
        archive::may_stop
    ),
    act!(
        "copy-reference",
        None,
        "Copy the reference of the release",
        "Send the reference of the released message to the clipboard of your terminal",
        &[Archive],
        archive::copy_reference,
        archive::has_row
    ),
    go("filter", "Filter the list", Some("filter"), LISTS, moves::filter),
    act!(
        "save-queue",
        None,
        "Keep the filter as a queue",
        "Keep the filter as a queue of your own, or of your team",
        &[Queues, List, Filter],
        sheets::save_queue,
        sheets::may_save_queue
    ),
    Command {
        help: "Open a record by the last characters of its VIN, whatever queue it is in",
        ..go("jump", "Go to a VIN by its end", None, SCREENS, jump::open)
    },
    go("place-back", "Back to the place before", None, SCREENS, places::back),
    go("place-forward", "Forward to the place that back led away from", None, SCREENS, places::forward),
    go("palette", "All commands", Some("commands"), SCREENS, moves::palette),
    go("help", "Help: all keys", Some("help"), SCREENS, moves::help),
    act!(
        "copy-vin",
        None,
        "Copy the VIN",
        "Send the VIN to the clipboard of your terminal",
        MARKS,
        acts::copy_vin,
        moves::has_record
    ),
    act!(
        "copy-value",
        None,
        "Copy the value",
        "Send our value of the entry under the cursor to the clipboard of your terminal",
        &[Record],
        acts::copy_value,
        moves::has_record
    ),
    go("sort", "Order the list by the next column", None, BROWSE, moves::sort),
    Command {
        help: "Choose theme, symbols, mouse, layout and keymap; see where they are kept and what is wrong there",
        ..go("settings", "Settings: theme, symbols, mouse, layout, keys", None, SCREENS, settings::open)
    },
    Command {
        help: "Listen to the mouse, or leave it to the terminal",
        ..go("mouse", "Mouse on or off", None, SCREENS, settings::mouse)
    },
    Command {
        help: "Let list and record stand beside or above each other, or as the screen has room",
        ..go("layout", "Layout: list beside or above the record", None, BROWSE, settings::arrange)
    },
    act!("end-tour", None, "End the tour", "End the tour for good", BROWSE, tour::end, tour::is_on),
    go("refresh", "Read everything again", None, SCREENS, moves::refresh),
    go("cell-right", "Next cell of the row", None, &[Overview], |model| overview::aside(model, true)),
    go("cell-left", "Cell before in the row", None, &[Overview], |model| overview::aside(model, false)),
    go("previous-chart", "Chart before", None, &[Overview], |model| overview::turn(model, false)),
    act!(
        "previous-scope",
        None,
        "Scope before",
        "Show the scope before, before the first one the whole desk",
        &[Overview],
        |model| overview::turn_scope(model, false),
        overview::has_scopes
    ),
    move_row("cursor-down", "Down a row", ROWS, |model| moves::step(model, Step::Down)),
    move_row("cursor-up", "Up a row", ROWS, |model| moves::step(model, Step::Up)),
    move_row("half-page-down", "Down half a page", ROWS, |model| moves::step(model, Step::HalfDown)),
    move_row("half-page-up", "Up half a page", ROWS, |model| moves::step(model, Step::HalfUp)),
    move_row("page-down", "Down a page", ROWS, |model| moves::step(model, Step::PageDown)),
    move_row("page-up", "Up a page", ROWS, |model| moves::step(model, Step::PageUp)),
    move_row("cursor-first", "To the first row", ROWS, |model| moves::step(model, Step::First)),
    move_row("cursor-last", "To the last row", ROWS, |model| moves::step(model, Step::Last)),
    move_row("accept", "Accept: the next field, or send", SHEETS, sheets::accept),
    move_row("complete", "Write the completion that is offered", &[Filter], typing::complete),
    move_row("send", "Send the form", &[Form], sheets::send),
    move_row("cancel", "Close; what was written is kept as a draft", SHEETS, sheets::cancel),
    move_row("next-field", "Next field or button", &[Form, Ask], typing::next_field),
    move_row("previous-field", "Previous field or button", &[Form, Ask], typing::previous_field),
    move_row("editor", "Write the text in your editor", &[Form], typing::editor),
    move_row("text-left", "Left", &[Form, Filter, Palette, Ask, Settings], typing::left),
    move_row("text-right", "Right", &[Form, Filter, Palette, Ask, Settings], typing::right),
    move_row("word-left", "A word to the left", TEXT, typing::word_left),
    move_row("word-right", "A word to the right", TEXT, typing::word_right),
    move_row("line-start", "To the beginning of the line", TEXT, typing::line_start),
    move_row("line-end", "To the end of the line", TEXT, typing::line_end),
    move_row("backspace", "Take out the letter before", TEXT, typing::backspace),
    move_row("delete", "Take out the letter here", TEXT, typing::delete),
    move_row("delete-word", "Take out the word before", TEXT, typing::delete_word),
    move_row("undo-text", "Undo the last writing", TEXT, typing::undo),
    move_row("redo-text", "Do again what was undone", TEXT, typing::redo),
    go("redraw", "Paint the screen anew", None, EVERYWHERE, |_| vec![Effect::Redraw]),
    go("suspend", "Give the terminal back for a while", None, EVERYWHERE, |_| vec![Effect::Suspend]),
    go("quit", "Quit; drafts are kept", None, EVERYWHERE, |_| vec![Effect::Quit]),
];
