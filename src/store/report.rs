//! Reports over a stretch of time: the rows that the domain's figures are folded from, streamed. They are read when somebody asks
//! for a report, not at every change, and so may look at all that happened.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::params;

use super::columns::{amount, day_number, maybe_login};
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::govern::known_scope;
use super::scopes::load_scopes;
use crate::domain::exception::State;
use crate::domain::identity::Login;
use crate::domain::moment::Moment;
use crate::domain::plan::LATE_CORRECTION;
use crate::domain::policy::{Outcome, Policy};
use crate::domain::report::figures::{
    AgeReport, ExceptionReport, Figures, MISSING_DATA, Raised, Rollout, SILENT, Stay, Throughput, take_exception,
};
use crate::domain::report::{Ageing, Week, monday_of};

/// Whether a record `r` is in the scope `?1`, or the whole desk is asked about.
const IN_SCOPE: &str = "(?1 IS NULL OR r.scope = ?1)";

impl Desk {
    /// Age and lateness of what each person has in each step in work.
    ///
    /// # Errors
    /// There is no such scope; the desk cannot be read.
    pub fn age_report(&mut self, scope: Option<&str>, now: Moment) -> Result<AgeReport, StoreError> {
        self.read(|session| {
            check(session, scope)?;
            let policy = session.policy_of(scope)?;
            let today = day_number(now.day());
            let sql = format!(
                "SELECT r.step, r.owner, r.step_since / 86400000000, count(*), \
                 sum(r.due < ?2 AND coalesce(r.held_until, -1) < ?2), sum(coalesce(r.held_until, -1) >= ?2) \
                 FROM record r WHERE {IN_SCOPE} GROUP BY 1, 2, 3"
            );
            let mut find = session.conn.prepare_cached(&sql)?;
            let mut rows = find.query(params![scope, today])?;
            let mut ages: BTreeMap<(usize, String, Option<Login>), Ageing> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let step: String = row.get(0)?;
                if policy.step(&step).is_some_and(|step| step.outcome == Outcome::Rest) {
                    continue;
                }
                let place = policy.place(&step).unwrap_or(usize::MAX);
                let ageing = ages.entry((place, step.clone(), maybe_login(row, 1)?)).or_default();
                ageing.step = step;
                let days = today.saturating_sub(row.get::<_, i64>(2)?);
                ageing.add(u32::try_from(days).unwrap_or(0), amount(row, 3)?);
                ageing.overdue += amount(row, 4)?;
                ageing.held += amount(row, 5)?;
            }
            Ok(ages.into_iter().map(|((_, _, owner), ageing)| (owner, ageing)).collect())
        })
    }

    /// Exceptions raised since a day, by kind, approval and variant.
    ///
    /// # Errors
    /// There is no such scope; the desk cannot be read.
    pub fn exception_report(
        &mut self,
        scope: Option<&str>,
        since: Option<NaiveDate>,
        now: Moment,
    ) -> Result<ExceptionReport, StoreError> {
        self.read(|session| {
            check(session, scope)?;
            let sql = format!(
                "SELECT x.kind, r.approval, r.variant, x.state, x.blocking, x.raised_at, x.outcome_at, x.waived_until \
                 FROM exception x JOIN record r ON r.id = x.record WHERE {IN_SCOPE} AND x.raised_at >= ?2"
            );
            let mut find = session.conn.prepare_cached(&sql)?;
            let mut rows = find.query(params![scope, start(since)])?;
            let mut report = ExceptionReport::new();
            while let Some(row) = rows.next()? {
                let ended = row.get::<_, Option<i64>>(7)?.is_some_and(|end| end < day_number(now.day()));
                let state = match row.get_ref(3)?.as_str().unwrap_or_default() {
                    "resolved" => State::Resolved,
                    "waived" if !ended => State::Waived,
                    "in-progress" => State::InProgress,
                    "withdrawn" => State::Withdrawn,
                    _ => State::Open,
                };
                take_exception(
                    &mut report,
                    Raised {
                        kind: row.get(0)?,
                        approval: row.get(1)?,
                        variant: row.get(2)?,
                        state,
                        blocking: row.get(4)?,
                        at: Moment(row.get(5)?),
                        settled_at: row.get::<_, Option<i64>>(6)?.map(Moment),
                    },
                );
            }
            Ok(report)
        })
    }

    /// What went through the desk since a day: releases by week, time per step, returns.
    ///
    /// # Errors
    /// There is no such scope; the desk cannot be read.
    pub fn throughput_report(&mut self, scope: Option<&str>, since: NaiveDate) -> Result<Throughput, StoreError> {
        self.read(|session| {
            check(session, scope)?;
            let policy = session.policy_of(scope)?;
            let today = |step: String| policy.step(&step).map_or(step, |known| known.name.clone());
            let mut report = Throughput { weeks: weeks(session, scope, since)?, ..Throughput::default() };
            let sql = format!(
                "SELECT v.step, v.entered, v.ended, v.outcome, v.reason, n.step FROM visit v \
                 JOIN record r ON r.id = v.record JOIN visit n ON n.record = v.record AND n.number = v.number + 1 \
                 WHERE {IN_SCOPE} AND v.ended >= ?2"
            );
            let mut find = session.conn.prepare_cached(&sql)?;
            let mut rows = find.query(params![scope, start(Some(since))])?;
            while let Some(row) = rows.next()? {
                let sent_back = row.get_ref(3)?.as_str().is_ok_and(|outcome| outcome == "return");
                let reason: Option<String> = row.get(4)?;
                report.take(Stay {
                    step: today(row.get(0)?),
                    next: today(row.get(5)?),
                    entered: Moment(row.get(1)?),
                    ended: Moment(row.get(2)?),
                    returned: sent_back.then(|| reason.unwrap_or_default()),
                });
            }
            Ok(report)
        })
    }

    /// How each scope went since a day, beside as many days before it: those that hold records or are set up, then the
    /// records of none; or one scope.
    ///
    /// # Errors
    /// There is no such scope; the desk cannot be read.
    pub fn rollout_report(
        &mut self,
        scope: Option<&str>,
        since: NaiveDate,
        now: Moment,
    ) -> Result<Vec<Rollout>, StoreError> {
        self.read(|session| {
            check(session, scope)?;
            let before = since - (now.day().succ_opt().unwrap_or(since) - since);
            let mut scopes: Vec<Option<String>> =
                load_scopes(session.conn)?.into_iter().map(|scope| Some(scope.name)).collect();
            scopes.push(None);
            if let Some(only) = scope {
                scopes.retain(|name| name.as_deref() == Some(only));
            }
            let mut report = Vec::new();
            for name in scopes {
                let whose = name.clone().unwrap_or_default();
                let records = count(session, RECORDS, params![whose])?;
                let policy = session.policy_of(name.as_deref())?;
                let end = now.0.saturating_add(1);
                let today = figures(session, &policy, &whose, (start(Some(since)), end))?;
                let then = figures(session, &policy, &whose, (start(Some(before)), start(Some(since))))?;
                if name.is_some() || records > 0 {
                    report.push(Rollout { scope: name, records, since, before, now: today, then });
                }
            }
            Ok(report)
        })
    }
}

