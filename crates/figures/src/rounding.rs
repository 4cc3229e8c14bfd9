/// A list of rounded counts with its total. None: hidden, because the count is small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rounded {
    pub cells: Vec<Option<u64>>,
    pub total: Option<u64>,
}

/// Hides counts of 1 to `k` − 1 and shows all others to the nearest `base`; the total is that of the true figures.
/// Because it is rounded, no second count needs hiding. None when the counts are too great to add up.
pub fn round_list(k: u64, base: u64, counts: &[u64]) -> Option<Rounded> {
    let show = |count: u64| (count == 0 || count >= k).then(|| nearest(count, base));
    Some(Rounded {
        cells: counts.iter().map(|count| show(*count)).collect(),
        total: show(crate::sum(counts)?),
    })
}

/// To the nearest `base`, half up.
pub fn nearest(count: u64, base: u64) -> u64 {
    let base = u128::from(base.max(1));
    let steps = (u128::from(count) * 2 + base) / (base * 2);
    u64::try_from(steps * base).unwrap_or(count)
}
