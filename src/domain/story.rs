//! The history in words: what an event did, with old and new values, units and entry numbers, as a person would tell it.

use super::address::Address;
use super::catalogue::Catalogue;
use super::event::{Event, Line};

/// What each act is called in a sentence that begins with who did it.
const DEEDS: [(&str, &str); 43] = [
    ("receive", "took in a message of an earlier stage"),
    ("prepare", "took in a row of a build sheet"),
    ("assign", "named the owner"),
    ("set", "changed values"),
    ("remove-row", "dropped a row"),
    ("confirm", "confirmed changes"),
    ("flag", "raised an exception"),
    ("exception-assign", "gave an exception an owner"),
    ("exception-resolve", "settled an exception"),
    ("exception-waive", "let an exception pass"),
    ("exception-reopen", "opened an exception again"),
    ("exception-comment", "said something about an exception"),
    ("exception-link", "linked an exception with the same fault elsewhere"),
    ("sign", "signed"),
    ("advance", "moved the record to its next step"),
    ("return", "sent the record back"),
    ("hold", "put the record on hold"),
    ("resume", "went on with the record"),
    ("release", "released the certificate"),
    ("receipt", "recorded what came back from the authority"),
    ("note", "made a remark"),
    ("approval-news", "told the record what became of its approval"),
    ("vacate", "freed what somebody who left owned"),
    ("scope-move", "moved the record to another scope"),
    ("policy", "brought the record under the policy in force"),
    ("undo", "took the last act back"),
    ("init", "made the desk"),
    ("person-add", "registered a person"),
    ("person-set", "changed a person"),
    ("person-absent", "said that a person is away"),
    ("person-back", "said that a person is back"),
    ("person-leave", "said that a person left"),
    ("gateway", "let a user of the machine speak for others"),
    ("approval-import", "brought in an approval"),
    ("approval-withdraw", "withdrew an approval"),
    ("approval-suspend", "suspended an approval"),
    ("approval-reinstate", "put an approval back in force"),
    ("scope-add", "set up a scope"),
    ("scope-set", "changed a scope"),
    ("policy-apply", "applied a policy"),
    ("options-apply", "applied build options"),
    ("queue-save", "saved a queue for a team"),
    ("queue-drop", "dropped a queue of a team"),
];

/// What an event did, in a few words that follow the name of who did it.
pub fn deed(event: &Event) -> String {
    if let Some(seq) = event.facts.undoes {
        return format!("took back event {}", seq.0);
    }
    let known = DEEDS.iter().find(|(word, _)| *word == event.action);
    known.map_or_else(|| format!("did `{}`", event.action), |(_, deed)| (*deed).to_owned())
}

/// How a value that became another is written.
pub type Moved = fn(Option<&str>, Option<&str>) -> String;

/// `2946 → 3145`, with `–` where there is no value.
pub fn printed(from: Option<&str>, to: Option<&str>) -> String {
    format!("{} → {}", from.unwrap_or("–"), to.unwrap_or("–"))
}

/// `2946 -> 3145`, for terminals that know no other signs.
pub fn in_ascii(from: Option<&str>, to: Option<&str>) -> String {
    format!("{} -> {}", from.unwrap_or("-"), to.unwrap_or("-"))
}

/// `2946 to 3145`, as it is read aloud.
pub fn spoken(from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (None, None) => "nothing".to_owned(),
        (None, Some(to)) => format!("now {to}"),
        (Some(from), None) => format!("no longer {from}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
    }
}

/// The most characters [`Teller::in_brief`] tells of one thing.
const BRIEF: usize = 60;

/// Tells events in sentences.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    /// What the entries are called.
    pub catalogue: &'a Catalogue,
    /// How a value that became another is written.
    pub moved: Moved,
}

