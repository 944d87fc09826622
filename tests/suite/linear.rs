//! The linear view without a terminal: what a line means, what is read out, and that all of the desk can be reached so.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use stageplate::app::command::{self, COMMANDS};
use stageplate::app::linear::Talk;
use stageplate::app::linear::reading::Show;
use stageplate::app::linear::words::OWN;
use stageplate::app::model::{Context, Model};
use stageplate::app::msg::{Effect, Msg};
use stageplate::app::update::is_sound;
use stageplate::domain::action::Action;
use stageplate::domain::event::{Event, Facts};
use stageplate::domain::identity::{RecordId, Seq, Vin};
use stageplate::domain::plan::Refusal;
use stageplate::view::linear as view;

use crate::screens::{self, Desk};

/// Somebody who writes lines and hears what is read.
pub struct Speaker {
    pub desk: Desk,
    talk: Talk,
}

impl Speaker {
    pub fn of(who: &str) -> Speaker {
        Speaker::with(Desk::of(who, 80, 24))
    }

    pub fn with(desk: Desk) -> Speaker {
        let mut speaker = Speaker { desk, talk: Talk::default() };
        speaker.read();
        speaker
    }

    /// What is read after a line, the next prompt as its last line.
    pub fn says(&mut self, line: &str) -> String {
        self.talk.hear(&self.desk.model, line);
        self.read()
    }

    fn read(&mut self) -> String {
        let mut lines = Vec::new();
        loop {
            while let Some(msg) = self.talk.next(&self.desk.model) {
                self.desk.tell(msg);
            }
            lines.extend(view::answer(&self.talk, &self.desk.model));
            if !self.talk.was_read(&self.desk.model) {
                break;
            }
        }
        lines.push(view::prompt(&self.talk, &self.desk.model));
        lines.join("\n")
    }

    /// Lines and what is read after each, as they stand on a terminal.
    pub fn dialogue(&mut self, lines: &[&str]) -> String {
        let mut text = view::greeting(&self.desk.model).join("\n");
        self.talk = Talk::default();
        text.push_str(&format!("\n{}", self.read()));
        for line in lines {
            text.push_str(&format!("{line}\n{}", self.says(line)));
        }
        text
    }

    /// The desk answers the acts that wait: each was done, or refused.
    fn desk_answers(&mut self, refused: Option<RecordId>) {
        for effect in std::mem::take(&mut self.desk.asked) {
            let Effect::Apply { tag, record, seen, .. } = effect else { continue };
            let refusal = Refusal::new("role", "only a lead may do this");
            let msg = if refused == Some(record) {
                Msg::Refused { tag, refusal }
            } else {
                Msg::Applied { tag, seq: Seq(seen.0 + 1), changed: true }
            };
            self.desk.tell(msg);
        }
    }
}

