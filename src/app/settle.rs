//! What is done about exceptions from the board: about the marked ones, or about the one under the cursor. Each is decided on
//! its own record, with its own outcome.
//!
//! Invariant: a form or a question is about the exceptions it was opened for, as they were seen then, whatever the cursor
//! does meanwhile.

use super::board::{self, Marked};
use super::bulk::{self, Phase, Target};
use super::form::{Form, Name, Purpose};
use super::model::{Model, Tone};
use super::msg::Effect;
use super::outbox::Deed;
use super::{filled, forms, record};
use crate::domain::action::{Action, Linked, Settle};
use crate::domain::identity::ExceptionId;
use crate::domain::person::Role;
use crate::domain::plan::Refusal;
use crate::domain::triage::Raised;

/// Stands for the number of each exception until it is its turn.
const EACH: ExceptionId = ExceptionId(0);

/// Whether a command can be run about exceptions of the board.
///
/// # Errors
/// Why not, and who could.
pub fn may(model: &Model, command: &str) -> Result<(), String> {
    let row = model.board.row();
    if model.board.marks.is_empty() && row.is_none() {
        return Err("the cursor is on no exception".to_owned());
    }
    let settled = row.is_some_and(|row| !row.exception.is_open_on(model.now.day()));
    match command {
        "assign" | "resolve" | "waive" if settled && model.board.marks.is_empty() => {
            Err("it is settled: open it again first, with `reopen`".to_owned())
        }
        "reopen" if !settled && model.board.marks.is_empty() => Err("it is not settled yet".to_owned()),
        "reopen" => has_one_of(model, row, "open exceptions again", &[Role::Review, Role::Lead]),
        "waive" => has_one_of(model, row, "waive exceptions", &[Role::Lead]),
        "resolve" if model.board.marks.is_empty() => {
            let kind =
                row.and_then(|row| model.house.policy_of(row.scope.as_deref()).exception_kind(&row.exception.kind));
            let settler = kind.map_or(Role::Lead, |kind| kind.settled_by);
            has_one_of(model, row, "resolve this exception", &[settler, Role::Lead])
        }
        "assign" | "resolve" => {
            let working = [Role::Prepare, Role::Review, Role::Lead, Role::Release];
            has_one_of(model, row, "settle or assign exceptions", &working)
        }
        "link" if row.is_none() => {
            Err("put the cursor on the exception that the marked ones are linked with".to_owned())
        }
        "link" if !model.board.marks.keys().any(|id| Some(*id) != model.board.selected) => {
            Err("mark the exceptions that are the same fault as the one under the cursor first".to_owned())
        }
        "mark-linked" if row.is_none_or(|row| row.exception.group.is_none()) => {
            Err("the exception under the cursor is linked with no other".to_owned())
        }
        _ => Ok(()),
    }
}

fn has_one_of(model: &Model, row: Option<&Raised>, what: &str, roles: &[Role]) -> Result<(), String> {
    let scope = row.and_then(|row| row.scope.as_deref());
    if model.who.within(scope).has_any(roles) {
        return Ok(());
    }
    Err(record::in_words(&Refusal::role(&model.who, what, roles)))
}

/// The marked exceptions, each as it was seen last, or else the one under the cursor.
fn targets(model: &Model) -> Vec<(ExceptionId, Marked)> {
    let board = &model.board;
    let seen = |id: &ExceptionId| board.rows.iter().find(|row| row.exception.id == *id).map(Marked::of);
    if board.marks.is_empty() {
        return board.row().map(|row| (row.exception.id, Marked::of(row))).into_iter().collect();
    }
    board.marks.iter().map(|(id, marked)| (*id, seen(id).unwrap_or_else(|| marked.clone()))).collect()
}

/// What the heading of a form or a question calls its exceptions.
fn called(targets: &[(ExceptionId, Marked)]) -> String {
    match targets {
        [(id, marked)] => format!("exception {} · {}", id.0, marked.tail),
        many => format!("{} exceptions", many.len()),
    }
}

/// What a form or a question says of its exceptions: the one in full, of many which vehicles they are on.
fn facts(model: &Model, targets: &[(ExceptionId, Marked)]) -> Vec<String> {
    const NAMED: usize = 12;
    let only = targets.first().filter(|_| targets.len() == 1);
    if let Some(row) = only.and_then(|(id, _)| model.board.rows.iter().find(|row| row.exception.id == *id)) {
        return forms::exception_facts(&row.exception);
    }
    let mut tails: Vec<&str> = targets.iter().take(NAMED).map(|(_, marked)| marked.tail.as_str()).collect();
    if targets.len() > NAMED {
        tails.push("…");
    }
    vec![tails.join(" ")]
}

fn open_form(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    let targets = targets(model);
    let form = forms::open_exceptions(purpose, targets.len(), &called(&targets), facts(model, &targets), &model.house);
    model.board.chosen = targets;
    super::acts::show_form(model, form)
}

