//! The pages of `docs/` that are made from tables say what the tables say.

use stageplate::config::policy::keys;
use stageplate::domain::{checks, filter};
use stageplate::ivi::catalogue;

use crate::support::{keeps_page, keeps_part};

#[test]
fn the_page_of_the_checks_says_what_their_table_says() {
    keeps_page("checks.md", &checks::page::page(catalogue()));
}

#[test]
fn the_page_of_queues_and_filters_says_what_their_tables_say() {
    keeps_page("filters.md", &filter::page::page());
}

#[test]
fn the_page_of_the_policy_has_every_key_as_its_table_has_it() {
    keeps_part("policy.md", "keys", &keys::page());
}
