//! Reports over a stretch of time: stays in steps, exceptions and releases go in one by one, figures come out.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Ageing, Share, Week};
use crate::domain::exception::State;
use crate::domain::identity::Login;
use crate::domain::moment::Moment;

/// The age and lateness of what each person has in each step, in the order of the steps, then of the people; nobody's first.
pub type AgeReport = Vec<(Option<Login>, Ageing)>;

const HOUR: i64 = 3_600_000_000;

/// How long something took, many times: counted by whole hours, so that the middle is found without keeping each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spread {
    hours: BTreeMap<i64, u64>,
    count: u64,
}

impl Spread {
    /// Takes in one time. A clock that went back makes it none.
    pub fn take(&mut self, from: Moment, to: Moment) {
        let hours = (to.0.saturating_sub(from.0) / HOUR).max(0);
        *self.hours.entry(hours).or_default() += 1;
        self.count += 1;
    }

    /// How many times went in.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The hours that half of them did not exceed.
    pub fn median(&self) -> Option<i64> {
        self.percentile(50)
    }

    /// The hours that nine of ten did not exceed.
    pub fn ninth_of_ten(&self) -> Option<i64> {
        self.percentile(90)
    }

    /// The least whole hours that at least so many of a hundred did not exceed.
    fn percentile(&self, percent: u64) -> Option<i64> {
        let wanted = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        self.hours
            .iter()
            .find(|(_, count)| {
                seen += **count;
                seen >= wanted
            })
            .map(|(hours, _)| *hours)
    }
}

/// Hours in days with one decimal: `1.5`.
pub fn days(hours: i64) -> String {
    let tenths = (hours * 10 + 12) / 24;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// An exception as a report takes it in.
#[derive(Debug, Clone)]
pub struct Raised {
    /// Its kind.
    pub kind: String,
    /// The approval its record names.
    pub approval: Option<String>,
    /// The variant of its record.
    pub variant: Option<String>,
    /// Where it stands today; a waiver that ended is open.
    pub state: State,
    /// Whether it blocks.
    pub blocking: bool,
    /// When it was raised.
    pub at: Moment,
    /// When it was settled, if it is.
    pub settled_at: Option<Moment>,
}

/// Exceptions of one kind on records of one approval and variant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExceptionFigures {
    /// How many were raised.
    pub raised: u64,
    /// How many of them are to be settled.
    pub open: u64,
    /// How many of those block.
    pub blocking: u64,
    /// How many were resolved.
    pub resolved: u64,
    /// How many were waived.
    pub waived: u64,
    /// How long settling took.
    pub settling: Spread,
}

/// Exceptions by kind, approval and variant.
pub type ExceptionReport = BTreeMap<(String, Option<String>, Option<String>), ExceptionFigures>;

/// Takes an exception into a report.
pub fn take_exception(report: &mut ExceptionReport, raised: Raised) {
    // Raised by mistake and taken back: nothing ever had to be settled.
    if raised.state == State::Withdrawn {
        return;
    }
    let figures = report.entry((raised.kind, raised.approval, raised.variant)).or_default();
    figures.raised += 1;
    match raised.state {
        State::Withdrawn => {}
        State::Open | State::InProgress => {
            figures.open += 1;
            figures.blocking += u64::from(raised.blocking);
            return;
        }
        State::Resolved => figures.resolved += 1,
        State::Waived => figures.waived += 1,
    }
    if let Some(settled) = raised.settled_at {
        figures.settling.take(raised.at, settled);
    }
}

/// A stay in a step that ended.
#[derive(Debug, Clone)]
pub struct Stay {
    /// The step.
    pub step: String,
    /// The step after it.
    pub next: String,
    /// When it began.
    pub entered: Moment,
    /// When it ended.
    pub ended: Moment,
    /// Whether it ended by the record being sent back, and why.
    pub returned: Option<String>,
}

