//! What the schema asks of a content as a whole: nothing mandatory missing, nothing that does not fit its type.

use super::address::Address;
use super::catalogue::{Catalogue, Element, Shape};
use super::content::Content;
use super::value::Misfit;

/// The addresses of mandatory elements the content lacks, in the schema's order: values, and tables or groups that
/// must be there (`MakeTable`). What is mandatory inside a group or a row counts only where the group or row is.
pub fn missing(catalogue: &Catalogue, content: &Content) -> Vec<Address> {
    let mut places = Vec::new();
    for (part, prefix) in [("Header", "Header"), ("CocDataGroup", "")] {
        look_inside(catalogue, content, part, prefix, &mut places);
    }
    places
}

fn look_inside(catalogue: &Catalogue, content: &Content, parent: &str, prefix: &str, places: &mut Vec<Address>) {
    for element in catalogue.parts_of(parent) {
        let here = if prefix.is_empty() { element.name.to_owned() } else { format!("{prefix}/{}", element.name) };
        if content.within(&here).next().is_none() {
            if element.min > 0 {
                places.push(Address::unchecked(&here));
            }
            continue;
        }
        match element.shape {
            Shape::Value(_) => {}
            Shape::Group => look_inside(catalogue, content, element.name, &here, places),
            Shape::Table => look_at_rows(catalogue, content, element, &here, places),
            Shape::Row => {}
        }
    }
}

fn look_at_rows(catalogue: &Catalogue, content: &Content, table: &Element, here: &str, places: &mut Vec<Address>) {
    let Some(row) = catalogue.parts_of(table.name).find(|part| part.shape == Shape::Row) else { return };
    let rows = content.rows(here);
    for number in 1..=rows.max(row.min) {
        let place = format!("{here}[{number}]");
        if content.within(&place).next().is_none() {
            places.push(Address::unchecked(&place));
        } else {
            look_inside(catalogue, content, row.name, &place, places);
        }
    }
}

/// The values that do not fit their types, in the order of their addresses.
pub fn misfits(catalogue: &Catalogue, content: &Content) -> Vec<(Address, Misfit)> {
    content
        .iter()
        .filter_map(|(address, value)| {
            let misfit = catalogue.element(address)?.check(value).err()?;
            Some((address.clone(), misfit))
        })
        .collect()
}
