//! Looks at a policy whole: what each part alone cannot tell. Twins, steps that are never reached, gates that nobody could
//! satisfy, words that would do nothing.

use super::Placed;
use crate::config::strict::Reader;
use crate::domain::nearest::nearest;
use crate::domain::person::Role;
use crate::domain::plan::{RAISED_BY_DESK, RaisedByDesk};
use crate::domain::policy::{ExceptionKind, Excluded, Gate, NextOwner, Outcome, Rename, Step};

/// Reports every fault of the policy as a whole.
pub fn look(reader: &Reader<'_>, steps: &[Placed<Step>], kinds: &[Placed<ExceptionKind>], renames: &[Placed<Rename>]) {
    let whole = Whole { reader, steps };
    whole.no_twins("step", steps, |step| Some(&step.name));
    whole.no_twins("checkpoint", steps, |step| step.checkpoint.as_ref());
    whole.no_twins("exception", kinds, |kind| Some(&kind.name));
    whole.no_twins("rename", renames, |rename| Some(&rename.from));
    for (place, step) in steps.iter().enumerate() {
        whole.step(place, step);
        whole.gates(place, step);
        whole.exclusions(place, step);
    }
    whole.way_to_release();
    whole.way_to_rest();
    whole.raised_by_desk(kinds);
    for kind in kinds.iter().filter(|kind| kind.is.settled_by == Role::Audit) {
        let message = format!("exception `{}` is settled by the role audit, which only reads", kind.is.name);
        reader.fault(kind.at, message, None);
    }
    renames.iter().for_each(|rename| whole.rename(rename));
}

struct Whole<'a> {
    reader: &'a Reader<'a>,
    steps: &'a [Placed<Step>],
}

