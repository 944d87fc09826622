//! The archive: released versions found, verified together, read and opened; and the same against a desk whose file was changed.

use stageplate::app::model::{Context, Sheet, Tone};
use stageplate::app::msg::{Effect, Msg};
use stageplate::app::record::Pane;
use stageplate::app::screen::Screen;
use stageplate::app::session;
use stageplate::app::update::update;
use stageplate::domain::archive::{Check, ReleaseId, Verdict};
use stageplate::domain::identity::{RecordId, Seq};
use stageplate::failure::{Failure, Kind};

use crate::screens::{self, Desk};

fn archive() -> Desk {
    let mut desk = Desk::of("audit", 120, 40);
    desk.press("A");
    desk.wants();
    desk
}

fn notice(desk: &Desk) -> &str {
    desk.model.notice.as_ref().map_or("", |notice| &notice.text)
}

fn release(record: i64, version: u8) -> ReleaseId {
    ReleaseId { record: RecordId(record), version }
}

fn here(desk: &Desk) -> ReleaseId {
    desk.model.archive.row().unwrap().id
}

/// What verifying a release found.
pub fn found(id: ReleaseId, holds: bool) -> Msg {
    let check = |what, holds: bool, detail: &str| Check { what, holds, detail: detail.into() };
    let checks = vec![
        check("stored bytes", true, "12345 bytes, SHA-256 5e88"),
        check(
            "seal",
            holds,
            if holds { "the seal fits the content" } else { "the message was changed after it was signed" },
        ),
        check("history", true, "event 40 tells of it, and the record is what its history left"),
    ];
    Msg::Verified { id, found: Ok(Verdict { at: screens::now(), checks }) }
}

/// Answers what is to be verified until nothing is asked any more; the releases of these vehicles do not hold.
pub fn answer(desk: &mut Desk, fail: &[&str]) {
    while let Some(id) = asked(desk) {
        let row = desk.model.archive.rows.iter().find(|row| row.id == id).unwrap();
        let holds = !fail.contains(&row.vin.as_str());
        desk.tell(found(id, holds));
    }
}

fn asked(desk: &mut Desk) -> Option<ReleaseId> {
    desk.wants().into_iter().find_map(|effect| match effect {
        Effect::Verify(id) => Some(id),
        _ => None,
    })
}

#[test]
fn the_release_under_the_cursor_is_verified_and_told_in_words() {
    let mut desk = archive();
    desk.press("v");
    assert_eq!(asked(&mut desk), Some(release(2, 1)));
    desk.tell(found(release(2, 1), true));
    assert_eq!(notice(&desk), "DTEST131 version 1: everything holds (stored bytes, seal, history)");
    desk.press("v");
    desk.tell(found(release(2, 1), false));
    assert_eq!(desk.model.notice.as_ref().map(|notice| notice.tone), Some(Tone::No));
    assert!(notice(&desk).contains("does not hold: seal: the message was changed"), "{}", notice(&desk));
}

#[test]
fn the_marked_ones_are_verified_one_by_one_and_what_fails_stays_marked_until_it_is_verified_anew() {
    let mut desk = archive();
    desk.press("* v");
    let order: Vec<ReleaseId> = desk.model.archive.rows.iter().map(|row| row.id).collect();
    for (at, id) in order.iter().enumerate() {
        assert_eq!(asked(&mut desk), Some(*id), "in the order of the list, one at a time");
        assert_eq!(desk.model.archive.run.as_ref().map(|run| (run.done(), run.total)), Some((at, 4)));
        desk.tell(found(*id, at != 2));
    }
    assert_eq!(notice(&desk), "verified 4 of 4: 3 hold, 1 does not: GK004211");
    assert_eq!(desk.model.archive.marks.keys().collect::<Vec<_>>(), [&release(3, 1)]);
    assert_eq!(desk.model.archive.failed().collect::<Vec<_>>(), [&release(3, 1)]);
    desk.tell(Msg::News(Vec::new()));
    assert_eq!(desk.model.archive.failed().count(), 1, "news take nothing away");
    desk.press("v");
    desk.tell(found(release(3, 1), true));
    assert_eq!(desk.model.archive.failed().count(), 0);
}