fn picture(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn a_reviewer_reads_a_record_row_by_row() {
    let mut speaker = Speaker::of("review");
    let lines =
        ["1", "undecided", "row 2", "readiness", "exceptions", "history", "entries", "approvals", "back", "queue"];
    picture("linear-reading", &speaker.dialogue(&lines));
}

#[test]
fn a_form_asks_field_by_field_and_says_what_is_wrong_with_an_answer() {
    let record = screens::record(1, "YARTN2EVHDTEST123", "preparation", &[("Height", "3120", "measured")]);
    let dossiers = vec![screens::dossier(record, Vec::new())];
    let mut speaker = Speaker::with(Desk::with("prep", 80, 24, dossiers));
    let lines = ["open 1", "edit 13.2", "abc", "3000", "", "weighed with the tail lift"];
    picture("linear-edit", &speaker.dialogue(&lines));
    let sent = speaker.desk.wants();
    assert!(
        sent.iter().any(|effect| matches!(effect, Effect::Apply { action: Action::SetValues { reason, .. }, .. }
            if reason == "weighed with the tail lift")),
        "{sent:?}"
    );
}

#[test]
fn an_exception_is_raised_with_kind_weight_text_and_owner() {
    let mut speaker = Speaker::of("review");
    let lines = ["1", "flag 3", "missing", "", "the axle kit is not", "in the approval", ".", "lead"];
    picture("linear-flag", &speaker.dialogue(&lines));
    let sent = speaker.desk.wants();
    assert!(
        sent.iter().any(|effect| matches!(effect, Effect::Apply { action: Action::Flag { kind, text, to, .. }, .. }
            if kind == "missing-data" && text == "the axle kit is not\nin the approval"
                && to.as_ref().is_some_and(|to| to.as_str() == "lead"))),
        "{sent:?}"
    );
}

#[test]
fn a_release_says_what_will_happen_and_takes_the_whole_word() {
    let mut speaker = Speaker::of("release");
    let asked = speaker.says("open 3");
    assert!(asked.contains("Ready"), "{asked}");
    let asked = speaker.says("release");
    assert!(asked.contains("cannot be undone") && asked.ends_with("anything else goes back: "), "{asked}");
    speaker.says("r");
    assert!(speaker.desk.model.sheet.is_none());
    assert!(!speaker.desk.wants().iter().any(|effect| matches!(effect, Effect::Release { .. })));
    speaker.says("release");
    speaker.says("");
    assert!(!speaker.desk.wants().iter().any(|effect| matches!(effect, Effect::Release { .. })), "the safe answer");
    speaker.says("release");
    speaker.says("release");
    assert!(speaker.desk.wants().iter().any(|effect| matches!(effect, Effect::Release { record: RecordId(3), .. })));
}

#[test]
fn marked_records_are_acted_on_together_and_each_outcome_is_read() {
    let mut speaker = Speaker::of("lead");
    assert!(speaker.says("mark 1 2 3").contains("3 marked"));
    let asked = speaker.says("take");
    assert!(asked.contains("Take 3 marked records") && asked.ends_with("anything else goes back: "), "{asked}");
    speaker.talk.hear(&speaker.desk.model, "yes");
    while let Some(msg) = speaker.talk.next(&speaker.desk.model) {
        speaker.desk.tell(msg);
    }
    for _ in 0..3 {
        speaker.desk_answers(Some(RecordId(2)));
    }
    let read = speaker.read();
    assert!(read.contains("DTEST123: done\n") && read.contains("GK004211: done\n"), "{read}");
    assert!(read.contains("DTEST131: refused, only a lead may do this"), "{read}");
    assert!(speaker.desk.model.sheet.is_none(), "what was only to be read is closed");
    assert_eq!(speaker.desk.model.marks.len(), 1);
}

#[test]
fn exceptions_are_triaged_by_group_and_together() {
    let mut speaker = Speaker::with(Desk::with("lead", 80, 24, screens::with_exceptions(screens::dossiers())));
    let board = speaker.says("board");
    assert!(board.starts_with("Exceptions board: 10 to settle."), "{board}");
    let lines = ["board", "groups", "2", "row 1", "mark 1 2", "assign", "review"];
    picture("linear-board", &speaker.dialogue(&lines));
    assert!(
        speaker.desk.wants().iter().any(|effect| matches!(effect, Effect::Apply { action: Action::Settle { .. }, .. }))
    );
}

#[test]
fn the_charts_are_read_row_by_row_and_each_row_lists_what_it_counts() {
    let mut speaker = Speaker::of("lead");
    let lines = ["overview", "more", "show 3", "next-scope", "2", "place-back"];
    picture("linear-overview", &speaker.dialogue(&lines));
}

#[test]
fn a_number_goes_on_meaning_what_was_heard_under_it() {
    let mut speaker = Speaker::of("review");
    assert!(speaker.says("show").contains("2. DTEST131"));
    // Somebody else's act takes the first row away.
    speaker.desk.dossiers.remove(0);
    let effects = speaker.desk.model.ask_for_list();
    speaker.desk.answer_all(effects);
    assert!(speaker.says("open 1").contains("row 1 is not here any more"));
    assert!(speaker.says("open 2").contains("Record DTEST131"));
}

#[test]
fn words_are_found_by_their_beginning_and_mistakes_are_met() {
    let mut speaker = Speaker::of("review");
    assert!(speaker.says("open 99").contains("there is no row 99: they go from 1 to 3"));
    assert!(speaker.says("opem 1").contains("did you mean `open`?"));
    assert!(speaker.says("previous").contains("`previous` may be previous-undecided, previous-record"));
    assert!(speaker.says("re").contains("write more of it"));
    assert!(speaker.says("open TEST131").contains("Record DTEST131"));
    assert!(speaker.says("advance now please").contains("takes rows and no other words"));
    assert!(speaker.says("queue mime").contains("did you mean `mine`?"));
    assert!(speaker.says("queue mine").starts_with("Mine: "));
}

#[test]
fn a_filter_with_a_fault_is_asked_for_again() {
    let mut speaker = Speaker::of("review");
    let read = speaker.says("/step:reviwe");
    assert!(read.contains("did you mean review?") && read.ends_with("Filter [step:reviwe]: "), "{read}");
    let read = speaker.says("step:review");
    assert!(read.contains("filtered by `step:review`"), "{read}");
    assert!(speaker.says("filter step:").ends_with("]: "));
    speaker.says(".");
    assert_eq!(speaker.desk.model.list.words, "step:review");
}

#[test]
fn a_command_that_cannot_run_says_why_and_help_does_so_before() {
    let mut speaker = Speaker::of("audit");
    speaker.says("open 1");
    for refused in ["confirm", "flag", "advance", "edit", "release", "note"] {
        let read = speaker.says(refused);
        assert!(read.starts_with("No: "), "{refused}: {read}");
    }
    assert!(speaker.says("help advance").contains("Not now: "));
    assert_eq!(speaker.desk.wants(), Vec::new());
}

#[test]
fn what_is_hidden_in_data_is_made_visible() {
    let mut dossiers = screens::dossiers();
    dossiers[0].record.exceptions[0].text = "turn\u{202e}ed \x1b[2J\x07".into();
    let mut speaker = Speaker::with(Desk::with("review", 80, 24, dossiers));
    speaker.says("1");
    let read = speaker.says("exceptions");
    assert!(read.contains("turn<U+202E>ed") && !read.contains(['\x1b', '\x07', '\u{202e}']), "{read}");
}

fn happened(record: i64, by: &str) -> Event {
    Event {
        seq: Seq(50_000),
        at: screens::now(),
        clock_back: false,
        by: screens::login(by),
        via: None,
        action: "note".into(),
        record: Some((RecordId(record), Vin::parse("YARTN2EVHDTEST131").unwrap())),
        facts: Facts::default(),
    }
}

#[test]
fn news_are_one_line_each_and_only_of_what_was_read() {
    let mut speaker = Speaker::of("review");
    let heard = |speaker: &Speaker, event: Event| {
        view::unasked(&speaker.talk, &speaker.desk.model, &Msg::News(vec![event])).join("\n")
    };
    assert_eq!(heard(&speaker, happened(2, "lead")), "News of DTEST131: lead made a remark");
    assert_eq!(heard(&speaker, happened(2, "review")), "", "what I did is no news");
    assert_eq!(heard(&speaker, happened(77, "lead")), "", "nobody read that record");
    speaker.says("open 1");
    assert_eq!(heard(&speaker, happened(2, "lead")), "", "another record is read");
    speaker.says("back");
    speaker.says("open 2");
    speaker.says("note");
    assert!(heard(&speaker, happened(2, "lead")).ends_with("your form is about it"));
}

#[test]
fn what_is_given_up_is_closed_and_what_was_written_stays_a_draft() {
    let mut speaker = Speaker::of("review");
    speaker.says("open 1");
    speaker.says("note");
    speaker.says("half a thought");
    assert!(speaker.talk.interrupt(&speaker.desk.model));
    assert!(speaker.read().contains("kept as a draft"));
    assert!(!speaker.talk.interrupt(&speaker.desk.model), "nothing is left to give up");
    let kept = |effect: &Effect| matches!(effect, Effect::SaveDraft { text, .. } if text == "half a thought");
    assert!(speaker.desk.wants().iter().any(kept));
}

/// A desk where keys are heard in this place.
fn in_context(context: Context) -> Desk {
    let keys = match context {
        Context::Queues => "esc",
        Context::List => "",
        Context::Board | Context::Overview | Context::Archive => "",
        Context::Record => "enter",
        Context::Form => "enter f",
        Context::Filter => "/",
        Context::Palette => ":",
        Context::Help => "?",
        Context::Lines => "enter d",
        Context::Settings => ",",
        Context::Ask => "G enter R",
    };
    let mut desk = Desk::of(if context == Context::Ask { "release" } else { "review" }, 80, 24);
    desk.press(keys);
    if matches!(context, Context::Board | Context::Overview | Context::Archive) {
        desk.tell(Msg::Run(command::named(context.word()).unwrap()));
    }
    assert_eq!(desk.model.context(), context);
    desk
}

/// What a line asks for, by the names of its commands.
fn asked_for(model: &Model, line: &str) -> Vec<&'static str> {
    let mut talk = Talk::default();
    talk.hear(model, line);
    let mut names = Vec::new();
    while let Some(msg) = talk.next(model) {
        if let Msg::Run(command) = msg {
            names.push(command.name);
        }
    }
    if matches!(talk.show, Some(Show::Commands(_))) {
        names.extend(["help", "palette"]);
    }
    names
}

