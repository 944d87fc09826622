//! Reads the filter language: a recursive descent over characters. Depth and length are bounded, so that no text that
//! somebody types or saves costs more than a little.

use chrono::{Days, NaiveDate};

use super::{FIELDS, Field, Filter, FilterFault, FindingWord, FlagField, Kind, Order, Term, Who};
use crate::domain::identity::Login;

pub const OR: &str = "or";
const LONGEST: usize = 4096;
const DEEPEST: usize = 32;

/// Reads a filter; the fields of `first` go before those of records.
pub fn parse(text: &str, today: NaiveDate, first: &'static [Field]) -> Result<Filter, FilterFault> {
    read(text, today, first, false)
}

/// Reads a filter that means the same whoever asks, and whenever.
pub fn parse_rule(text: &str, today: NaiveDate) -> Result<Filter, FilterFault> {
    read(text, today, &[], true)
}

fn read(text: &str, today: NaiveDate, first: &'static [Field], lasting: bool) -> Result<Filter, FilterFault> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() > LONGEST {
        return Err(fault(LONGEST, format!("a filter has at most {LONGEST} characters")));
    }
    let mut reader = Reader { letters: &letters, at: 0, today, first, lasting };
    let filter = reader.any(0)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(filter),
        Some(_) => Err(fault(reader.at, "this parenthesis closes nothing")),
    }
}

fn fault(at: usize, message: impl Into<String>) -> FilterFault {
    FilterFault { at, message: message.into(), nearest: None, known: Vec::new() }
}

