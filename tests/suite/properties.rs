//! Promises of the domain under whatever people do: random acts by random people, random contents.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use stageplate::domain::action::{Action, Given, Settle};
use stageplate::domain::address::Address;
use stageplate::domain::certificate::overlay;
use stageplate::domain::content::Content;
use stageplate::domain::identity::{ExceptionId, Login};
use stageplate::domain::receipt::Answer;

use crate::fixture::{Desk, PEOPLE, address_of, base, came_back, receive};
use crate::invent::{Choices, content};

/// One random act: who, what, and two numbers that choose its particulars.
pub type Move = (usize, usize, usize, usize);

pub fn moves(length: usize) -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec((0..PEOPLE.len(), 0..20_usize, 0..8_usize, 0..4_usize), 1..length)
}

/// Entries that the acts set, with values that fit; the last two of a kind are outside the version's range.
const ENTRIES: [(&str, [&str; 4]); 8] = [
    ("ActualMass", ["3290", "3300", "3310", "9000"]),
    ("Length", ["6540", "6541", "6542", "9000"]),
    ("NumberOfDoors", ["3", "2", "4", "3"]),
    ("Variant", ["BOX", "BOX", "BOX", "NONE"]),
    ("CommercialNameTable[1]/CommercialName", ["TRAGO", "TRAGO 60", "TRAGO BOX", "X"]),
    ("CommercialNameTable[2]/CommercialName", ["A", "B", "C", "D"]),
    ("CommercialNameTable[3]/CommercialName", ["A", "B", "C", "D"]),
    ("AxleTable[2]/DistributionMassRunningOrderAxle", ["1360", "1361", "1359", "1300"]),
];

const ROWS: [&str; 4] = [
    "TowingBrakedTypeTrailTable[1]",
    "TowingBrakedTypeTrailTable[2]",
    "CommercialNameTable[2]",
    "LocationMarkingsTable[1]",
];

/// The base message again, with something corrected, a row more or a row less.
fn corrected(which: usize) -> Content {
    let mut content = base();
    match which {
        0 => {}
        1 => drop(content.set(address_of("NumberOfDoors"), "4")),
        2 => drop(content.set(address_of("CommercialNameTable[2]/CommercialName"), "CORRECTED")),
        _ => content.retain(|address| !address.is_within("TowingBrakedTypeTrailTable[3]")),
    }
    content
}

pub fn action(desk: &Desk, who: &str, kind: usize, one: usize, other: usize) -> Action {
    let reason = "random".to_owned();
    let (entry, values) = ENTRIES[one];
    match kind {
        // To advance and to confirm is likely, so that sequences get somewhere.
        0..=5 => Action::Advance { reason: None },
        6..=8 => {
            let decisions = desk.certificate();
            let all = decisions.decisions().map(|change| change.address.clone()).collect();
            Action::Confirm { addresses: (other > 0).then_some(all) }
        }
        9 => Action::SetValues {
            values: BTreeMap::from([(address_of(entry), Some(Given::Value(values[other].to_owned())))]),
            reason,
        },
        10 if other == 0 => Action::SetValues { values: BTreeMap::from([(address_of(entry), None)]), reason },
        10 => Action::Assign { to: Login::parse(who).ok(), reason: Some(reason) },
        11 => Action::Return { to: ["intake", "preparation", "review", "compliance"][other].to_owned(), reason },
        12 if one < 3 => receive_again(other),
        12 => Action::Sign { checkpoint: None, meaning: None },
        13 if one < 3 => Action::RemoveRow { row: Address::unchecked(ROWS[other]), reason },
        13 => Action::Sign { checkpoint: None, meaning: None },
        14 if one < 2 => {
            Action::Flag { kind: "missing-data".to_owned(), at: None, blocking: None, text: reason, to: None }
        }
        14..=16 => {
            let open = desk.record.exceptions.iter().find(|exception| exception.is_open_on(desk.now.day()));
            let id = open.map_or(ExceptionId(1), |exception| exception.id);
            Action::Settle { id, how: Settle::Resolve { text: reason } }
        }
        17 if !desk.record.releases.is_empty() => came_back(Answer::ALL[other % 2], &format!("letter {one}")),
        _ => Action::Release(desk.sealed()),
    }
}

fn receive_again(which: usize) -> Action {
    receive(corrected(which))
}

/// What the test itself remembers of a sequence, beside what the record says.
#[derive(Default)]
struct Memory {
    /// Who changed content of the version, by what changed in front of our eyes.
    editors: BTreeSet<String>,
    /// The values somebody last said yes to.
    confirmed: BTreeMap<Address, (Option<String>, Option<String>)>,
}