/// Gives them to somebody.
pub fn assign(model: &mut Model) -> Vec<Effect> {
    open_form(model, Purpose::AssignException(EACH))
}

/// Settles them.
pub fn resolve(model: &mut Model) -> Vec<Effect> {
    open_form(model, Purpose::Resolve(EACH))
}

/// Lets them pass.
pub fn waive(model: &mut Model) -> Vec<Effect> {
    open_form(model, Purpose::Waive(EACH))
}

/// Opens them again.
pub fn reopen(model: &mut Model) -> Vec<Effect> {
    open_form(model, Purpose::Reopen(EACH))
}

/// Says something about them.
pub fn comment(model: &mut Model) -> Vec<Effect> {
    open_form(model, Purpose::Comment(EACH))
}

/// Asks whether the marked ones are the same fault as the one under the cursor.
pub fn link(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.board.row() else { return Vec::new() };
    let exception = &row.exception;
    let head = exception.id;
    let with =
        Linked { group: exception.group.unwrap_or(head), kind: exception.kind.clone(), at: exception.at.clone() };
    let place = exception.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
    let line = format!(
        "They are counted as the same fault as exception {}: {}{place}. Each is still settled on its own record; the linked \
         ones can be marked together.",
        head.0, exception.kind
    );
    let mut targets = targets(model);
    if targets.iter().all(|(id, _)| *id != head)
        && let Some(row) = model.board.row()
    {
        targets.insert(0, (head, Marked::of(row)));
    }
    ask(model, "Link", targets, line, Settle::Link { with: Some(with) }, true)
}

/// Asks whether they stand alone again.
pub fn unlink(model: &mut Model) -> Vec<Effect> {
    let line = "Each stands alone again; what was linked with it stays as it is.".to_owned();
    let targets = targets(model);
    ask(model, "Unlink", targets, line, Settle::Link { with: None }, true)
}

/// Looks for the exceptions that are linked with the one under the cursor, to mark them.
pub fn mark_linked(model: &mut Model) -> Vec<Effect> {
    let group = model.board.row().and_then(|row| row.exception.group);
    group.map(Effect::LoadLinked).into_iter().collect()
}

/// The linked ones are here: those to settle are marked.
pub fn linked(model: &mut Model, rows: &[Raised]) -> Vec<Effect> {
    let today = model.now.day();
    let open = rows.iter().filter(|row| row.exception.is_open_on(today));
    model.board.marks.extend(open.map(|row| (row.exception.id, Marked::of(row))));
    let text = board::many(model.board.marks.len());
    model.say(Tone::Plain, text);
    Vec::new()
}

fn ask(
    model: &mut Model,
    doing: &'static str,
    targets: Vec<(ExceptionId, Marked)>,
    line: String,
    how: Settle,
    on_doing: bool,
) -> Vec<Effect> {
    let title = format!("{doing} {}", called(&targets));
    let mut lines = vec![line];
    lines.extend(facts(model, &targets));
    let deed = Deed::Act(Action::Settle { id: EACH, how });
    bulk::start(model, title, (lines, doing), deed, each(targets), Phase::Asked(on_doing), Vec::new())
}

fn each(targets: Vec<(ExceptionId, Marked)>) -> Vec<Target> {
    targets.into_iter().map(|(id, marked)| Target::exception(id, marked.record, &marked.tail, marked.seen)).collect()
}

/// Does what a form says about the exceptions it was opened for; a waiver is asked about once more.
pub fn run_form(model: &mut Model, form: &Form) -> Vec<Effect> {
    let Some((action, _)) = filled::action(form, &model.house, &model.who.login) else { return Vec::new() };
    let targets = std::mem::take(&mut model.board.chosen);
    let drafts = form.fields.iter().filter_map(|field| field.draft.clone()).collect();
    let mut lines = Vec::new();
    let phase = match form.purpose {
        Purpose::Waive(_) => {
            lines.extend(form.facts.iter().cloned());
            lines.push(format!("Your reason: {}", form.says(Name::Words)));
            lines.push(match form.says(Name::Until) {
                "" => "Each passes without an end, and stands in the history under your name.".to_owned(),
                until => format!(
                    "Each passes until {until}; then it is open again. It stands in the history under your name."
                ),
            });
            Phase::Asked(false)
        }
        _ => Phase::Running,
    };
    bulk::start(model, form.title.clone(), (lines, "Waive"), Deed::Act(action), each(targets), phase, drafts)
}

/// The deed for one exception among many.
pub fn deed_for(deed: &Deed, exception: Option<ExceptionId>) -> Deed {
    match (deed, exception) {
        (Deed::Act(Action::Settle { how, .. }), Some(id)) => Deed::Act(Action::Settle { id, how: how.clone() }),
        (deed, _) => deed.clone(),
    }
}