/// What went through the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Throughput {
    /// Releases by week, oldest first.
    pub weeks: Vec<Week>,
    /// How long records stayed in each step.
    pub steps: BTreeMap<String, Spread>,
    /// Returns by the reason as it was written.
    pub by_reason: BTreeMap<String, u64>,
    /// Returns by the step they left and the step they went to.
    pub by_step: BTreeMap<(String, String), u64>,
}

impl Throughput {
    /// Takes a stay in.
    pub fn take(&mut self, stay: Stay) {
        self.steps.entry(stay.step.clone()).or_default().take(stay.entered, stay.ended);
        if let Some(reason) = stay.returned {
            *self.by_reason.entry(reason.trim().to_owned()).or_default() += 1;
            *self.by_step.entry((stay.step, stay.next)).or_default() += 1;
        }
    }

    /// Versions released.
    pub fn released(&self) -> u64 {
        self.weeks.iter().map(|week| week.released).sum()
    }

    /// Of those, the ones no step had sent back.
    pub fn first_pass(&self) -> Option<Share> {
        Share::of(self.weeks.iter().map(|week| week.first_pass).sum(), self.released())
    }

    /// Records sent back.
    pub fn returns(&self) -> u64 {
        self.by_step.values().sum()
    }
}

/// Checks that find what our stage should have stated and only inherited.
pub const SILENT: [&str; 2] = ["OP-01", "OP-05"];

/// The kind of exception by which people say that data is missing.
pub const MISSING_DATA: &str = "missing-data";

/// The figures of a scope over some days, by which one sees whether it could widen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Records that came in.
    pub taken_in: u64,
    /// Versions released.
    pub released: u64,
    /// Those of them no step had sent back.
    pub first_pass: u64,
    /// Records sent back.
    pub returns: u64,
    /// Missing data raised before the record first passed review.
    pub missing_before: u64,
    /// Missing data raised after it had.
    pub missing_after: u64,
    /// Corrections of a stage before us that came after the first message of it.
    pub corrections: u64,
    /// Those of them that came after review, so that the desk raised an exception.
    pub late_corrections: u64,
    /// Entries the checks found silently inherited.
    pub inherited: u64,
}

impl Figures {
    /// Every figure with its name, in the order people read them.
    pub fn named(&self) -> [(&'static str, u64); 9] {
        [
            ("records taken in", self.taken_in),
            ("versions released", self.released),
            ("released without a return", self.first_pass),
            ("returns", self.returns),
            ("missing data found before review", self.missing_before),
            ("missing data found after review", self.missing_after),
            ("corrections received", self.corrections),
            ("corrections after review", self.late_corrections),
            ("entries silently inherited", self.inherited),
        ]
    }
}

/// How a scope went: the days asked for beside as many days before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    /// The scope; records of none where there is no name.
    pub scope: Option<String>,
    /// Records in it today.
    pub records: u64,
    /// The first day of the days asked for.
    pub since: NaiveDate,
    /// The first of as many days before.
    pub before: NaiveDate,
    /// The figures of the days asked for.
    pub now: Figures,
    /// The figures of the days before.
    pub then: Figures,
}