#[test]
fn esc_stops_what_waits_and_what_was_found_stays() {
    let mut desk = archive();
    desk.press("* v");
    let first = asked(&mut desk).unwrap();
    desk.press("v");
    assert!(notice(&desk).contains("are being verified already"), "{}", notice(&desk));
    desk.press("esc");
    assert_eq!(desk.model.screen, Screen::Archive);
    desk.tell(found(first, true));
    assert_eq!(asked(&mut desk), None);
    assert_eq!(notice(&desk), "verified 1 of 4: 1 holds, 3 not tried");
    assert_eq!(desk.model.archive.verdicts.len(), 1);
    desk.press("x");
    assert_eq!(notice(&desk), "nothing is being verified");
}

#[test]
fn a_release_that_cannot_be_looked_at_is_no_release_that_fails() {
    let mut desk = archive();
    desk.press("v");
    let failure = Failure::new(Kind::TryAgain, "the desk is busy");
    desk.tell(Msg::Verified { id: release(2, 1), found: Err(failure) });
    assert!(notice(&desk).contains("1 could not be looked at (DTEST131: the desk is busy)"), "{}", notice(&desk));
    assert!(desk.model.archive.verdicts.is_empty());
}

#[test]
fn the_cursor_stays_on_its_release_when_somebody_releases_another() {
    let mut desk = archive();
    desk.press("down");
    let (id, told) = (here(&desk), desk.model.archive.told().is_some());
    assert!(told);
    let newest = desk.released[0].clone();
    desk.released.insert(0, stageplate::domain::archive::Filed { id: release(9, 1), ..newest });
    let mut event = desk.dossiers[0].history[0].clone();
    (event.seq, event.action, event.by) = (Seq(90_000), "release".into(), screens::login("release"));
    desk.tell(Msg::News(vec![event]));
    assert_eq!((here(&desk), desk.model.archive.scroll.at), (id, 2));
    assert_eq!(desk.model.archive.total, 5);
    assert!(desk.model.archive.told().is_some(), "what is told of it is read again");
}

#[test]
fn what_was_read_of_a_release_before_something_happened_to_its_record_is_read_again() {
    let mut desk = archive();
    let asked = update(&mut desk.model, Msg::Key("down".parse().unwrap()));
    assert_eq!(asked, [Effect::LoadRelease(here(&desk))]);
    let mut event = desk.dossiers[0].history[0].clone();
    event.seq = Seq(90_000);
    event.record = event.record.map(|(_, vin)| (here(&desk).record, vin));
    update(&mut desk.model, Msg::News(vec![event]));
    let id = here(&desk);
    let read = screens::known(id);
    let again = update(&mut desk.model, Msg::Release { id, known: Ok(Box::new(read.clone())) });
    assert!(desk.model.archive.told().is_none(), "it was read before that");
    assert_eq!(again, [Effect::LoadRelease(id)]);
    update(&mut desk.model, Msg::Release { id, known: Ok(Box::new(read)) });
    assert!(desk.model.archive.told().is_some());
}

#[test]
fn a_filter_of_records_and_the_end_of_a_vin_lead_to_releases() {
    let mut desk = archive();
    desk.press("/");
    assert_eq!(desk.model.context(), Context::Filter);
    desk.write("step:nowhere");
    desk.press("enter");
    assert!(matches!(&desk.model.sheet, Some(Sheet::Filter(prompt)) if prompt.fault.is_some()));
    desk.press("esc /");
    desk.write("owner:none");
    desk.press("enter");
    assert_eq!((desk.model.archive.words.as_str(), desk.model.list.words.as_str()), ("owner:none", ""));
    desk.press("esc");
    assert_eq!(desk.model.archive.words, "");

    desk.press("#");
    desk.write("211");
    desk.press("down down enter");
    assert_eq!((desk.model.screen, here(&desk)), (Screen::Archive, release(3, 1)));
    // One that is not among the rows read so far is found by a filter.
    desk.released.remove(0);
    desk.press("f5 #");
    desk.write("131");
    desk.press("down enter");
    assert_eq!(desk.model.archive.words, "vin:YARTN2EVHDTEST131");
}

