//! What becomes of a record when its approval is withdrawn, suspended, reinstated or brought in with other content: the
//! desk's own act on each record that names it, told once for each change.

use chrono::NaiveDate;

use super::exceptions::resolve_by_desk;
use super::incoming::raise_if_late;
use super::{LATE_CORRECTION, Refusal, Work};
use crate::domain::action::ApprovalNews;
use crate::domain::address::Address;
use crate::domain::approval::{Standing, Status};
use crate::domain::certificate::manufactured;
use crate::domain::exception::{Exception, State};
use crate::domain::identity::ExceptionId;
use crate::domain::person::Role;
use crate::domain::policy::Outcome;
use crate::domain::record::ApprovalTold;

/// The kind of exception the desk raises when the approval of a record is withdrawn or suspended.
pub const APPROVAL_MISMATCH: &str = "approval-mismatch";

const NUMBER: &str = "TypeApprovalNumber";

/// Tells a record what became of the approval it names. A record that names another, or was told already, stays as it is.
pub fn tell(work: &mut Work<'_>, news: &ApprovalNews) -> Result<(), Refusal> {
    work.need("tell records what became of their approval", &[Role::Lead, Role::Admin])?;
    if work.record.declares(NUMBER) != Some(news.number.as_str()) {
        return Ok(());
    }
    void_for_good(work, news);
    let news = &of_vehicle(work, news);
    let before = work.record.told.clone().filter(|told| told.number == news.number);
    let known = before.as_ref().map(|told| (told.status, told.from));
    if known == Some((news.status, news.from)) || (known.is_none() && news.status == Status::Valid) {
        return Ok(());
    }
    let words = known.map_or("valid".to_owned(), |(status, from)| in_words(status, from));
    work.facts.line(format!("approval {}", news.number), Some(words), Some(in_words(news.status, news.from)));
    work.facts.reason = Some(news.reason.clone());
    if let Some(id) = before.and_then(|told| told.exception) {
        settle(work, id, news);
    }
    let rests = work.case.policy.step(&work.record.step).is_some_and(|step| step.outcome == Outcome::Rest);
    let exception = if rests || news.status == Status::Valid { None } else { raise(work, news) };
    work.record.told =
        Some(ApprovalTold { number: news.number.clone(), status: news.status, from: news.from, exception });
    Ok(())
}

/// What the approval says of itself is content of the certificates under it. Where that changed, what was confirmed and signed
/// on it is void, and stays so when the approval says the old thing again. Nobody of this record did it, so nobody becomes one
/// who changed its content; behind the review somebody has to look at it.
fn void_for_good(work: &mut Work<'_>, news: &ApprovalNews) {
    let told = work.facts.lines.len();
    work.void_what_no_longer_fits();
    if work.facts.lines.len() > told {
        let what = format!("approval {} came in with other content", news.number);
        raise_if_late(work, &what);
        work.facts.reason = Some(what);
    }
}

/// The news as far as they are about this vehicle: its day of manufacture may go by another change than the last one.
fn of_vehicle(work: &Work<'_>, news: &ApprovalNews) -> ApprovalNews {
    let Some(approval) = work.case.approvals.iter().find(|approval| approval.number == news.number) else {
        return news.clone();
    };
    let Standing { status, from, reason } = approval.standing_for(manufactured(&work.record));
    if (status, from) == (news.status, news.from) {
        return news.clone();
    }
    ApprovalNews { status, from, reason: reason.unwrap_or_else(|| news.reason.clone()), ..news.clone() }
}

fn in_words(status: Status, from: Option<NaiveDate>) -> String {
    from.map_or(status.word().to_owned(), |from| format!("{} from {from}", status.word()))
}

/// The exception about a record in work. It blocks unless the vehicle is known to be manufactured before the day.
fn raise(work: &mut Work<'_>, news: &ApprovalNews) -> Option<ExceptionId> {
    // A policy may lack the kind, and the news must be seen all the same: every policy has the other one.
    let policy = work.case.policy;
    let kind = policy.exception_kind(APPROVAL_MISMATCH).or_else(|| policy.exception_kind(LATE_CORRECTION))?;
    let built = manufactured(&work.record);
    let covered = built.zip(news.from).filter(|(built, from)| built < from).map(|(built, _)| built);
    let what = format!("approval {} is {} ({})", news.number, in_words(news.status, news.from), news.reason);
    let text = match covered {
        Some(built) => format!(
            "{what}: this vehicle, manufactured on {built}, stays covered; mind the limits for vehicles of an ended series"
        ),
        None => format!("{what}: this vehicle is not covered; name another approval"),
    };
    let id = ExceptionId(work.next_exception);
    work.next_exception += 1;
    work.facts.line(format!("exception {}", id.0), None, Some(format!("{}: {what}", kind.name)));
    let at = Address::unchecked(NUMBER);
    work.record.exceptions.push(Exception {
        blocking: kind.blocking && covered.is_none(),
        ..Exception::by_desk(id, kind, Some(&at), &text, work.case.now)
    });
    Some(id)
}

/// Settles what the desk raised about the status before, where nobody did: its cause is gone, or another took its place.
fn settle(work: &mut Work<'_>, id: ExceptionId, news: &ApprovalNews) {
    let today = work.case.now.day();
    if !work.record.exceptions.iter().any(|one| one.id == id && one.is_open_on(today)) {
        return;
    }
    let text = format!("approval {} is {} ({})", news.number, in_words(news.status, news.from), news.reason);
    let was = resolve_by_desk(work, id, &text).map(|was| was.word().to_owned());
    work.facts.line(format!("exception {}", id.0), was, Some(State::Resolved.word().to_owned()));
}