impl Rollout {
    /// What speaks for and against widening the scope, in a sentence each: what was, beside what was before. The figures are
    /// the answer; the verdict is somebody's.
    pub fn plainly(&self) -> Vec<String> {
        let Rollout { now, then, .. } = self;
        let yield_of = |figures: &Figures| match Share::of(figures.first_pass, figures.released) {
            Some(share) => format!("{} of {} ({}%)", share.part, share.whole, share.percent()),
            None => "none released".to_owned(),
        };
        let missing = |figures: &Figures| {
            let found = figures.missing_before + figures.missing_after;
            match Share::of(figures.missing_after, found) {
                Some(share) => format!("{} of {}", share.part, share.whole),
                None => "none found".to_owned(),
            }
        };
        vec![
            format!("released without a return: {}, before: {}", yield_of(now), yield_of(then)),
            format!("missing data that review let through: {}, before: {}", missing(now), missing(then)),
            format!("corrections that came after review: {}, before: {}", now.late_corrections, then.late_corrections),
            format!("returns: {}, before: {}", now.returns, then.returns),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> Moment {
        Moment(hours * HOUR)
    }

    #[test]
    fn a_rollout_is_told_plainly_and_without_a_verdict() {
        let day = |text: &str| text.parse().unwrap();
        let now = Figures {
            released: 12,
            first_pass: 10,
            returns: 3,
            missing_before: 4,
            missing_after: 1,
            ..Figures::default()
        };
        let (since, before) = (day("2026-07-06"), day("2026-06-08"));
        let rollout = Rollout { scope: None, records: 20, since, before, now, then: Figures::default() };
        assert_eq!(
            rollout.plainly(),
            [
                "released without a return: 10 of 12 (83%), before: none released",
                "missing data that review let through: 1 of 5, before: none found",
                "corrections that came after review: 0, before: 0",
                "returns: 3, before: 0",
            ]
        );
    }

    #[test]
    fn the_middle_is_what_half_did_not_exceed() {
        let mut spread = Spread::default();
        assert_eq!(spread.median(), None);
        for took in [1, 3, 3, 5, 100] {
            spread.take(hours(10), hours(10 + took));
        }
        assert_eq!((spread.count(), spread.median(), spread.ninth_of_ten()), (5, Some(3), Some(100)));
        spread.take(hours(10), hours(4));
        assert_eq!(spread.percentile(1), Some(0), "a clock that went back makes no time, not less than none");
        assert_eq!([0, 1, 12, 24, 36].map(days), ["0.0", "0.0", "0.5", "1.0", "1.5"]);
    }

    #[test]
    fn an_exception_counts_as_raised_and_as_what_became_of_it() {
        let mut report = ExceptionReport::new();
        let raised = |state, settled_at: Option<i64>| Raised {
            kind: "missing-data".into(),
            approval: None,
            variant: Some("BOX".into()),
            state,
            blocking: true,
            at: hours(0),
            settled_at: settled_at.map(hours),
        };
        for (state, settled) in
            [(State::Open, None), (State::InProgress, None), (State::Resolved, Some(24)), (State::Waived, Some(48))]
        {
            take_exception(&mut report, raised(state, settled));
        }
        take_exception(&mut report, raised(State::Withdrawn, None));
        // A waiver that ended is open again: that it was once settled says nothing about how long settling takes.
        take_exception(&mut report, raised(State::Open, Some(1)));
        let figures = &report[&("missing-data".to_owned(), None, Some("BOX".to_owned()))];
        assert_eq!((figures.raised, figures.open, figures.blocking), (5, 3, 3));
        assert_eq!((figures.resolved, figures.waived, figures.settling.median()), (1, 1, Some(24)));
    }

    #[test]
    fn a_stay_counts_for_its_step_and_a_return_for_its_reason_and_its_way() {
        let mut throughput = Throughput::default();
        let stay = |step: &str, next: &str, took, returned: Option<&str>| Stay {
            step: step.into(),
            next: next.into(),
            entered: hours(0),
            ended: hours(took),
            returned: returned.map(str::to_owned),
        };
        throughput.take(stay("review", "preparation", 2, Some("mass ")));
        throughput.take(stay("review", "compliance", 4, None));
        throughput.take(stay("compliance", "preparation", 6, Some("mass")));
        assert_eq!(throughput.steps["review"].median(), Some(2));
        assert_eq!(throughput.by_reason, BTreeMap::from([("mass".to_owned(), 2)]));
        assert_eq!(throughput.by_step[&("review".to_owned(), "preparation".to_owned())], 1);
        assert_eq!((throughput.returns(), throughput.first_pass()), (2, None));
    }

    #[test]
    fn the_checks_of_silent_inheritance_exist() {
        for id in SILENT {
            assert!(crate::domain::checks::all().any(|check| check.id == id), "{id}");
        }
    }
}