#[test]
fn every_command_is_reached_by_its_name_wherever_it_is_done() {
    for command in COMMANDS {
        for context in command.contexts {
            let desk = in_context(*context);
            let sheet = matches!(context, Context::Form | Context::Filter | Context::Ask | Context::Settings);
            let line = if sheet { format!(":{}", command.name) } else { command.name.to_owned() };
            let names = asked_for(&desk.model, &line);
            assert!(names.contains(&command.name), "`{line}` in {context:?}: {names:?}");
        }
    }
    for (own, _) in OWN {
        assert!(command::named(own).is_none(), "`{own}` is a command and a word of the linear view");
    }
}

#[test]
fn help_names_every_command() {
    let mut speaker = Speaker::of("review");
    let read = speaker.says("help");
    for command in COMMANDS {
        assert!(read.lines().any(|line| line.starts_with(&format!("{}: ", command.name))), "{}", command.name);
    }
}

fn line() -> impl Strategy<Value = String> {
    let word = prop::sample::select({
        let mut words: Vec<String> = COMMANDS.iter().map(|command| command.name.to_owned()).collect();
        words.extend(OWN.iter().map(|(own, _)| (*own).to_owned()));
        words.extend(
            ["", ".", "yes", "release", "take", ":cancel", ":send", "/", "#", "13.2", "\"\"", "c", ">", "="]
                .map(String::from),
        );
        words
    });
    prop_oneof![
        4 => (word, prop::option::of(0_usize..30)).prop_map(|(word, row)| match row {
            Some(row) if row < 12 => format!("{word} {row}"),
            _ => word,
        }),
        1 => (0_usize..9).prop_map(|row| row.to_string()),
        1 => any::<String>(),
        1 => "[/#:]?[a-z0-9. ]{0,12}",
    ]
}