/// Plays a sequence on a desk; `look` sees the desk after each act that was let through, and the one before it.
fn play(start: &Desk, moves: &[Move], mut look: impl FnMut(&Desk, &Memory, &Action, &str)) {
    let mut desk = start.clone();
    let mut memory = Memory::default();
    memory.editors.insert("prep".to_owned());
    for change in desk.certificate().changes.into_iter().filter(|change| change.confirmed.is_some()) {
        memory.confirmed.insert(change.address, (change.before, change.ours));
    }
    for &(person, kind, one, other) in moves {
        let who = PEOPLE[person].0;
        let act = action(&desk, who, kind, one, other);
        let before = desk.certificate();
        if desk.act(who, &act).is_err() {
            continue;
        }
        match &act {
            Action::SetValues { .. } | Action::RemoveRow { .. } if desk.certificate().hash != before.hash => {
                memory.editors.insert(who.to_owned());
            }
            Action::Confirm { addresses } => {
                let named = |address: &Address| addresses.as_ref().is_none_or(|list| list.contains(address));
                let confirmed = desk.certificate().changes.into_iter().filter(|change| change.confirmed.is_some());
                for change in confirmed.filter(|change| named(&change.address)) {
                    let values = before.change(&change.address).map(|it| (it.before.clone(), it.ours.clone()));
                    memory.confirmed.insert(change.address, values.unwrap());
                }
            }
            _ => {}
        }
        look(&desk, &memory, &act, who);
    }
}

pub fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default()))
}

#[test]
fn nothing_is_released_without_both_sign_offs_that_hold_and_a_second_person() {
    let released = Cell::new(0);
    let holds = |start: &Desk, moves: Vec<Move>| {
        play(start, &moves, |desk, memory, act, who| {
            // What was released keeps its sign-offs, whatever comes in about the base afterwards.
            let hash = desk.record.releases.last().map_or_else(|| desk.certificate().hash, |release| release.content);
            let holding: Vec<_> = desk.record.signoffs.iter().filter(|signoff| signoff.void_at.is_none()).collect();
            for signoff in &holding {
                assert_eq!(signoff.content, hash, "a sign-off holds for other content after {act:?}");
            }
            let resting = !desk.record.releases.is_empty();
            let rests = ["released", "archived"].contains(&desk.record.step.as_str());
            assert_eq!(resting, rests, "released without a release after {act:?}");
            if !matches!(act, Action::Release(_)) {
                return;
            }
            released.set(released.get() + 1);
            for checkpoint in ["technical review", "compliance review"] {
                let signed = holding.iter().find(|signoff| signoff.checkpoint == checkpoint);
                let signed = signed.unwrap_or_else(|| panic!("`{checkpoint}` is not signed"));
                assert!(!memory.editors.contains(signed.by.as_str()), "{} signed their own work", signed.by);
            }
            assert!(!memory.editors.contains(who), "{who} released their own work");
            let undecided = desk.certificate().changes.iter().filter(|change| change.undecided).count();
            assert_eq!(undecided, 0);
        });
    };
    for start in ["intake", "review", "compliance"] {
        let start = Desk::at(start);
        runner(12)
            .run(&moves(50), |moves| {
                holds(&start, moves);
                Ok(())
            })
            .unwrap();
    }
    assert!(released.get() >= 5, "only {} sequences got as far as a release: they show nothing", released.get());
}

