//! The page `docs/screens.md`: every screen as text, drawn from the tests' desk and held true by them.

use stageplate::app::model::Model;
use stageplate::app::tour::Tour;

use crate::screens::{Desk, dossiers, with_exceptions};
use crate::support::keeps_page;
use crate::view::drawn;

const HEAD: &str = "\
# The screens

Drawn by the program from invented records; `STAGEPLATE_WRITE_DOCS=1 cargo test --test suite screens_page` writes this page anew,
and the tests fail when a screen and its picture differ. Each screen is shown at 120 columns by 40 rows, where queues, list and
record share it, and at 80 by 24, where one of them has it all. Colours are left out: nothing is told by colour alone.
";

/// A screen: its name, what it is for, who looks, the keys that lead there, and what is typed then.
struct Scene(&'static str, &'static str, &'static str, &'static str, &'static str);

const SCENES: [Scene; 25] = [
    Scene("The list", "The queue, and the record under the cursor.", "review", "", ""),
    Scene("The queues", "With what each holds; the counts are live.", "review", "esc", ""),
    Scene("Changes", "What our stage changes: confirm, flag or edit.", "review", "enter", ""),
    Scene("Readiness", "What stands before the release, and who can do it.", "review", "enter 2 down", ""),
    Scene("Exceptions", "What was raised on the record.", "lead", "enter 3", ""),
    Scene("History", "What happened, the latest first.", "review", "enter 4 down", ""),
    Scene("Entries", "The whole certificate, with the stage each value is from.", "review", "enter 5", ""),
    Scene("Approvals", "Extensions, limits and where each value sits, signatories.", "review", "enter 6 down", ""),
    Scene("Message", "What would go out now, or what was sealed.", "review", "enter 7 pagedown down", ""),
    Scene("Raising an exception", "Kind, text and owner in one form.", "review", "enter f", "env"),
    Scene("Editing a value", "By number or name; type, unit and range are told.", "prep", "enter E", "13.2"),
    Scene("Before a release", "In two steps; the safe button has the focus.", "release", "G enter R", ""),
    Scene("Many records", "An act on all that are marked.", "review", "* t", ""),
    Scene("The exceptions board", "Everything to settle, in groups.", "lead", "B", ""),
    Scene("Waiving from the board", "The marked ones, each decided by itself.", "lead", "B space space w", "within"),
    Scene("The overview", "Where the work stands; each bar and cell leads to its list.", "lead", "O tab tab down", ""),
    Scene("The archive", "What was released, the newest first, and who had which hand in it.", "audit", "A down", ""),
    Scene("A release", "All that is known of it.", "audit", "A down down tab", ""),
    Scene("The filter", "Its language completes as it is typed.", "review", "/", "owner:none step:re"),
    Scene("To a VIN", "By its last characters.", "review", "#", "131"),
    Scene("After a prefix", "What may follow a first key.", "review", "g", ""),
    Scene("The palette", "Every command by name; what cannot be run says why.", "review", ":", "re"),
    Scene("Settings", "A choice shows at once and is kept in the person's file.", "review", ", down", ""),
    Scene("Help", "Made from the keymap in force.", "review", "enter ?", ""),
    Scene("The tour", "A first record, step by step.", "review", TOUR, ""),
];

/// What the linear view is.
const LINEAR: &str =
    "`stageplate --linear`, or any terminal with `TERM=dumb`: the same desk for a screen reader or a serial line.";

/// The keys of the scene that the tour runs in.
const TOUR: &str = "enter ";

fn text(model: &Model) -> String {
    let screen = drawn(model);
    let row = |y| (0..screen.area.width).map(|x| screen[(x, y)].symbol()).collect::<String>();
    let rows: Vec<String> = (0..screen.area.height).map(|y| row(y).trim_end().to_owned()).collect();
    rows.join("\n")
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for Scene(name, what, who, keys, written) in SCENES {
        page.push_str(&format!("\n## {name}\n\n{what}\n"));
        for (width, height) in [(120, 40), (80, 24)] {
            let mut dossiers = if keys.starts_with('B') { with_exceptions(dossiers()) } else { dossiers() };
            if who == "prep" {
                // Content is changed in preparation; everywhere else the form would be refused.
                dossiers[0].record.step = "preparation".into();
            }
            let mut desk = Desk::with(who, width, height, dossiers);
            if keys == TOUR {
                desk.model.tour = Some(Tour::default());
            }
            desk.press(keys.trim_end());
            desk.write(written);
            let shown = text(&desk.model);
            assert!(shown.contains(written), "{name} does not show what was written there:\n{shown}");
            page.push_str(&format!("\n{width}x{height}\n\n```text\n{shown}\n```\n"));
        }
    }
    let said: Vec<String> = crate::linear::example().lines().map(|line| line.trim_end().to_owned()).collect();
    page.push_str(&format!("\n## Line by line\n\n{LINEAR}\n\n```text\n{}\n```\n", said.join("\n")));
    page
}

#[test]
fn the_page_shows_the_screens_as_they_are() {
    keeps_page("screens.md", &page());
}
