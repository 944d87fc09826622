//! Policies at random: written as their files and read as any policy is, so that only what holds as a whole is used.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use stageplate::config::policy;
use stageplate::domain::policy::{Excluded, Gate, NextOwner, Policy, Reasoned};
use stageplate::ivi;

use crate::properties::runner;

const NAMES: [&str; 6] = ["taken-in", "draft", "look", "law", "second-look", "door-7"];
const ROLES: [&str; 4] = ["prepare", "review", "lead", "release"];
const KINDS: [(&str, &str); 4] = [
    ("late-correction", "review"),
    ("missing-data", "prepare"),
    ("approval-mismatch", "lead"),
    ("rejected-delivery", "release"),
];
const GRADES: [&str; 4] =
    ["AR-01 = \"warn\"\n", "AR-03 = \"off\"\n", "ID-03 = \"info\"\n", "AR-01 = \"off\"\nAR-02 = \"block\"\n"];

/// What chance says of one step: bits that choose from its lists, and three numbers.
#[derive(Debug, Clone)]
pub struct Chance {
    acts: usize,
    not: usize,
    gates: usize,
    edit: bool,
    checkpoint: bool,
    due: usize,
    owner: usize,
}

/// What chance says of a policy: its work steps, where their names begin, and bits for everything else.
pub type Chances = (Vec<Chance>, usize, usize);

/// Two to six work steps, the last of which releases.
pub fn chances() -> impl Strategy<Value = Chances> {
    let bits = (1..16_usize, 0..32_usize, 0..64_usize, any::<bool>(), any::<bool>(), 0..40_usize, 0..4_usize);
    let step = bits.prop_map(|(acts, not, gates, edit, checkpoint, due, owner)| Chance {
        acts,
        // Few exclusions, or hardly any sequence of acts would get anywhere.
        not: not & (not >> 1),
        gates,
        edit,
        checkpoint,
        due,
        owner,
    });
    (prop::collection::vec(step, 2..=6), 0..NAMES.len(), 0..64_usize)
}

fn chosen<'a>(words: impl IntoIterator<Item = &'a str>, bits: usize) -> String {
    let of = words.into_iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
    of.map(|(_, word)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

/// The policy that chance says, as its file.
pub fn written((steps, first, bits): &Chances) -> String {
    let mut text = format!("name = \"random\"\nreasons = [{}]\n", chosen(Reasoned::ALL.map(Reasoned::word), *bits & 7));
    let (mut signed, mut reviewed) = (false, false);
    for (at, step) in steps.iter().enumerate() {
        let last = at + 1 == steps.len();
        // What asks for somebody who signed before makes sense only behind them.
        let makes_sense = |excluded: &Excluded| match excluded {
            Excluded::Signer => signed,
            Excluded::Reviewer => reviewed,
            Excluded::Preparer | Excluded::LastEditor | Excluded::AnyEditor => true,
        };
        let not = Excluded::ALL.into_iter().filter(makes_sense).map(Excluded::word);
        let gates =
            Gate::TABLE.iter().filter(|(gate, ..)| signed || *gate != Gate::SignedOff).map(|(_, word, _)| *word);
        let name = NAMES[(first + at) % NAMES.len()];
        let _ = writeln!(text, "[[step]]\nname = \"{name}\"\nacts = [{}]", chosen(ROLES, step.acts));
        let _ = writeln!(text, "not = [{}]\ngates = [{}]", chosen(not, step.not), chosen(gates, step.gates));
        let _ = writeln!(text, "edit = {}\ndue_days = {}", at == 0 || (step.edit && !last), step.due);
        if at > 0 {
            let _ = writeln!(text, "owner = \"{}\"", NextOwner::ALL[step.owner].word());
        }
        if step.checkpoint {
            let _ = writeln!(text, "checkpoint = \"{name} {at}\"\nmeaning = \"looked at\"");
            signed = true;
            reviewed |= step.gates & 0b1000 != 0;
        }
        if last {
            text.push_str("outcome = \"release\"\n");
        }
    }
    text.push_str("[[step]]\nname = \"out\"\nacts = [\"lead\"]\noutcome = \"rest\"\n");
    text.push_str("[[step]]\nname = \"filed\"\noutcome = \"rest\"\n");
    for (at, (kind, role)) in KINDS.into_iter().enumerate() {
        let blocking = bits & (1 << at) != 0;
        let _ = writeln!(text, "[[exception]]\nname = \"{kind}\"\nblocking = {blocking}\nsettled_by = \"{role}\"");
    }
    let _ = writeln!(text, "[checks]\n{}", GRADES[bits % GRADES.len()]);
    text
}

/// The policy of that text, if it is one under which can be worked.
pub fn read(text: &str) -> Option<Policy> {
    let policy = policy::read(text, "random.toml", ivi::catalogue()).ok()?;
    Some(Policy { version: 1, ..policy })
}

#[test]
fn most_policies_written_at_random_can_be_worked_under() {
    let (mut valid, mut asked, mut faults) = (0, 0, Vec::new());
    let runner = &mut runner(1);
    for _ in 0..200 {
        let text = written(&chances().new_tree(runner).unwrap().current());
        asked += 1;
        match policy::read(&text, "random.toml", ivi::catalogue()) {
            Ok(policy) => {
                valid += 1;
                assert!((4..=8).contains(&policy.steps.len()), "{text}");
            }
            Err(found) => faults.extend(found),
        }
    }
    assert!(valid * 4 >= asked * 3, "only {valid} of {asked} are: {:?}", faults.iter().take(5).collect::<Vec<_>>());
    assert!(valid < asked, "none is refused: chance says too little");
}

#[test]
fn no_text_makes_the_reader_of_policies_panic() {
    let pieces = prop::sample::select(vec![
        "[[step]]\n",
        "[[exception]]\n",
        "[[rename]]\n",
        "[[option]]\n",
        "[checks]\n",
        "[calendar]\n",
        "name = \"a\"\n",
        "name = 3\n",
        "acts = [\"lead\"]\n",
        "acts = \"lead\"\n",
        "outcome = \"release\"\n",
        "outcome = \"rest\"\n",
        "edit = true\n",
        "due_days = 99999999999999999999\n",
        "gates = [\"signed-off\", \"ö\"]\n",
        "from = \"a\"\nto = \"b\"\n",
        "holidays = [2026-12-25, \"x\", 2026-02-30]\n",
        "weekend = [\"monday\", \"monday\"]\n",
        "owner = \"\"\n",
        "AR-02 = \"off\"\n",
        "checkpoint = \" \"\n",
        "reasons = [1]\n",
        "\"",
        "= \n",
        "\u{feff}",
        "\0",
    ]);
    let read = |text: &str| {
        drop(policy::read(text, "p.toml", ivi::catalogue()));
        Ok(())
    };
    let text = prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat());
    runner(300).run(&text, |text| read(&text)).unwrap();
    runner(100).run(&".{0,80}", |text| read(&text)).unwrap();
    // A policy that holds, broken off or with one piece taken out.
    let whole = include_str!("../../sample-data/policy.toml");
    let cuts = (0..whole.len(), 0..40_usize);
    let cut = |(at, length): (usize, usize)| {
        let until = (at + length).min(whole.len());
        let (head, tail) = (whole.get(..at).unwrap_or_default(), whole.get(until..).unwrap_or_default());
        read(&format!("{head}{tail}"))?;
        read(head)
    };
    runner(40).run(&cuts, cut).unwrap();
}
