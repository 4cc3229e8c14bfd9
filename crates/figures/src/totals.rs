use num_rational::Ratio;

#[derive(Debug, Clone)]
pub struct TotalRule {
    /// Per cent. Nobody can work out the largest contribution to within this.
    pub p: Ratio<u128>,
    pub least_organisations: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Total {
    TooFewOrganisations,
    /// The second largest giver could work out the largest one too closely.
    TooClose {
        rest: u64,
        limit: Ratio<u128>,
    },
    Shown {
        total: u64,
        rest: u64,
        limit: Ratio<u128>,
    },
}

/// A total of money or amounts, by the p% rule: what is left without the two largest must be at least p% of the
/// largest. None when the contributions are too great to add up.
pub fn total(rule: &TotalRule, contributions: &[u64]) -> Option<Total> {
    if contributions.len() < rule.least_organisations {
        return Some(Total::TooFewOrganisations);
    }
    let total = crate::sum(contributions)?;
    let mut sorted = contributions.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let largest = sorted.first().copied().unwrap_or(0);
    let rest = total - largest - sorted.get(1).copied().unwrap_or(0);
    let limit = rule.p / Ratio::from(100) * Ratio::from(u128::from(largest));
    Some(if Ratio::from(u128::from(rest)) < limit {
        Total::TooClose { rest, limit }
    } else {
        Total::Shown { total, rest, limit }
    })
}