#[test]
fn a_confirmation_stands_only_for_exactly_the_values_confirmed() {
    let start = Desk::at("review");
    runner(12)
        .run(&moves(30), |moves| {
            play(&start, &moves, |desk, memory, act, _| {
                let certificate = desk.certificate();
                let mut standing = 0;
                for change in certificate.changes.iter().filter(|change| change.confirmed.is_some()) {
                    standing += 1;
                    let seen = memory.confirmed.get(&change.address);
                    let is = (change.before.clone(), change.ours.clone());
                    assert_eq!(seen, Some(&is), "{} after {act:?}", change.address);
                }
                let kept = desk.record.confirmations.values().filter(|yes| !yes.void).count();
                assert_eq!(standing, kept, "a stale confirmation is kept after {act:?}");
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn nobodys_word_stands_beside_their_own_hand_whichever_came_first() {
    let voided = Cell::new(0);
    for start in [Desk::at("review"), crate::eyes::confirmed_and_back()] {
        runner(12)
            .run(&moves(30), |moves| {
                play(&start, &moves, |desk, memory, act, _| {
                    let editors = &memory.editors;
                    for change in desk.certificate().changes {
                        let Some(yes) = change.confirmed else { continue };
                        assert!(!editors.contains(yes.by.as_str()), "{} by {} after {act:?}", change.address, yes.by);
                    }
                    if desk.record.releases.is_empty() {
                        for signoff in desk.record.signoffs.iter().filter(|signoff| signoff.void_at.is_none()) {
                            assert!(!editors.contains(signoff.by.as_str()), "{signoff:?} after {act:?}");
                        }
                    }
                    voided.set(voided.get() + desk.record.confirmations.values().filter(|yes| yes.void).count());
                });
                Ok(())
            })
            .unwrap();
    }
    assert!(voided.get() > 0, "nobody changed content after they had confirmed: it shows nothing");
}

#[test]
fn the_rows_of_our_message_have_no_gaps() {
    let start = Desk::at("preparation");
    runner(16)
        .run(&moves(30), |moves| {
            play(&start, &moves, |desk, _, act, _| {
                assert_eq!(gap(&desk.certificate().own_content()), None, "after {act:?}");
            });
            Ok(())
        })
        .unwrap();
}

/// The first row that is there while the one before it is not.
fn gap(content: &Content) -> Option<String> {
    let mut rows: BTreeSet<(String, u32)> = BTreeSet::new();
    for (address, _) in content.iter() {
        let text = address.as_str();
        for (at, _) in text.match_indices('[') {
            let number = text[at + 1..].split(']').next().unwrap().parse().unwrap();
            rows.insert((text[..at].to_owned(), number));
        }
    }
    let lonely = rows.iter().find(|(table, row)| *row > 1 && !rows.contains(&(table.clone(), row - 1)));
    lonely.map(|(table, row)| format!("{table}[{row}]"))
}

/// A content of a few single entries and tables that meet those of the next one often, or one of everything the catalogue
/// has.
fn contents() -> impl Strategy<Value = Content> {
    let any = prop::collection::vec(any::<u32>(), 0..400).prop_map(|choices| content(&mut Choices::new(&choices)));
    prop_oneof![4 => few(), 1 => any]
}

/// Single entries and tables, one of them inside a group and one inside another.
fn few() -> impl Strategy<Value = Content> {
    const PLACES: [&str; 10] = [
        "Type",
        "MassGroup/ActualMass",
        "DimensionGroup/Length",
        "AxleTable[1]/AxleNumber",
        "AxleTable[2]/AxleNumber",
        "AxleTable[10]/AxleNumber",
        "AxleTable[1]/TyreAxleTable[1]/TyreSize",
        "AxleTable[1]/TyreAxleTable[2]/TyreSize",
        "MassGroup/MaximumStaticVerticalMassCouplingPointTable[1]/MechanicalCouplingNumberVerticalMass",
        "MakeTable[1]/Make",
    ];
    prop::collection::vec((0..PLACES.len(), 0..3_u8), 0..8).prop_map(|entries| {
        entries.into_iter().map(|(place, value)| (Address::unchecked(PLACES[place]), value.to_string())).collect()
    })
}

fn laid(earlier: &Content, later: &Content) -> Content {
    let mut result = earlier.clone();
    overlay(&mut result, later);
    result
}

/// The rule in its plainest words: for every address the last stage that gives it counts, and of a table the last
/// stage that gives any of it.
fn model(stages: &[Content]) -> Content {
    let mut result = Content::new();
    for (address, _) in stages.iter().flat_map(Content::iter) {
        let speaks = |stage: &&Content| match address.as_str().split_once('[') {
            Some((table, _)) => stage.iter().any(|(other, _)| other.as_str().starts_with(&format!("{table}["))),
            None => stage.get(address).is_some(),
        };
        let last = stages.iter().rev().find(speaks);
        if let Some(value) = last.and_then(|stage| stage.get(address)) {
            result.set(address.clone(), value);
        }
    }
    result
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Config::default() })]

    #[test]
    fn overlay_does_not_depend_on_how_stages_are_grouped(a in contents(), b in contents(), c in contents()) {
        prop_assert_eq!(laid(&laid(&a, &b), &c), laid(&a, &laid(&b, &c)));
    }

    #[test]
    fn a_stage_laid_over_itself_changes_nothing(a in contents(), b in contents()) {
        let both = laid(&a, &b);
        prop_assert_eq!(laid(&both, &b), both.clone());
        prop_assert_eq!(laid(&a, &Content::new()), a);
    }

    #[test]
    fn overlay_is_what_its_rule_says(stages in prop::collection::vec(contents(), 0..5)) {
        let laid = stages.iter().fold(Content::new(), |earlier, later| laid(&earlier, later));
        prop_assert_eq!(laid, model(&stages));
    }
}
