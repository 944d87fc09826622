//! How each entry of our stage relates to the effective value before it, and what was decided about it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::own::is_dropped;
use super::{Case, Change, ChangeKind, Origin, OwnValue, is_formal};
use crate::domain::address::Address;
use crate::domain::content::Content;
use crate::domain::exception::{Exception, State};
use crate::domain::identity::{ExceptionId, Login};
use crate::domain::manufacturers;
use crate::domain::moment::Moment;
use crate::domain::record::Record;
use crate::domain::structure::Outline;
use crate::domain::value;

pub fn changes(case: &Case<'_>, before: &Content, own: &BTreeMap<Address, OwnValue>) -> Vec<Change> {
    let record = case.record;
    let mut addresses: Vec<Address> = own.keys().chain(before.iter().map(|(address, _)| address)).cloned().collect();
    addresses.retain(|address| !is_formal(address) && !is_dropped(record, address));
    let rows_dropped = record.dropped.keys().filter(|row| before.within(row.as_str()).next().is_some());
    addresses.extend(rows_dropped.cloned());
    // Two runs in order already, for the most part.
    addresses.sort();
    addresses.dedup();
    let none = BTreeSet::new();
    let compared = Compared {
        case,
        before,
        own,
        earlier: earlier_stages(record),
        own_tables: own.keys().filter_map(Address::table).collect(),
        outline: Outline::of(before, &none),
    };
    let mut list: Vec<Change> = addresses.into_iter().map(|address| change(&compared, address)).collect();
    list.sort_by_cached_key(|change| case.catalogue.sort_key(&change.address));
    list
}

/// Both sides of the comparison, with what is asked of them for every entry worked out once.
struct Compared<'a> {
    case: &'a Case<'a>,
    before: &'a Content,
    own: &'a BTreeMap<Address, OwnValue>,
    /// What each stage before ours says.
    earlier: Vec<(u8, Cow<'a, Content>)>,
    /// The outermost tables our stage gives, and thereby replaces whole.
    own_tables: BTreeSet<&'a str>,
    /// How many rows each table had before.
    outline: Outline<'a>,
}

fn change(compared: &Compared<'_>, address: Address) -> Change {
    let Compared { case, before, own, .. } = compared;
    let record = case.record;
    let row_gone = record.dropped.contains_key(&address);
    let earlier = if row_gone { Some(row_text(before, &address)) } else { before.get(&address).map(str::to_owned) };
    let ours = own.get(&address);
    let kind = match (&earlier, ours) {
        _ if row_gone => ChangeKind::RowDropped,
        (Some(earlier), Some(ours)) if value::same(earlier, &ours.value) => match ours.origin {
            Origin::Copied => ChangeKind::Copied,
            _ => ChangeKind::Restated,
        },
        (Some(_), Some(_)) => ChangeKind::Changed,
        (None, Some(_)) if is_new_row(&compared.outline, &address) => ChangeKind::RowAdded,
        (None, _) => ChangeKind::Added,
        (Some(_), None) if address.table().is_some_and(|table| compared.own_tables.contains(table)) => {
            ChangeKind::RowDropped
        }
        (Some(_), None) => ChangeKind::Inherited,
    };
    let declared = record.declared.get(&address).or_else(|| record.dropped.get(&address));
    let ours_value = ours.map(|own| own.value.clone());
    let confirmed = record
        .confirmations
        .get(&address)
        .filter(|confirmation| !confirmation.void && confirmation.is_of(earlier.as_deref(), ours_value.as_deref()))
        .cloned();
    let exception = exception_at(&record.exceptions, &address, case.now);
    let excepted = record.exceptions.iter().any(|one| excepts(record, one, &address, &earlier, &ours_value));
    let needs_decision = kind.differs() && !(kind == ChangeKind::RowDropped && is_manufacturer_before(&address));
    let mut values: Vec<(u8, String)> = compared
        .earlier
        .iter()
        .filter_map(|(number, content)| content.get(&address).map(|value| (*number, value.to_owned())))
        .collect();
    values.extend(ours_value.clone().map(|value| (record.build_stage, value)));
    Change {
        undecided: needs_decision && confirmed.is_none() && !excepted,
        origin: ours.map(|own| own.origin),
        set_by: declared.map(|declared| declared.by.clone()),
        set_at: declared.map(|declared| declared.at),
        reason: declared.map(|declared| declared.reason.clone()),
        address,
        kind,
        values,
        before: earlier,
        ours: ours_value,
        confirmed,
        exception,
        needs_decision,
    }
}

fn earlier_stages(record: &Record) -> Vec<(u8, Cow<'_, Content>)> {
    let earlier = record.stages.iter().filter(|stage| stage.number < record.build_stage);
    earlier.map(|stage| (stage.number, manufacturers::led_by(&stage.content, stage.number))).collect()
}

/// Whether the address is of a manufacturer before the last one. A message of ours has our group alone, and names the
/// stage before in it: that the others are not repeated is the form of the message and nobody's decision.
fn is_manufacturer_before(address: &Address) -> bool {
    address.table() == Some(manufacturers::TABLE) && address.outer_row() != Some("ManufacturerTable[1]")
}

/// Whether an exception decides a change: somebody who neither prepared nor changed the record
/// raised it about exactly these values.
fn excepts(
    record: &Record,
    one: &Exception,
    address: &Address,
    before: &Option<String>,
    ours: &Option<String>,
) -> bool {
    let prepared = |by: &Login| record.editors.contains(by) || record.preparer.as_ref() == Some(by);
    let others = one.raised_by.as_ref().is_some_and(|by| !prepared(by));
    let same = one.about.as_ref().is_some_and(|about| about.before == *before && about.ours == *ours);
    one.at.as_ref() == Some(address) && others && same && one.state != State::Withdrawn
}

/// An exception that speaks of the address: one still open before one that is settled.
fn exception_at(exceptions: &[Exception], address: &Address, now: Moment) -> Option<ExceptionId> {
    let mut at_it = exceptions
        .iter()
        .filter(|exception| exception.at.as_ref() == Some(address) && exception.state != State::Withdrawn);
    let open = at_it.clone().find(|exception| exception.is_open_on(now.day()));
    open.or_else(|| at_it.next_back()).map(|exception| exception.id)
}

/// Whether the address lies in a row, of any table on its way, that was not there before.
fn is_new_row(before: &Outline<'_>, address: &Address) -> bool {
    let text = address.as_str();
    text.match_indices('[').any(|(at, _)| {
        let end = text[at..].find(']').map_or(text.len(), |end| at + end);
        let row: u32 = text[at + 1..end].parse().unwrap_or(0);
        let rows = before.rows(&text[..at]);
        rows > 0 && row > rows
    })
}

/// A row in words: all its values in order, so that a confirmation of its dropping is one of exactly this row.
fn row_text(before: &Content, row: &Address) -> String {
    before.within(row.as_str()).map(|(_, value)| value).collect::<Vec<_>>().join(" · ")
}
