//! What a filter asks of the row of a record, as SQL: a condition a term, and those beside the row by [`super::beside`].

use super::{Asker, Clause, beside};
use crate::domain::approval::ApprovalNumber;
use crate::domain::filter::{
    DayField, Filter, FindingWord, FlagField, NumberField, Order, PersonField, Term, TextField, Who,
};
use crate::domain::moment::Moment;
use crate::store::columns::{NO_DAY, day_number};

pub fn write_filter(clause: &mut Clause, filter: &Filter, asker: &Asker) {
    let (parts, between, none) = match filter {
        Filter::Term(term) => return write_term(clause, term, asker),
        Filter::Not(inner) => {
            clause.add("(");
            write_filter(clause, inner, asker);
            clause.add(" IS NOT TRUE)");
            return;
        }
        Filter::All(parts) => (parts, " AND ", "1"),
        Filter::Any(parts) => (parts, " OR ", "0"),
    };
    if parts.is_empty() {
        clause.add(none);
        return;
    }
    clause.add("(");
    for (at, part) in parts.iter().enumerate() {
        clause.add(if at > 0 { between } else { "" });
        write_filter(clause, part, asker);
    }
    clause.add(")");
}

fn write_term(clause: &mut Clause, term: &Term, asker: &Asker) {
    match term {
        Term::Word(word) => {
            clause.add("(r.vin LIKE ").value(containing(word)).add(" ESCAPE '\\' OR coalesce(r.order_no, '') LIKE ");
            clause.value(containing(word)).add(" ESCAPE '\\' OR ");
            beside::write_remark(clause, word);
            clause.add(")");
        }
        Term::Text(field, values) => {
            any_of(clause, values, |clause, value| write_text(clause, *field, value, asker.today));
        }
        Term::Person(field, people) => any_of(clause, people, |clause, who| {
            let column = match field {
                PersonField::Owner => "r.owner",
                PersonField::Preparer => "r.preparer",
                PersonField::ExceptionOwner => "x.owner",
                PersonField::RaisedBy => "x.raised_by",
            };
            match who {
                Who::None => clause.add(column).add(" IS NULL"),
                Who::Me => clause.add(column).add(" = ").value(asker.who.to_string()),
                Who::Login(login) => clause.add(column).add(" = ").value(login.to_string()),
            };
        }),
        Term::Exception(kinds) => any_of(clause, kinds, |clause, kind| write_exception(clause, kind, asker.today)),
        Term::Finding(words) => any_of(clause, words, |clause, word| match word {
            FindingWord::Block => drop(clause.add("r.blocking_findings > 0")),
            FindingWord::Warn => drop(clause.add("r.warning_findings > 0")),
            FindingWord::None => drop(clause.add("(r.blocking_findings = 0 AND r.warning_findings = 0)")),
            FindingWord::Check(check) => beside::write_finding(clause, check),
        }),
        Term::Changed(entries) => beside::write_changed(clause, entries),
        Term::Flag(FlagField::Held, yes) => {
            clause.add("coalesce(r.held_until, -1) ").add(if *yes { ">= " } else { "< " }).value(asker.today);
        }
        Term::Flag(FlagField::Overdue, yes) => {
            clause.add(if *yes { "(" } else { "NOT (" });
            write_overdue(clause, asker.today);
            clause.add(")");
        }
        Term::Flag(FlagField::Stuck, yes) => {
            clause.add(if *yes { "(" } else { "NOT (" });
            write_overdue(clause, asker.today);
            clause.add(" AND r.updated_at < (r.due + 1) * ").value(DAY).add(")");
        }
        Term::Flag(FlagField::Unread, yes) => {
            clause.add(if *yes { "" } else { "NOT " });
            clause.add("EXISTS (SELECT 1 FROM unread n WHERE n.record = r.id AND n.login = ");
            clause.value(asker.who.to_string()).add(")");
        }
        Term::Flag(FlagField::Blocking, yes) => {
            clause.add("x.blocking = ").value(i64::from(*yes));
        }
        Term::Number(field, order, number) => write_number(clause, *field, *order, *number),
        Term::Day(field, order, day) => write_day(clause, *field, *order, *day),
        Term::NoDay(field) => match field {
            DayField::Due => {
                clause.add("r.due = ").value(NO_DAY);
            }
            field => {
                clause.add(moment_column(*field)).add(" IS NULL");
            }
        },
    }
}

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Past its day and not on hold.
fn write_overdue(clause: &mut Clause, today: i64) {
    clause.add("r.due < ").value(today).add(" AND coalesce(r.held_until, -1) < ").value(today);
}

fn any_of<T>(clause: &mut Clause, values: &[T], mut write: impl FnMut(&mut Clause, &T)) {
    clause.add("(");
    for (at, value) in values.iter().enumerate() {
        clause.add(if at > 0 { " OR " } else { "" });
        write(clause, value);
    }
    clause.add(")");
}