#[test]
fn a_jump_from_the_archive_asks_for_released_records_alone() {
    let (mut model, _) = screens::unread_model("audit");
    for key in ["A", "#", "1", "2", "3"] {
        let effects = update(&mut model, Msg::Key(key.parse().unwrap()));
        if key == "3" {
            let Some(Effect::LoadPage { filter: Some(filter), .. }) = effects.first() else { panic!("{effects:?}") };
            assert!(filter.to_string().contains("-released:none"), "{filter}");
        }
    }
}

#[test]
fn a_release_opens_in_the_history_of_its_record_and_back_leads_to_the_archive() {
    let mut desk = archive();
    // The second release of the first record is its event 40, the second of its three.
    desk.press("down enter");
    assert_eq!(desk.model.screen, Screen::Desk);
    let opened = desk.model.current().unwrap();
    assert_eq!((opened.id(), opened.pane), (RecordId(1), Pane::History));
    let at = opened.scroll().at;
    assert_eq!(opened.history().nth(at).map(|event| event.seq), Some(Seq(40)));
    desk.press("esc");
    assert_eq!((desk.model.screen, here(&desk)), (Screen::Archive, release(1, 2)));
    desk.press("D backspace");
    assert_eq!(desk.model.screen, Screen::Archive, "screens are places");
}

#[test]
fn the_desk_opens_on_the_archive_where_it_was_left() {
    let mut desk = archive();
    desk.press("down down /");
    desk.write("owner:none");
    desk.press("enter down");
    let text = session::written(&desk.model);
    let (model, _) = screens::unread_model("audit");
    let mut again = Desk::of("audit", 120, 40);
    again.model = model;
    let effects = session::restore(&mut again.model, &text);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadArchive { filter: Some(_), .. })), "{effects:?}");
    again.answer_all(effects);
    assert_eq!((again.model.screen, here(&again)), (Screen::Archive, here(&desk)));
    assert_eq!(again.model.archive.words, "owner:none");
}

#[test]
fn digest_reference_vin_and_message_are_at_hand() {
    let mut desk = archive();
    desk.press("y i Y");
    let row = desk.model.archive.row().unwrap().clone();
    let copied = [row.release.sha256.to_string(), row.release.reference, row.vin.to_string()];
    assert_eq!(desk.wants(), copied.map(Effect::Copy));
    desk.press("d");
    assert_eq!(desk.wants(), [Effect::LoadSealed(row.id)]);
    let base = stageplate::app::lines::Side { from: "version 1".into(), lines: vec![("<Header>".into(), false)] };
    desk.tell(Msg::Lines { record: row.id.record, address: None, base, ours: Default::default() });
    assert!(matches!(&desk.model.sheet, Some(Sheet::Lines(lines)) if lines.rows(120) == 1));
}

#[test]
fn in_an_empty_archive_commands_say_why_they_do_nothing() {
    let mut desk = Desk::of("audit", 80, 24);
    desk.released.clear();
    desk.press("A");
    for key in ["v", "y", "i", "d", "Y"] {
        desk.press(key);
        assert_eq!(notice(&desk), "the cursor is on no release", "{key}");
    }
    desk.press("tab");
    assert!(!desk.model.archive.on_told, "there is nothing to be told");
}

#[test]
fn line_by_line_releases_are_read_verified_and_told_of() {
    let mut speaker = crate::linear::Speaker::of("audit");
    let read = speaker.says("archive");
    assert!(read.starts_with("Archive: 4 released."), "{read}");
    assert!(
        read.contains("4. DTEST123 version 1, released 2026-06-14 17:00 by release, accepted by the authority, corrected by version 2"),
        "{read}"
    );
    let about = speaker.says("row 3");
    for told in
        ["signed: technical review: review (Ingrid Falkenrath)", "look at this: that approval is withdrawn", "policy 1"]
    {
        assert!(about.contains(told), "{told}\n{about}");
    }
    speaker.says("verify 3");
    answer(&mut speaker.desk, &["YARTN2EVHGK004211"]);
    assert!(notice(&speaker.desk).starts_with("GK004211 version 1: does not hold: seal:"));
    let read = speaker.says("show");
    assert!(read.contains("verified, does not hold"), "{read}");
    let told = speaker.says("next-pane");
    assert!(told.contains("seal: fails: the message was changed"), "{told}");
}
