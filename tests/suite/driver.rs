//! The model over a real desk: what a person presses is written, what another writes is seen, what was typed is kept.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, mpsc::Sender};
use std::time::{Duration, Instant};

use stageplate::app::model::{House, Model};
use stageplate::app::msg::{Effect, Msg};
use stageplate::app::update::update;
use stageplate::config::key::Key;
use stageplate::domain::identity::{RecordId, Seq};
use stageplate::domain::moment::Moment;
use stageplate::domain::queue::QueueName;
use stageplate::failure::{Failure, Kind};
use stageplate::store::{Desk, Worker};
use stageplate::term::desk_jobs::{Jobs, Release};

use crate::desk::*;

/// Somebody's terminal without a screen.
struct Seat {
    model: Model,
    jobs: Jobs,
    answers: Receiver<Msg>,
    now: Moment,
}

impl Seat {
    fn take(bench: &mut Bench, name: &str, queue: &str) -> Seat {
        let refused: Arc<Release> = Arc::new(|_, _, _, _, _| Err(Failure::new(Kind::Refused, "no key")));
        Seat::with(bench, name, queue, refused)
    }

    fn with(bench: &mut Bench, name: &str, queue: &str, release: Arc<Release>) -> Seat {
        let who = bench.actor(name);
        let mut desk: Desk = bench.another_desk();
        let house = House {
            people: desk.people().unwrap(),
            policies: desk.policies().unwrap(),
            scopes: desk.scope_names().unwrap(),
            options: desk.option_codes().unwrap(),
            catalogue: desk.catalogue(),
            desk: "desk.db".into(),
        };
        let (last, _) = desk.head().unwrap();
        let now = minute(30);
        let queue = QueueName::of(queue).unwrap();
        let (keymap, faults) = stageplate::term::run::keymap("default", None);
        assert!(faults.is_empty());
        let (model, effects) = Model::new(who.clone(), house, keymap, queue, now, last);
        let (sender, answers): (Sender<Msg>, _) = mpsc::channel();
        let pulse = sender.clone();
        let worker = Worker::spawn(desk, Box::new(move || drop(pulse.send(Msg::Pulse))));
        let jobs = Jobs::new(worker, who, release, Arc::new(move |msg| drop(sender.send(msg))));
        let mut seat = Seat { model, jobs, answers, now };
        seat.tell(Msg::Resize { width: 120, height: 40 });
        seat.carry_out(effects);
        seat.until("the list is read", |model| model.list.asked.is_known());
        seat
    }

    fn tell(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.jobs.take(effect, self.now);
        }
    }

    fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.tell(Msg::Key(key.parse::<Key>().unwrap()));
        }
    }

    fn write(&mut self, text: &str) {
        text.chars().for_each(|letter| self.tell(Msg::Key(Key::char(letter))));
    }

    /// Takes answers until the model is as it should be.
    fn until(&mut self, what: &str, condition: impl Fn(&Model) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !condition(&self.model) {
            let left = deadline.saturating_duration_since(Instant::now());
            let msg = self.answers.recv_timeout(left);
            let notice = self.model.notice.as_ref().map(|notice| notice.text.clone());
            let msg = msg.unwrap_or_else(|_| panic!("not in time: {what}; the last notice was {notice:?}"));
            self.tell(msg);
        }
    }

    fn open(&mut self, id: RecordId) {
        let at = self.model.list.rows.iter().position(|row| row.summary.id == id).unwrap();
        self.model.select(at);
        let effects = self.model.show(Some(id));
        self.carry_out(effects);
        self.until("the record is read", |model| model.current().is_some_and(|opened| opened.id() == id));
    }
}