fn write_text(clause: &mut Clause, field: TextField, value: &str, today: i64) {
    let column = match field {
        TextField::Step => "r.step",
        TextField::Scope => "r.scope",
        TextField::Order => "r.order_no",
        TextField::Vin => "r.vin",
        TextField::Category => "r.category",
        TextField::Approval => "r.approval",
        TextField::Type => "r.vehicle_type",
        TextField::Variant => "r.variant",
        TextField::VersionCode => "r.version_code",
        TextField::Bodywork => "r.bodywork",
        TextField::Option => return write_option(clause, value),
        TextField::ExceptionKind => "x.kind",
        TextField::ExceptionState => return write_state(clause, value, today),
        TextField::ExceptionAt => "x.address",
        TextField::Team => return write_team(clause, value),
        TextField::Delivery => "r.delivery",
    };
    if value == "none" {
        clause.add(column).add(" IS NULL");
    } else if let (TextField::Approval, Ok(number)) = (field, ApprovalNumber::parse(value.trim_end_matches('*'))) {
        // The sections of an approval number are joined by the very sign that stands for any letters elsewhere.
        match number.extension() {
            Some(_) => clause.add("r.approval = ").value(number.to_string()),
            None => clause.add("r.approval_base = ").value(number.to_string()),
        };
    } else if value.contains('*') {
        clause.add("coalesce(").add(column).add(", '') LIKE ").value(pattern(value)).add(" ESCAPE '\\'");
    } else {
        clause.add(column).add(" = ").value(value.to_owned());
    }
}

fn write_option(clause: &mut Clause, value: &str) {
    if value == "none" {
        clause.add("r.options = ''");
    } else {
        clause.add("r.options LIKE ").value(format!("%;{};%", pattern(value))).add(" ESCAPE '\\'");
    }
}

fn write_team(clause: &mut Clause, value: &str) {
    let none = value == "none";
    clause.add(if none { "(r.owner IS NULL OR r.owner " } else { "r.owner " });
    clause.add("IN (SELECT p.login FROM person p WHERE ");
    if none {
        clause.add("p.team IS NULL))");
    } else {
        clause.add("p.team LIKE ").value(pattern(value)).add(" ESCAPE '\\')");
    }
}

fn write_exception(clause: &mut Clause, kind: &str, today: i64) {
    match kind {
        "open" => {
            clause.add("(r.exceptional = 1 AND (r.open_exceptions > 0 OR r.waiver_end < ").value(today).add("))");
        }
        "none" => {
            clause.add("(r.open_exceptions = 0 AND coalesce(r.waiver_end, ").value(NO_DAY).add(") >= ");
            clause.value(today).add(")");
        }
        kind => {
            clause.add("EXISTS (SELECT 1 FROM exception y WHERE y.record = r.id AND y.kind LIKE ").value(pattern(kind));
            clause.add(
                " ESCAPE '\\' AND (y.state IN ('open', 'in-progress') OR (y.state = 'waived' AND y.waived_until < ",
            );
            clause.value(today).add(")))");
        }
    }
}

/// The state an exception is in today: one whose waiver ended is open.
fn write_state(clause: &mut Clause, word: &str, today: i64) {
    clause.add("CASE WHEN x.state = 'waived' AND x.waived_until < ").value(today).add(" THEN 'open' ELSE x.state END");
    clause.add(" LIKE ").value(pattern(word)).add(" ESCAPE '\\'");
}

fn sign(order: Order) -> &'static str {
    match order {
        Order::Less => " < ",
        Order::AtMost => " <= ",
        Order::Is => " = ",
        Order::AtLeast => " >= ",
        Order::More => " > ",
    }
}

fn write_number(clause: &mut Clause, field: NumberField, order: Order, number: u32) {
    let column = match field {
        NumberField::Changes => "r.changes",
        NumberField::Unconfirmed => "r.unconfirmed",
        // The column holds the rank, which descends as the priority ascends.
        NumberField::Priority => "255 - r.rank",
        NumberField::Stage => "r.build_stage",
        NumberField::Version => "r.version",
    };
    clause.add(column).add(sign(order)).value(i64::from(number));
}

fn moment_column(field: DayField) -> &'static str {
    match field {
        DayField::Due | DayField::Since => "r.step_since",
        DayField::Created => "r.created_at",
        DayField::Updated => "r.updated_at",
        DayField::Released => "r.released_at",
        DayField::Raised => "x.raised_at",
    }
}

fn write_day(clause: &mut Clause, field: DayField, order: Order, day: chrono::NaiveDate) {
    if field == DayField::Due {
        clause.add("(r.due").add(sign(order)).value(day_number(day)).add(" AND r.due < ").value(NO_DAY).add(")");
        return;
    }
    let column = moment_column(field);
    let begins = Moment::start_of(day).0;
    let ends = day.succ_opt().map_or(i64::MAX, |next| Moment::start_of(next).0);
    match order {
        Order::Less => clause.add(column).add(" < ").value(begins),
        Order::AtMost => clause.add(column).add(" < ").value(ends),
        Order::AtLeast => clause.add(column).add(" >= ").value(begins),
        Order::More => clause.add(column).add(" >= ").value(ends),
        Order::Is => {
            clause.add("(").add(column).add(" >= ").value(begins).add(" AND ").add(column).add(" < ").value(ends);
            clause.add(")")
        }
    };
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

pub(super) fn pattern(text: &str) -> String {
    escaped(text).replace('*', "%")
}

/// What begins with a text, as a pattern.
pub fn beginning(text: &str) -> String {
    format!("{}%", escaped(text))
}

pub(super) fn containing(text: &str) -> String {
    format!("%{}%", pattern(text))
}
