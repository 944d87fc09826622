//! The columns of a list: which of them fit, and how wide each is.

/// Columns in their order, each with the cells it takes; one that takes none is not shown.
pub type Columns<C> = Vec<(C, usize)>;

/// Columns behind a margin, made wider one by one in the order given, each where all of them still fit into `width`; and the
/// cells that are left.
pub fn fitting<C: Copy + PartialEq>(
    mut columns: Columns<C>,
    wider: impl IntoIterator<Item = (C, usize)>,
    margin: usize,
    width: usize,
) -> (Columns<C>, usize) {
    let taken = |columns: &[(C, usize)]| {
        margin + columns.iter().map(|(_, cells)| cells + usize::from(*cells > 0)).sum::<usize>()
    };
    for (column, more) in wider {
        let mut with = columns.clone();
        if let Some((_, cells)) = with.iter_mut().find(|(known, _)| *known == column) {
            *cells = more;
        }
        if taken(&with) <= width {
            columns = with;
        }
    }
    columns.retain(|(_, cells)| *cells > 0);
    let left = width.saturating_sub(taken(&columns));
    (columns, left)
}