impl Whole<'_> {
    fn fault(&self, step: &Placed<Step>, what: &str) {
        self.reader.fault(step.at, format!("step `{}` {what}", step.is.name), None);
    }

    fn no_twins<T>(&self, what: &str, list: &[Placed<T>], name: impl Fn(&T) -> Option<&String>) {
        for (place, one) in list.iter().enumerate() {
            let Some(mine) = name(&one.is).filter(|name| !name.is_empty()) else { continue };
            if let Some(twin) = list[..place].iter().find(|earlier| name(&earlier.is) == Some(mine)) {
                let line = self.reader.line(twin.at);
                self.reader.fault(one.at, format!("{what} `{mine}` stands in line {line} already"), None);
            }
        }
    }

    fn step(&self, place: usize, placed: &Placed<Step>) {
        let step = &placed.is;
        let rests = step.outcome == Outcome::Rest;
        if step.acts.contains(&Role::Audit) {
            self.fault(placed, "lets the role audit act, which only reads");
        }
        if step.acts.is_empty() && !rests {
            self.fault(placed, "has nobody to act in it: give it `acts`");
        }
        if rests && step.edit {
            self.fault(placed, "rests and lets content be changed: what is released never changes");
        }
        if rests && step.checkpoint.is_some() {
            self.fault(placed, "rests and has a checkpoint, which nobody could sign any more");
        }
        if rests && step.owner != NextOwner::None {
            self.fault(placed, "rests and names an owner, which a record at rest has not");
        }
        if place == 0 && step.owner != NextOwner::None {
            self.fault(placed, "is where records begin, and names an owner for those that come from a step before");
        }
        if step.checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.trim().is_empty()) {
            self.fault(placed, "has a checkpoint without a name");
        }
        if step.meaning.is_some() && step.checkpoint.is_none() {
            self.fault(placed, "has a meaning and no checkpoint that it would be the meaning of");
        }
    }

    /// A gate that nobody could satisfy holds every record for ever; one that asks nothing promises what it does not keep.
    fn gates(&self, place: usize, placed: &Placed<Step>) {
        let step = &placed.is;
        let rests = step.outcome == Outcome::Rest;
        let editable = self.steps[..=place].iter().any(|step| step.is.edit);
        for gate in &step.gates {
            let word = gate.word();
            match gate {
                Gate::SignedOff if !self.signed_before(place).any(|_| true) => {
                    self.fault(placed, &format!("has the gate `{word}`, and no step before it has a checkpoint"));
                }
                Gate::ApprovalReferenced | Gate::NoBlockingFinding if !editable => self.fault(
                    placed,
                    &format!(
                        "has the gate `{word}`, and nobody could change content to satisfy it: `edit` comes later"
                    ),
                ),
                Gate::OwnerNamed | Gate::ChangesDecided if rests => {
                    self.fault(
                        placed,
                        &format!("rests and has the gate `{word}`, which nobody could satisfy any more"),
                    );
                }
                _ => {}
            }
        }
    }

    fn exclusions(&self, place: usize, placed: &Placed<Step>) {
        let step = &placed.is;
        if step.not.contains(&Excluded::Signer) && !self.signed_before(place).any(|_| true) {
            self.fault(placed, "keeps out whoever signed before, and no step before it has a checkpoint");
        }
        let reviews = |step: &Step| step.gates.contains(&Gate::ChangesDecided);
        if step.not.contains(&Excluded::Reviewer) && !self.signed_before(place).any(reviews) {
            self.fault(
                placed,
                "keeps out the reviewer, and no step before it has a checkpoint and the gate `changes-decided`",
            );
        }
        if step.owner == NextOwner::Preparer && step.not.contains(&Excluded::Preparer) {
            self.fault(placed, "gives the record to its preparer and keeps the preparer out");
        }
    }

    fn signed_before(&self, place: usize) -> impl Iterator<Item = &Step> {
        self.steps[..place].iter().map(|step| &step.is).filter(|step| step.checkpoint.is_some())
    }

    /// One step releases, those before it lead to it, those after it rest.
    fn way_to_release(&self) {
        let steps = self.steps;
        let releasing: Vec<usize> =
            (0..).zip(steps).filter(|(_, step)| step.is.outcome == Outcome::Release).map(|(at, _)| at).collect();
        let [release] = releasing.as_slice() else {
            let message = format!("exactly one step has `outcome = \"release\"`, here {} have", releasing.len());
            let at = releasing.get(1).map_or(0, |place| steps[*place].at);
            self.reader.fault(at, message, None);
            return;
        };
        let name = &steps[*release].is.name;
        if *release + 1 == steps.len() {
            let message = format!("after step `{name}` there must be one with `outcome = \"rest\"`");
            self.reader.fault(steps[*release].at, message, None);
        }
        for (place, step) in steps.iter().enumerate() {
            match step.is.outcome {
                Outcome::Rest if place < *release => self.fault(step, "rests, so that no record gets beyond it"),
                Outcome::Advance if place > *release => self.fault(step, "is never reached: what is released rests"),
                _ => {}
            }
        }
        if !steps[..*release].iter().any(|step| step.is.edit) {
            let message = "no step before the release has `edit = true`, so nobody could fill in a certificate";
            self.reader.fault(steps.first().map_or(0, |step| step.at), message, None);
        }
    }

    /// What rests goes on to the next step where somebody acts.
    fn way_to_rest(&self) {
        for pair in self.steps.windows(2) {
            let [here, next] = pair else { continue };
            if here.is.outcome == Outcome::Rest && here.is.acts.is_empty() {
                self.fault(next, &format!("is never reached: nobody acts in `{}` before it", here.is.name));
            }
        }
    }

    /// What the desk raises itself needs a kind that says who settles it. Nobody's word stands for that, so none is supplied in
    /// silence: a policy from before the kind existed is told the lines it lacks, and whoever applies it decides on them.
    fn raised_by_desk(&self, kinds: &[Placed<ExceptionKind>]) {
        let at = kinds.last().map_or(0, |kind| kind.at);
        for RaisedByDesk { name, when, title, settled_by } in RAISED_BY_DESK {
            if !kinds.iter().any(|kind| kind.is.name == name) {
                let message = format!(
                    "an [[exception]] with the name `{name}` is missing: the desk raises it itself when {when}; add it, \
                     with who settles it under `settled_by`, for example at the end of the file"
                );
                let lines = [
                    "[[exception]]".to_owned(),
                    format!("name = \"{name}\""),
                    format!("title = \"{title}\""),
                    "blocking = true".to_owned(),
                    format!("settled_by = \"{settled_by}\""),
                ];
                self.reader.missing(at, message, lines.to_vec());
            }
        }
    }

    fn rename(&self, placed: &Placed<Rename>) {
        let Rename { from, to } = &placed.is;
        let names = || self.steps.iter().map(|step| step.is.name.as_str());
        if names().any(|name| name == from) {
            self.reader.fault(placed.at, format!("`{from}` is a step of this policy and needs no other name"), None);
        }
        if !names().any(|name| name == to) {
            self.reader.fault(placed.at, format!("the policy has no step `{to}`"), nearest(to, names()));
        }
    }
}
