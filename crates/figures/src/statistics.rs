//! Medians and quartiles of pay and prices that show no single employer.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use num_rational::Ratio;

#[derive(Debug, Clone)]
pub struct StatisticsRule {
    pub least_organisations: usize,
    /// No organisation gives more than this share of the values.
    pub largest_share: Ratio<u64>,
    pub least_for_quartiles: usize,
    /// Figures are shown to the nearest of this.
    pub round_to: u64,
}

/// How old figures must be.
#[derive(Debug, Clone, Copy)]
pub struct Age {
    /// The last day of the period.
    pub period_end: Date,
    pub months: i32,
    pub today: Date,
}

#[derive(Debug, Clone)]
pub struct Value {
    pub by: String,
    pub value: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    pub organisations: Organisations,
    pub median: u64,
    /// The lower and the upper one, from enough values on.
    pub quartiles: Option<(u64, u64)>,
}

/// How many organisations gave values, as it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organisations {
    Between(usize, usize),
    TenOrMore,
}

impl std::fmt::Display for Organisations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Organisations::Between(least, most) => write!(f, "{least} to {most}"),
            Organisations::TenOrMore => f.write_str("10 or more"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatisticsWithheld {
    TooFewOrganisations,
    OneOrganisationDominates,
    TooNew,
}

/// The median and the quartiles, rounded.
///
/// # Errors
/// When too few organisations gave values, one gave too many of them, or they are too new.
pub fn statistics(
    rule: &StatisticsRule,
    age: Option<Age>,
    values: &[Value],
) -> Result<Statistics, StatisticsWithheld> {
    let mut by: HashMap<&str, u64> = HashMap::new();
    for value in values {
        *by.entry(&value.by).or_default() += 1;
    }
    if by.len() < rule.least_organisations.max(1) {
        return Err(StatisticsWithheld::TooFewOrganisations);
    }
    let most = by.values().copied().max().unwrap_or(0);
    if Ratio::new(most, values.len() as u64) > rule.largest_share {
        return Err(StatisticsWithheld::OneOrganisationDominates);
    }
    if age.is_some_and(too_new) {
        return Err(StatisticsWithheld::TooNew);
    }
    let mut sorted: Vec<u64> = values.iter().map(|value| value.value).collect();
    sorted.sort_unstable();
    let quarter = |n| at_quarter(&sorted, n, rule.round_to);
    Ok(Statistics {
        organisations: match by.len() {
            10.. => Organisations::TenOrMore,
            5.. => Organisations::Between(5, 9),
            _ => Organisations::Between(rule.least_organisations.max(1), 4),
        },
        median: quarter(2),
        quartiles: (values.len() >= rule.least_for_quartiles).then(|| (quarter(1), quarter(3))),
    })
}

/// The months begin on the day after the period.
fn too_new(age: Age) -> bool {
    let over = age
        .period_end
        .tomorrow()
        .and_then(|day| day.checked_add(age.months.months()));
    over.map_or(true, |day| age.today < day)
}

/// The value at a quarter of the ranks, linear between them (PERCENTILE.INC of a spreadsheet), to the nearest
/// `round_to`, half up.
fn at_quarter(sorted: &[u64], quarter: usize, round_to: u64) -> u64 {
    let rank = quarter * (sorted.len() - 1);
    let (below, part) = (rank / 4, rank as u128 % 4);
    let low = u128::from(sorted[below]);
    let high = u128::from(sorted[(below + 1).min(sorted.len() - 1)]);
    let quarters = low * (4 - part) + high * part;
    let step = u128::from(round_to.max(1));
    u64::try_from((quarters + 2 * step) / (4 * step) * step).unwrap_or(u64::MAX)
}