fn mistaken(at: usize, message: String, word: &str, known: &[&'static str]) -> FilterFault {
    FilterFault::unknown(at, message, word, known)
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    today: NaiveDate,
    first: &'static [Field],
    /// Whether only what means the same whoever asks and whenever is taken.
    lasting: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Parts between `or`.
    fn any(&mut self, depth: usize) -> Result<Filter, FilterFault> {
        let mut parts = vec![self.all(depth)?];
        while self.takes_or() {
            let at = self.at;
            let next = self.all(depth)?;
            if next == Filter::All(Vec::new()) {
                return Err(fault(at, "something must follow `or`"));
            }
            parts.push(next);
        }
        if parts.len() > 1 && parts[0] == Filter::All(Vec::new()) {
            return Err(fault(0, "something must stand before `or`"));
        }
        Ok(one_or(parts, Filter::Any))
    }

    /// Parts side by side.
    fn all(&mut self, depth: usize) -> Result<Filter, FilterFault> {
        let mut parts = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None | Some(')') => break,
                _ if self.at_or() => break,
                _ => parts.push(self.part(depth)?),
            }
        }
        Ok(one_or(parts, Filter::All))
    }

    fn part(&mut self, depth: usize) -> Result<Filter, FilterFault> {
        if depth > DEEPEST {
            return Err(fault(self.at, format!("a filter nests at most {DEEPEST} levels")));
        }
        let at = self.at;
        match self.peek() {
            Some('-') => {
                self.at += 1;
                if self.peek().is_none_or(|next| next.is_whitespace() || next == ')') {
                    return Err(fault(at, "`-` stands directly before what it negates"));
                }
                Ok(Filter::Not(Box::new(self.part(depth + 1)?)))
            }
            Some('(') => {
                self.at += 1;
                let inner = self.any(depth + 1)?;
                self.blanks();
                if self.peek() != Some(')') {
                    return Err(fault(at, "this parenthesis is not closed"));
                }
                if inner == Filter::All(Vec::new()) {
                    return Err(fault(at, "there is nothing between the parentheses"));
                }
                self.at += 1;
                Ok(inner)
            }
            _ => Ok(Filter::Term(self.term()?)),
        }
    }

    fn at_or(&self) -> bool {
        let ends = |letter: Option<&char>| letter.is_none_or(|letter| letter.is_whitespace() || "()".contains(*letter));
        let word: String = self.letters[self.at..].iter().take(OR.len()).collect();
        word.eq_ignore_ascii_case(OR) && ends(self.letters.get(self.at + OR.len()))
    }

    fn takes_or(&mut self) -> bool {
        self.blanks();
        let here = self.peek().is_some() && self.at_or();
        if here {
            self.at += OR.len();
        }
        here
    }

    fn term(&mut self) -> Result<Term, FilterFault> {
        let at = self.at;
        let name: String =
            self.letters[at..].iter().take_while(|letter| letter.is_ascii_alphabetic() || **letter == '_').collect();
        let after: String = self.letters[at + name.len()..].iter().take(2).collect();
        let order = Order::TABLE.into_iter().find(|(_, sign)| after.starts_with(sign));
        let Some((order, sign)) = order.filter(|_| !name.is_empty()) else {
            return self.word().map(Term::Word);
        };
        let fields = || self.first.iter().chain(&FIELDS);
        let Some(field) = fields().find(|field| field.word.eq_ignore_ascii_case(&name)) else {
            let words: Vec<&str> = fields().map(|field| field.word).collect();
            return Err(mistaken(at, format!("there is no field `{name}`"), &name, &words));
        };
        self.at += name.len() + sign.len();
        self.values(field, order, at)
    }

    /// A word of its own: quoted, or up to a blank, a quote or a parenthesis.
    fn word(&mut self) -> Result<String, FilterFault> {
        if self.peek() == Some('"') {
            return self.quotes();
        }
        let start = self.at;
        while self.peek().is_some_and(|letter| !letter.is_whitespace() && !"()\"".contains(letter)) {
            self.at += 1;
        }
        Ok(self.letters[start..self.at].iter().collect())
    }

    fn quotes(&mut self) -> Result<String, FilterFault> {
        let start = self.at;
        self.at += 1;
        let mut word = String::new();
        loop {
            match (self.peek(), self.letters.get(self.at + 1)) {
                (None, _) => return Err(fault(start, "this quote is not closed")),
                (Some('"'), Some('"')) => {
                    word.push('"');
                    self.at += 2;
                }
                (Some('"'), _) => break,
                (Some(letter), _) => {
                    word.push(letter);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        if word.trim().is_empty() {
            return Err(fault(start, "there is nothing between the quotes"));
        }
        Ok(word)
    }

    fn values(&mut self, field: &Field, order: Order, at: usize) -> Result<Term, FilterFault> {
        let compared = matches!(field.kind, Kind::Number(_) | Kind::Day(_) | Kind::Age(_));
        if order != Order::Is && !compared {
            return Err(fault(at, format!("`{}` is not compared, write `{}:`", field.word, field.word)));
        }
        if self.lasting {
            lasts(field, at)?;
        }
        let mut values = Vec::new();
        loop {
            let place = self.at;
            values.push((place, self.value(field)?));
            if self.peek() != Some(',') {
                break;
            }
            self.at += 1;
        }
        let lists =
            matches!(field.kind, Kind::Text(_) | Kind::Person(_) | Kind::Exception | Kind::Finding | Kind::Changed);
        if let (false, Some((place, _))) = (lists, values.get(1)) {
            return Err(fault(*place, format!("`{}` takes one value", field.word)));
        }
        let texts = |values: Vec<(usize, String)>| values.into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        Ok(match field.kind {
            Kind::Text(text) => Term::Text(text, texts(values)),
            Kind::Person(person) => {
                if let Some((place, _)) = values.iter().find(|(_, value)| self.lasting && value == "me") {
                    return Err(fault(
                        *place,
                        "`me` depends on who asks, and a scope's rule is asked when a record comes in",
                    ));
                }
                Term::Person(person, values.into_iter().map(who).collect::<Result<_, _>>()?)
            }
            Kind::Exception => Term::Exception(texts(values)),
            Kind::Finding => Term::Finding(values.iter().map(finding).collect::<Result<_, _>>()?),
            Kind::Changed => Term::Changed(texts(values)),
            Kind::Flag(flag) => Term::Flag(flag, one_of(&values[0], &[(true, "yes"), (false, "no")])?),
            Kind::Number(number) => Term::Number(number, order, number_of(&values[0])?),
            Kind::Day(day) if values[0].1 == "none" && order == Order::Is => Term::NoDay(day),
            Kind::Day(day) => Term::Day(day, order, self.day(&values[0], day == super::DayField::Due)?),
            Kind::Age(day) => Term::Day(day, order.turned(), self.days_ago(&values[0])?),
        })
    }

    fn value(&mut self, field: &Field) -> Result<String, FilterFault> {
        if self.peek() == Some('"') {
            return self.quotes();
        }
        let start = self.at;
        while self.peek().is_some_and(|letter| !letter.is_whitespace() && !"(),\"".contains(letter)) {
            self.at += 1;
        }
        if self.at == start {
            return Err(fault(start, format!("`{}` lacks its value", field.word)));
        }
        Ok(self.letters[start..self.at].iter().collect())
    }

    fn day(&self, (at, text): &(usize, String), ahead: bool) -> Result<NaiveDate, FilterFault> {
        if let Ok(day) = text.parse::<NaiveDate>()
            && (1..=9999).contains(&chrono::Datelike::year(&day))
        {
            return Ok(day);
        }
        let ahead = ahead && !self.lasting;
        let relative = if ahead { days(text).and_then(|days| self.today.checked_add_days(days)) } else { None };
        let takes = if ahead { "a day as in 2026-07-05, or 3d" } else { "a day as in 2026-07-05" };
        relative.ok_or_else(|| fault(*at, format!("`{text}` is not {takes}")))
    }

    fn days_ago(&self, (at, text): &(usize, String)) -> Result<NaiveDate, FilterFault> {
        let day = days(text).and_then(|days| self.today.checked_sub_days(days));
        day.ok_or_else(|| fault(*at, format!("`{text}` is no age, write it as in 5d")))
    }
}

/// Whether a field has the same answer whoever asks and on whatever day.
fn lasts(field: &Field, at: usize) -> Result<(), FilterFault> {
    let depends = match field.kind {
        Kind::Flag(FlagField::Unread) => "who asks",
        Kind::Age(_) | Kind::Flag(FlagField::Overdue | FlagField::Stuck | FlagField::Held) => "the day somebody asks",
        _ => return Ok(()),
    };
    let message = format!("`{}` depends on {depends}, and a scope's rule is asked when a record comes in", field.word);
    Err(fault(at, message))
}

fn one_or(mut parts: Vec<Filter>, many: impl FnOnce(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}

fn who((at, text): (usize, String)) -> Result<Who, FilterFault> {
    match text.as_str() {
        "me" => Ok(Who::Me),
        "none" => Ok(Who::None),
        _ => Login::parse(&text).map(Who::Login).map_err(|no| fault(at, no.to_string())),
    }
}

fn one_of<T: Copy>((at, text): &(usize, String), table: &[(T, &'static str)]) -> Result<T, FilterFault> {
    let words: Vec<&'static str> = table.iter().map(|(_, word)| *word).collect();
    let found = table.iter().find(|(_, word)| word == text).map(|(value, _)| *value);
    found.ok_or_else(|| mistaken(*at, format!("`{text}` is not one of {}", words.join(", ")), text, &words))
}

fn finding((at, text): &(usize, String)) -> Result<FindingWord, FilterFault> {
    let found = FindingWord::all().find(|(_, word)| word.eq_ignore_ascii_case(text)).map(|(finding, _)| finding);
    let words: Vec<&'static str> = FindingWord::all().map(|(_, word)| word).collect();
    let grades = FindingWord::GRADES.map(|(_, word)| word).join(", ");
    found.ok_or_else(|| mistaken(*at, format!("`{text}` is not one of {grades}, nor a check"), text, &words))
}

fn number_of((at, text): &(usize, String)) -> Result<u32, FilterFault> {
    text.parse().map_err(|_| fault(*at, format!("`{text}` is no whole number")))
}

/// `5d`, at most some thirty years.
fn days(text: &str) -> Option<Days> {
    let digits = text.strip_suffix('d')?;
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let days: u64 = digits.parse().ok().filter(|days| plain && *days <= 9999)?;
    Some(Days::new(days))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{DayField, NumberField, TextField};
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 7, 5).unwrap()
    }

    fn read(text: &str) -> Filter {
        Filter::parse(text, today()).unwrap_or_else(|fault| panic!("{text}: {fault}"))
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_example_of_the_contract_reads() {
        read(
            "step:review owner:me,none due<3d age>5d exception:open exception:value-out-of-envelope finding:block \
             scope:vans category:N1 variant:BOX* option:TAILLIFT approval:e4*2018/858*00123* changed:13 unconfirmed>0 \
             released>2026-07-01 held:no",
        );
    }

    #[test]
    fn or_binds_weaker_than_standing_side_by_side() {
        let step = |word: &str| Filter::Term(Term::Text(TextField::Step, vec![word.into()]));
        let word = |word: &str| Filter::Term(Term::Word(word.into()));
        assert_eq!(
            read("step:a X or -step:b"),
            Filter::Any(vec![Filter::All(vec![step("a"), word("X")]), Filter::Not(Box::new(step("b")))])
        );
        assert_eq!(read("(step:a or step:b) X").to_string(), "(step:a or step:b) X");
    }

    #[test]
    fn relative_days_count_from_today() {
        assert_eq!(read("due<3d"), Filter::Term(Term::Day(DayField::Due, Order::Less, day("2026-07-08"))));
        assert_eq!(read("age>5d"), Filter::Term(Term::Day(DayField::Since, Order::Less, day("2026-06-30"))));
        assert_eq!(read("priority>=2"), Filter::Term(Term::Number(NumberField::Priority, Order::AtLeast, 2)));
    }

    #[test]
    fn a_mistake_answers_with_the_place_and_the_nearest_word() {
        for (text, at, nearest) in [
            ("step:review ownr:me", 12, Some("owner")),
            ("finding:blok", 8, Some("block")),
            ("finding:block,AP-0", 14, Some("AP-01")),
            ("chagned:13", 0, Some("changed")),
            ("stuck:perhaps", 6, None),
            ("held:maybe", 5, None),
            ("step:", 5, None),
            ("(step:a", 0, None),
            ("step:a )", 7, None),
            ("step:a or", 9, None),
            ("due<soon", 4, None),
            ("step<3", 0, None),
            ("\"open", 0, None),
            ("unconfirmed>1,2", 14, None),
            ("- x", 0, None),
            ("()", 0, None),
        ] {
            let fault = Filter::parse(text, today()).expect_err(text);
            assert_eq!((fault.at, fault.nearest.as_deref()), (at, nearest), "{text}: {fault}");
        }
    }

    #[test]
    fn a_rule_that_would_depend_on_who_asks_or_when_is_refused_at_its_place() {
        for (text, at, why) in [
            ("category:N1 owner:me", 18, "who asks"),
            ("preparer:none,me", 14, "who asks"),
            ("unread:yes", 0, "who asks"),
            ("vin:W* age>5d", 7, "the day somebody asks"),
            ("-(held:no)", 2, "the day somebody asks"),
            ("overdue:yes", 0, "the day somebody asks"),
            ("due<3d", 4, "is not a day as in"),
        ] {
            let fault = Filter::parse_rule(text, today()).expect_err(text);
            assert_eq!(fault.at, at, "{text}: {fault}");
            assert!(fault.message.contains(why), "{text}: {fault}");
            assert!(Filter::parse(text, today()).is_ok(), "{text}");
        }
        let text = "category:N1 variant:BOX* owner:none due<2027-01-01";
        assert_eq!(Filter::parse_rule(text, today()), Filter::parse(text, today()));
    }

    #[test]
    fn a_filter_nested_without_end_is_refused() {
        assert!(Filter::parse(&"(".repeat(4000), today()).is_err());
        assert!(Filter::parse(&"-".repeat(4000), today()).is_err());
    }

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("("),
            Just(")"),
            Just("-"),
            Just("or"),
            Just("\""),
            Just(","),
            Just(" "),
            Just("step:review"),
            Just("owner:me,none"),
            Just("due<3d"),
            Just("age>=5d"),
            Just("exception:open,\"a b\""),
            Just("held:no"),
            Just("finding:warn,ap-01"),
            Just("changed:13,\"16.2[2]\""),
            Just("unread:yes"),
            Just("team:none"),
            Just("changes:3"),
            Just("released:none"),
            Just("vin:WDB*"),
            Just("TRA26"),
            Just("\"or\""),
            Just("12:30"),
            Just("ö"),
            Just("a\"\"b"),
            Just("x:y")
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
    }

    proptest! {
        #[test]
        fn what_is_written_out_reads_back_the_same(text in pieces()) {
            if let Ok(filter) = Filter::parse(&text, today()) {
                let written = filter.to_string();
                prop_assert_eq!(Filter::parse(&written, today()), Ok(filter), "{}", written);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            if let Ok(filter) = Filter::parse(&text, today()) {
                prop_assert_eq!(Filter::parse(&filter.to_string(), today()), Ok(filter));
            }
        }
    }
}