#[test]
fn no_lines_break_the_conversation() {
    let people = ["prep", "review", "lead", "release", "audit"];
    let mut runner = TestRunner::new(Config {
        cases: 96,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(11),
        ..Config::default()
    });
    let strategy = (prop::sample::select(people.to_vec()), prop::collection::vec(line(), 0..24));
    runner
        .run(&strategy, |(who, lines)| {
            let mut speaker = Speaker::of(who);
            for line in &lines {
                let read = speaker.says(line);
                prop_assert!(!read.chars().any(|letter| letter.is_control() && letter != '\n'), "{read:?}");
                prop_assert!(is_sound(&speaker.desk.model), "after {line:?}");
                speaker.desk_answers(None);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn a_space_of_several_bytes_in_a_filter_breaks_nothing() {
    for line in ["/step:review\u{a0}own", "/\u{2003}\u{3000}", "/(\u{a0}-step:"] {
        let mut speaker = Speaker::of("prep");
        speaker.says(line);
        assert!(is_sound(&speaker.desk.model), "after {line:?}");
    }
}

/// A short day in the linear view, as README and docs/screens.md show it.
pub fn example() -> String {
    let record = screens::record(1, "YARTN2EVHDTEST123", "review", &[("Height", "3120", "measured")]);
    let other = screens::record(2, "YARTN2EVHDTEST131", "review", &[("NumberOfDoors", "3", "build sheet")]);
    let dossiers = vec![screens::dossier(record, Vec::new()), screens::dossier(other, Vec::new())];
    let mut speaker = Speaker::with(Desk::with("review", 80, 24, dossiers));
    speaker.dialogue(&["1", "row 1", "flag", "unclear", "", "the box or the roof light?", ".", ".", "back"])
}

#[test]
fn the_dialogue_in_the_readme_is_what_is_said() {
    let readme = include_str!("../../README.md");
    let said = example();
    let kept: Vec<&str> = said.lines().map(str::trim_end).collect();
    assert!(readme.contains(&kept.join("\n")), "README.md lacks this dialogue:\n{}", kept.join("\n"));
}
