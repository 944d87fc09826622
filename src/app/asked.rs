//! A question put to the desk whose answer comes later, page by page where it is long: how a list is read, however many rows
//! the desk has.

use std::collections::BTreeSet;

use super::msg::Ticket;

/// Rows of a page.
const PAGE: usize = 100;

/// Rows a list holds at most; a filter is the way to find something among more.
const MOST_ROWS: usize = 5_000;

/// What is known of a question: whether it is on its way, whether its answer has come, and where the rest of that begins.
///
/// Invariant: one question is on its way at most, and nothing is taken but its own answer; what happens while it is on its way
/// leaves it [stale](Asked::is_stale), and stale it stays until all is asked for again.
#[derive(Debug, Clone)]
pub struct Asked<After> {
    on_its_way: Option<(Ticket, Part)>,
    stale: bool,
    known: bool,
    next: Option<After>,
}

/// What of the answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All that is shown, from the beginning.
    All,
    /// The rows behind those that are here.
    More,
}

impl Part {
    /// Puts the rows of the part in the place of those that are here, or behind them. Between two pages a row may have moved
    /// from one to the other: it stays where it was.
    pub fn join<Row, Id: Ord>(self, here: &mut Vec<Row>, rows: Vec<Row>, id: impl Fn(&Row) -> Id) {
        match self {
            Part::All => *here = rows,
            Part::More => {
                let old: BTreeSet<Id> = here.iter().map(&id).collect();
                here.extend(rows.into_iter().filter(|row| !old.contains(&id(row))));
            }
        }
    }
}

impl<After> Default for Asked<After> {
    fn default() -> Self {
        Asked { on_its_way: None, stale: false, known: false, next: None }
    }
}

impl<After> Asked<After> {
    /// Whether all may be asked for now. While a question is on its way it may not be: it is stale then.
    pub fn may_ask(&mut self) -> bool {
        self.stale = self.on_its_way.is_some();
        !self.stale
    }

    /// Asks for all, under this ticket.
    pub fn all(&mut self, ticket: Ticket) {
        (self.on_its_way, self.stale) = (Some((ticket, Part::All)), false);
    }

    /// Asks for the rows behind those that are here, under this ticket.
    pub fn more(&mut self, ticket: Ticket) {
        self.on_its_way = Some((ticket, Part::More));
    }

    /// Where the rest begins, when it is to be asked for: the cursor comes near the end of the rows that are here.
    pub fn rest(&self, at: usize, rows: usize) -> Option<&After> {
        let near = at + PAGE / 2 >= rows && rows < MOST_ROWS;
        self.next.as_ref().filter(|_| near && self.on_its_way.is_none())
    }

    /// An answer is here: which part it is, if it is the one that is waited for. The rest begins where `next` says.
    pub fn answered(&mut self, ticket: Ticket, next: Option<After>) -> Option<Part> {
        let (_, part) = self.on_its_way.take_if(|(asked, _)| *asked == ticket)?;
        (self.known, self.next) = (true, next);
        Some(part)
    }

    /// The answer is not to be had, and may be asked for again; says whether it was waited for.
    pub fn failed(&mut self, ticket: Ticket) -> bool {
        self.on_its_way.take_if(|(asked, _)| *asked == ticket).is_some()
    }

    /// Another question takes its place: nothing of its answer is known, and none to the one before is waited for.
    pub fn anew(&mut self) {
        *self = Asked::default();
    }

    /// Where the rest begins is not known any more: the rows have another order now.
    pub fn forget_rest(&mut self) {
        self.next = None;
    }

    /// Whether an answer is here.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// Whether the first answer is waited for: what stands in its place answers another question.
    pub fn is_awaited(&self) -> bool {
        !self.known && self.on_its_way.is_some()
    }

    /// Whether all is to be asked for again, now that the answer is here.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// Whether there is more behind the rows that are here.
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// The ticket of the question on its way.
    pub fn ticket(&self) -> Option<Ticket> {
        self.on_its_way.map(|(ticket, _)| ticket)
    }
}

/// Rows to ask for when all is asked for, the cursor on that row: as far as was read, and a page more.
pub fn as_far_as(at: usize) -> usize {
    (at + PAGE).clamp(PAGE, MOST_ROWS)
}

/// Rows to ask for when more are.
pub const MORE: usize = 2 * PAGE;

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked<&'static str> {
        let mut asked = Asked::default();
        assert!(asked.may_ask());
        asked.all(Ticket(1));
        asked
    }

    #[test]
    fn only_the_answer_that_is_waited_for_is_taken_and_that_once() {
        let mut asked = asked();
        assert!(asked.is_awaited());
        assert_eq!(asked.answered(Ticket(0), Some("b")), None);
        assert!(!asked.is_known() && !asked.has_more());
        assert_eq!(asked.answered(Ticket(1), Some("b")), Some(Part::All));
        assert!(asked.is_known() && asked.has_more() && !asked.is_awaited());
        assert_eq!(asked.answered(Ticket(1), None), None);
        assert!(asked.has_more());
    }

    #[test]
    fn what_happens_while_a_question_is_on_its_way_is_asked_for_once_the_answer_is_here() {
        let mut asked = asked();
        assert!(!asked.may_ask() && !asked.may_ask());
        asked.answered(Ticket(1), Some("b"));
        assert!(asked.is_stale());
        // Rows behind those that are here do not make those fresh.
        asked.more(Ticket(2));
        asked.answered(Ticket(2), None);
        assert!(asked.is_stale());
        assert!(asked.may_ask());
        asked.all(Ticket(3));
        asked.answered(Ticket(3), None);
        assert!(!asked.is_stale());
    }

    #[test]
    fn the_rest_is_asked_for_near_the_end_and_once() {
        let mut asked = asked();
        assert_eq!(asked.rest(0, 0), None);
        asked.answered(Ticket(1), Some("b"));
        assert_eq!(asked.rest(0, 100), None);
        assert_eq!(asked.rest(50, 100), Some(&"b"));
        assert_eq!(asked.rest(MOST_ROWS, MOST_ROWS), None);
        asked.more(Ticket(2));
        assert_eq!(asked.rest(50, 100), None);
        assert_eq!(asked.answered(Ticket(2), None), Some(Part::More));
        assert_eq!(asked.rest(250, 300), None);
    }

    #[test]
    fn what_cannot_be_had_may_be_asked_for_again() {
        let mut asked = asked();
        assert!(!asked.failed(Ticket(7)));
        assert!(!asked.may_ask());
        assert!(asked.failed(Ticket(1)));
        assert!(!asked.is_awaited() && !asked.is_known());
        assert!(asked.may_ask());
    }

    #[test]
    fn another_question_forgets_the_answer_and_the_one_on_its_way() {
        let mut asked = asked();
        asked.answered(Ticket(1), Some("b"));
        asked.more(Ticket(2));
        asked.anew();
        assert!(!asked.is_known() && !asked.has_more());
        assert_eq!(asked.answered(Ticket(2), Some("c")), None);
    }

    #[test]
    fn rows_of_the_next_page_come_behind_those_that_are_here_each_once() {
        let mut rows = vec![1, 2];
        Part::More.join(&mut rows, vec![2, 3], |row| *row);
        assert_eq!(rows, [1, 2, 3]);
        Part::All.join(&mut rows, vec![4], |row| *row);
        assert_eq!(rows, [4]);
    }

    #[test]
    fn all_is_asked_for_as_far_as_it_was_read_and_a_page_more() {
        assert_eq!([0, 150, 9_000].map(as_far_as), [100, 250, MOST_ROWS]);
    }
}