fn check(session: &Session<'_>, scope: Option<&str>) -> Result<(), StoreError> {
    scope.map_or(Ok(()), |scope| known_scope(session.conn, scope))
}

fn start(day: Option<NaiveDate>) -> i64 {
    day.map_or(i64::MIN, |day| Moment::start_of(day).0)
}

fn weeks(session: &Session<'_>, scope: Option<&str>, since: NaiveDate) -> Result<Vec<Week>, StoreError> {
    let mut find = session.conn.prepare_cached(
        "SELECT week, sum(released), sum(first_pass) FROM tally_release WHERE (?1 IS NULL OR scope = ?1) AND week >= ?2 \
         GROUP BY week ORDER BY week",
    )?;
    let mut rows = find.query(params![scope, day_number(monday_of(since))])?;
    let mut weeks = Vec::new();
    while let Some(row) = rows.next()? {
        let monday = super::columns::day_of(row.get(0)?).unwrap_or(since);
        weeks.push(Week { monday, released: amount(row, 1)?, first_pass: amount(row, 2)? });
    }
    Ok(weeks)
}

const RECORDS: &str = "SELECT count(*) FROM record r WHERE coalesce(r.scope, '') = ?1";

/// The figures of a scope between two moments; `?1` is the scope, `?2` and `?3` the moments.
const TAKEN_IN: &str =
    "SELECT count(*) FROM record r WHERE coalesce(r.scope, '') = ?1 AND r.created_at >= ?2 AND r.created_at < ?3";
