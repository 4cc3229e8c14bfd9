use crate::hidden::{Cells, Shown};

/// A list of counts with its total, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub cells: Vec<Shown>,
    pub total: Shown,
}

/// Hides counts of 1 to `k` − 1, and what would give one away. None when the counts are too great to add up.
pub fn protect_list(k: u64, counts: &[u64]) -> Option<List> {
    let mut values = counts.to_vec();
    values.push(crate::sum(counts)?);
    let mut cells = Cells::new(k, &values, vec![(0..values.len()).collect()]);
    cells.settle();
    let mut shown = cells.shown();
    let total = shown.pop()?;
    Some(List {
        cells: shown,
        total,
    })
}