#[test]
fn keys_pressed_ahead_confirm_sign_and_move_a_record_on() {
    let mut bench = Bench::new();
    let (first, second) = (bench.in_review(1), bench.in_review(2));
    let mut seat = Seat::take(&mut bench, "review", "waiting");
    seat.open(first);
    // The small catalogue of this desk lets checks find something everywhere: each change is confirmed by itself.
    let undecided = bench.undecided(first).len();
    seat.press(&format!("enter {}>", "c ".repeat(undecided)));
    seat.until("the next record is open", |model| {
        !model.outbox.is_busy() && model.current().is_some_and(|opened| opened.id() == second)
    });
    seat.jobs.finish(minute(31));
    let record = bench.desk.dossier(first, minute(31)).unwrap().record;
    assert_eq!(record.step, "compliance");
    assert_eq!(record.confirmations.len(), undecided);
    assert_eq!(record.signoffs.len(), 1);
}

#[test]
fn another_persons_act_shows_within_half_a_second_and_by_whom() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    let mut seat = Seat::take(&mut bench, "review", "waiting");
    seat.open(id);
    let seq = bench.does("lead", id, &note("look at the axle"), 31).seq;
    let begun = Instant::now();
    seat.until("the note is seen", |model| {
        model.current().is_some_and(|opened| opened.seen == seq) && model.list.changed.contains_key(&id)
    });
    assert!(begun.elapsed() < Duration::from_secs(5), "a busy machine aside, this takes a fifth of a second");
    assert_eq!(seat.model.list.changed[&id], login("lead"));
    seat.jobs.finish(minute(32));
}

#[test]
fn an_act_on_what_somebody_else_changed_first_is_told_and_writes_nothing() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    let mut seat = Seat::take(&mut bench, "review", "waiting");
    seat.open(id);
    seat.press("enter H");
    seat.write("mine");
    bench.does("lead", id, &flag("other"), 31);
    seat.press("ctrl-d");
    seat.until(
        "the conflict is told",
        |model| matches!(&model.sheet, Some(stageplate::app::model::Sheet::Form(form)) if form.fault.is_some()),
    );
    seat.jobs.finish(minute(32));
    let log = bench.desk.log(None, Seq(0), 10_000).unwrap();
    assert_eq!(log.iter().filter(|event| event.action == "hold").count(), 0);
}

#[test]
fn what_was_typed_is_there_again_after_the_terminal_ended_without_a_word() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    let mut seat = Seat::take(&mut bench, "review", "waiting");
    seat.open(id);
    seat.press("enter m");
    seat.write("half a thought");
    seat.jobs.finish(minute(31));

    let mut seat = Seat::take(&mut bench, "review", "waiting");
    seat.open(id);
    seat.press("enter m");
    seat.until("the draft is back", |model| {
        matches!(&model.sheet, Some(stageplate::app::model::Sheet::Form(form)) if form.fields[0].says() == "half a thought")
    });
    seat.press("ctrl-d");
    seat.until("it is sent", |model| model.sheet.is_none());
    seat.jobs.finish(minute(32));
    assert_eq!(bench.desk.draft(&login("review"), &format!("record {}/note//remark", id.0)).unwrap(), None);
}

#[test]
fn a_release_goes_through_the_key_and_its_refusal_is_told() {
    let mut bench = Bench::new();
    let id = bench.ready(1);
    let mut seat = Seat::take(&mut bench, "release", "ready");
    seat.open(id);
    seat.press("enter R tab enter");
    seat.until("the refusal is told", |model| model.notice.as_ref().is_some_and(|notice| notice.text == "no key"));
    assert_eq!(bench.desk.dossier(id, minute(31)).unwrap().record.step, "ready");
    seat.jobs.finish(minute(31));
}

#[test]
fn a_filter_and_the_end_of_a_long_list_are_read_from_the_desk() {
    let mut bench = Bench::new();
    for number in 0..130 {
        bench.taken_in(number);
    }
    let mut seat = Seat::take(&mut bench, "prep", "all");
    assert_eq!(seat.model.list.rows.len(), 100);
    seat.press("G");
    seat.until("the rest is read", |model| model.list.rows.len() == 130);
    seat.press("/");
    seat.write("000042");
    seat.until("one is left", |model| model.list.rows.len() == 1);
    seat.press("esc");
    seat.until("all are back", |model| model.list.rows.len() > 1);
    seat.jobs.finish(minute(31));
}