impl<'a> Teller<'a> {
    /// One that writes for a page or a screen.
    pub fn new(catalogue: &'a Catalogue) -> Teller<'a> {
        Teller { catalogue, moved: printed }
    }

    /// An event in one line, as somebody is told of it who did something else meanwhile: `lead confirmed changes (13.2 Actual
    /// mass: 2946 → 3145 kg, and 4 more)`.
    pub fn in_brief(self, event: &Event) -> String {
        let deed = format!("{} {}", event.by, deed(event));
        let lines = &event.facts.lines;
        let Some(first) = lines.first() else { return deed };
        let mut told = self.brief(event, first);
        if let Some((end, _)) = told.char_indices().nth(BRIEF) {
            told.truncate(end);
            told.push('…');
        }
        match lines.len() {
            1 => format!("{deed} ({told})"),
            many => format!("{deed} ({told}, and {} more)", many - 1),
        }
    }

    /// One thing that an event did, on one line, where the deed stands before it already.
    pub fn brief(self, event: &Event, line: &Line) -> String {
        let told = self.sentence(event, line);
        let told = ["confirmed ", "remark: "].iter().find_map(|deed| told.strip_prefix(deed)).unwrap_or(&told);
        told.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Everything an event did, a sentence each, and why.
    pub fn sentences(self, event: &Event) -> Vec<String> {
        let mut told: Vec<String> = event.facts.lines.iter().map(|line| self.sentence(event, line)).collect();
        if let Some(reason) = &event.facts.reason {
            told.push(format!("because: {reason}"));
        }
        told
    }

    /// One thing that an event did, as a sentence.
    pub fn sentence(self, event: &Event, line: &Line) -> String {
        let told = self.words(event, line);
        if line.desk { format!("the desk: {told}") } else { told }
    }

    fn words(self, event: &Event, line: &Line) -> String {
        let (from, to) = (line.from.as_deref(), line.to.as_deref());
        let none = "–";
        let moved = || (self.moved)(from, to);
        if let Some(address) = line.what.strip_prefix("confirmation ") {
            let entry = named(address, self.catalogue);
            return match (from, to) {
                _ if event.action == "confirm" => format!("confirmed {}", self.value(address, from, to)),
                (Some(by), _) if line.is_void() => format!("the confirmation of {entry} by {by} is {}", void(by, line)),
                (_, Some(by)) => format!("the confirmation of {entry} by {by} stands again"),
                (by, None) => format!("the confirmation of {entry} by {} is taken back", by.unwrap_or(none)),
            };
        }
        if let Some(checkpoint) = line.what.strip_prefix("sign-off ") {
            return match (from, to) {
                (Some(by), _) if line.is_void() => format!("the sign-off `{checkpoint}` by {by} is {}", void(by, line)),
                (Some(_), Some(by)) => format!("the sign-off `{checkpoint}` by {by} stands again"),
                (_, meaning) => format!("signed `{checkpoint}`: {}", meaning.unwrap_or(none)),
            };
        }
        if let Some(rest) = line.what.strip_prefix("exception ") {
            return self.exception(rest, from, to);
        }
        if let (Some(version), Some((answer, text))) =
            (line.what.strip_prefix("receipt version "), to.and_then(|to| to.split_once(": ")))
        {
            return format!("the authority {answer} version {version}: {text}");
        }
        match (line.what.as_str(), from, to) {
            ("receipt file", None, Some(file)) => format!("its answer came in the file {file}"),
            ("step", ..) => format!("step: {}", moved()),
            ("owner", None, Some(owner)) => format!("owner: {owner}"),
            ("owner", Some(owner), None) => format!("no owner any more, was {owner}"),
            ("hold", Some(was), Some("ended")) => format!("the hold {was} ended by itself"),
            ("hold", None, Some(until)) => format!("on hold, {until}"),
            ("hold", Some(reason), None) => format!("no longer on hold: {reason}"),
            ("note", None, Some(text)) => format!("remark: {text}"),
            ("note", Some(text), None) => format!("took back the remark: {text}"),
            (what, Some("row"), None) => format!("dropped the row {}", named(what, self.catalogue)),
            (what, None, Some("row")) => format!("took back the dropped row {}", named(what, self.catalogue)),
            (stage, None, Some(sha256)) if line.is_message() => format!("message of {stage}, SHA-256 {sha256}"),
            (stage, ..) if line.is_message() => format!("message of {stage} came again, SHA-256 {}", moved()),
            (what, ..) => self.value(what, from, to),
        }
    }

    fn exception(self, rest: &str, from: Option<&str>, to: Option<&str>) -> String {
        let (number, what) = rest.split_once(' ').unwrap_or((rest, ""));
        let shown = |text: Option<&str>| text.unwrap_or("–").to_owned();
        match (what, from, to) {
            ("remark", _, Some(text)) => format!("said about exception {number}: {text}"),
            ("remark", text, None) => format!("took back what was said about exception {number}: {}", shown(text)),
            ("group", _, Some(group)) => format!("exception {number} is linked with group {group}"),
            ("group", ..) => format!("exception {number} stands alone again"),
            ("", None, Some(text)) => format!("raised exception {number}: {text}"),
            ("", Some(_), Some("withdrawn")) => format!("exception {number} is taken back"),
            _ => format!("exception {rest}: {}", (self.moved)(from, to)),
        }
    }

    /// An entry with its old and new value; what is no entry keeps its own name.
    fn value(self, what: &str, from: Option<&str>, to: Option<&str>) -> String {
        let unit = Address::parse(what).ok().and_then(|address| self.catalogue.element(&address)?.unit);
        let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
        format!("{}: {}{unit}", named(what, self.catalogue), (self.moved)(from, to))
    }
}

/// That something is void, and by what act of whoever gave it where it was theirs.
fn void(by: &str, line: &Line) -> String {
    line.why_void().map_or("void".to_owned(), |why| format!("void, as {by} {why}"))
}

/// An entry by its number, title and rows: `13.1 Distribution … [2]`; anything else as it is.
fn named(what: &str, catalogue: &Catalogue) -> String {
    let Ok(address) = Address::parse(what) else { return what.to_owned() };
    let Some(element) = catalogue.element(&address) else { return what.to_owned() };
    // The word after a number tells entries of one number apart, and so does the title.
    let number = element.entry.and_then(|entry| entry.split(' ').next());
    let entry = number.map(|number| format!("{number} ")).unwrap_or_default();
    let rows: Vec<String> = address.steps().filter_map(|step| step.row).map(|row| row.to_string()).collect();
    let rows = if rows.is_empty() { String::new() } else { format!(" [{}]", rows.join(".")) };
    format!("{entry}{}{rows}", element.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::{Element, Shape};
    use crate::domain::event::Facts;
    use crate::domain::identity::{Login, Seq};
    use crate::domain::moment::Moment;
    use crate::domain::value::ValueType;

    fn catalogue() -> Catalogue {
        let element = |name, parent, path: &str, shape, title, entry, unit| Element {
            name,
            parent,
            path: path.to_owned(),
            shape,
            type_name: name,
            min: 0,
            max: Some(1),
            title,
            entry,
            mark: None,
            unit,
            unitless: None,
            section: None,
        };
        let number = || Shape::Value(ValueType::Integer { min: 0, max: 99_999 });
        Catalogue::new(vec![
            element("Data", "Root", "", Shape::Group, "Data", None, None),
            element("Mass", "Data", "Mass", number(), "Actual mass", Some("13.2"), Some("kg")),
            element("Axles", "Data", "Axles", Shape::Table, "Axles", None, None),
            element("AxleRow", "Axles", "Axles", Shape::Row, "Axle", None, None),
            element("Load", "AxleRow", "Axles/Load", number(), "Load on the axle", Some("13.1"), Some("kg")),
        ])
    }

    fn told(action: &str, what: &str, from: Option<&str>, to: Option<&str>) -> String {
        let mut facts = Facts::default();
        facts.line(what, from.map(str::to_owned), to.map(str::to_owned));
        told_of(action, facts)
    }

    fn told_of(action: &str, facts: Facts) -> String {
        Teller::new(&catalogue()).sentences(&event_of(action, facts)).remove(0)
    }

    fn event_of(action: &str, facts: Facts) -> Event {
        Event {
            seq: Seq(7),
            at: Moment(0),
            clock_back: false,
            by: Login::parse("prep").unwrap(),
            via: None,
            action: action.to_owned(),
            record: None,
            facts,
        }
    }

    #[test]
    fn values_are_told_with_number_title_rows_and_unit() {
        assert_eq!(told("set", "Mass", Some("3290"), Some("3310")), "13.2 Actual mass: 3290 → 3310 kg");
        assert_eq!(told("set", "Axles[2]/Load", None, Some("1360")), "13.1 Load on the axle [2]: – → 1360 kg");
        assert_eq!(told("confirm", "confirmation Mass", None, Some("1")), "confirmed 13.2 Actual mass: – → 1 kg");
    }

    #[test]
    fn in_brief_an_event_is_one_line_however_much_it_did() {
        let brief = |action: &str, lines: &[(&str, &str)]| {
            let mut facts = Facts::default();
            for (what, to) in lines {
                facts.line(*what, None, Some((*to).to_owned()));
            }
            Teller::new(&catalogue()).in_brief(&event_of(action, facts))
        };
        assert_eq!(brief("confirm", &[]), "prep confirmed changes");
        let two = [("confirmation Mass", "3310"), ("confirmation Axles[1]/Load", "9")];
        assert_eq!(brief("confirm", &two), "prep confirmed changes (13.2 Actual mass: – → 3310 kg, and 1 more)");
        assert_eq!(brief("note", &[("note", "two\n\tlines")]), "prep made a remark (two lines)");
        let long = brief("note", &[("note", &"ä".repeat(5000))]);
        assert_eq!(long, format!("prep made a remark ({}…)", "ä".repeat(BRIEF)));
    }

    #[test]
    fn who_is_called_as_what_is_void_is_told_like_anybody() {
        let void = Login::parse("void").unwrap();
        let other = Login::parse("void.s").unwrap();
        let told_of = |tell: &dyn Fn(&mut Facts)| {
            let mut facts = Facts::default();
            tell(&mut facts);
            told_of("return", facts)
        };
        let made_void = told_of(&|facts| facts.void_line("sign-off tech", &void, None));
        assert_eq!(made_void, "the sign-off `tech` by void is void");
        let theirs = told_of(&|facts| facts.void_line("confirmation Mass", &void, Some("changed it since")));
        assert_eq!(theirs, "the confirmation of 13.2 Actual mass by void is void, as void changed it since");
        for by in [&void, &other] {
            let stands = told_of(&|facts| facts.stands_again_line("sign-off tech", by));
            assert_eq!(stands, format!("the sign-off `tech` by {by} stands again"));
        }
        let stands = told_of(&|facts| facts.line("confirmation Mass", Some("review".into()), Some(other.to_string())));
        assert_eq!(stands, "the confirmation of 13.2 Actual mass by void.s stands again");
    }

    #[test]
    fn what_became_void_and_what_stands_again_is_told_as_such_in_histories_of_any_age() {
        for (what, from, to, expected) in [
            (
                "confirmation Mass",
                Some("review"),
                Some("void"),
                "the confirmation of 13.2 Actual mass by review is void",
            ),
            ("confirmation Mass", None, Some("review"), "the confirmation of 13.2 Actual mass by review stands again"),
            ("sign-off tech", Some("review"), Some("void"), "the sign-off `tech` by review is void"),
            (
                "confirmation Mass",
                Some("both"),
                Some("void: changed it since"),
                "the confirmation of 13.2 Actual mass by both is void, as both changed it since",
            ),
            ("sign-off tech", Some("void"), Some("review"), "the sign-off `tech` by review stands again"),
            ("sign-off tech", None, Some("I looked"), "signed `tech`: I looked"),
            ("exception 4", None, Some("other: odd"), "raised exception 4: other: odd"),
            ("exception 4", Some("open"), Some("resolved"), "exception 4: open → resolved"),
            ("exception 4 remark", None, Some("hm"), "said about exception 4: hm"),
            ("note", Some("hm"), None, "took back the remark: hm"),
            ("receipt version 2", None, Some("rejected: no: 52"), "the authority rejected version 2: no: 52"),
            ("receipt file", None, Some("a.pdf sha256 00"), "its answer came in the file a.pdf sha256 00"),
            ("scope", None, Some("vans"), "scope: – → vans"),
            ("stage 1", None, Some("ab"), "message of stage 1, SHA-256 ab"),
            ("stage 1", Some("ab"), Some("cd"), "message of stage 1 came again, SHA-256 ab → cd"),
        ] {
            assert_eq!(told("undo", what, from, to), expected);
        }
    }
}