const RELEASED: &str = "SELECT count(*), coalesce(sum(NOT EXISTS (SELECT 1 FROM visit v WHERE v.record = e.record \
    AND v.version = e.version AND v.outcome = 'return')), 0) FROM release e JOIN record r ON r.id = e.record \
    WHERE coalesce(r.scope, '') = ?1 AND e.sealed_at >= ?2 AND e.sealed_at < ?3";
const RETURNS: &str = "SELECT count(*) FROM visit v JOIN record r ON r.id = v.record \
    WHERE coalesce(r.scope, '') = ?1 AND v.outcome = 'return' AND v.ended >= ?2 AND v.ended < ?3";
/// `?4` is the kind, from `?5` on the names of the step of the first checkpoint, today's and earlier ones.
fn raised(names: usize) -> String {
    let places: Vec<String> = (5..5 + names).map(|place| format!("?{place}")).collect();
    format!(
        "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM visit v WHERE v.record = x.record AND v.step IN ({}) \
         AND v.outcome = 'advance' AND v.ended <= x.raised_at)), 0) FROM exception x JOIN record r ON r.id = x.record \
         WHERE coalesce(r.scope, '') = ?1 AND x.kind = ?4 AND x.state <> 'withdrawn' AND x.raised_at >= ?2 \
         AND x.raised_at < ?3",
        places.join(", ")
    )
}
const CORRECTIONS: &str = "SELECT count(*) FROM stage s JOIN record r ON r.id = s.record \
    WHERE coalesce(r.scope, '') = ?1 AND s.revision > 1 AND s.received_at >= ?2 AND s.received_at < ?3";
/// `?4` is the check.
const FOUND: &str = "SELECT coalesce(sum(f.entries), 0) FROM record_finding f JOIN record r ON r.id = f.record \
    WHERE coalesce(r.scope, '') = ?1 AND f.check_id = ?4 AND f.found_in IS NOT NULL AND f.found_at >= ?2 AND f.found_at < ?3";

fn figures(session: &Session<'_>, policy: &Policy, scope: &str, (from, to): (i64, i64)) -> Result<Figures, StoreError> {
    let pair = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Result<(u64, u64), StoreError> {
        let mut find = session.conn.prepare_cached(sql)?;
        Ok(find.query_row(values, |row| Ok((amount(row, 0)?, amount(row, 1)?)))?)
    };
    let review = policy.steps.iter().find(|step| step.checkpoint.is_some()).map_or("", |step| step.name.as_str());
    let earlier = policy.renames.iter().filter(|rename| rename.to == review).map(|rename| rename.from.as_str());
    let reviews: Vec<&str> = std::iter::once(review).chain(earlier).collect();
    let of_kind = |kind: &str| {
        let sql = raised(reviews.len());
        let mut values: Vec<&dyn rusqlite::ToSql> = vec![&scope, &from, &to, &kind];
        values.extend(reviews.iter().map(|name| name as &dyn rusqlite::ToSql));
        pair(&sql, &values)
    };
    let (released, first_pass) = pair(RELEASED, params![scope, from, to])?;
    let (missing, missing_after) = of_kind(MISSING_DATA)?;
    let (late_corrections, _) = of_kind(LATE_CORRECTION)?;
    let mut inherited = 0;
    for check in SILENT {
        inherited += count(session, FOUND, params![scope, from, to, check])?;
    }
    Ok(Figures {
        taken_in: count(session, TAKEN_IN, params![scope, from, to])?,
        released,
        first_pass,
        returns: count(session, RETURNS, params![scope, from, to])?,
        missing_before: missing - missing_after,
        missing_after,
        corrections: count(session, CORRECTIONS, params![scope, from, to])?,
        late_corrections,
        inherited,
    })
}

fn count(session: &Session<'_>, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<u64, StoreError> {
    Ok(session.conn.prepare_cached(sql)?.query_row(values, |row| amount(row, 0))?)
}
