//! What may be said in public about numbers: small counts hidden so that nobody can work them out, shares, statistics
//! of pay and totals that give nobody away, and what is known of a measure. No file, network, clock or random source is
//! touched, and no float decides anything. See the crate's README.

mod hidden;
mod list;
mod rounding;
mod series;
mod share;
mod statistics;
mod table;
mod totals;

pub use hidden::{Hidden, Shown};
pub use list::{List, protect_list};
pub use rounding::{Rounded, nearest, round_list};
pub use series::{Figure, Known, Mark, known};
pub use share::{About, Share, ShareWithheld, share};
pub use statistics::{
    Age, Organisations, Statistics, StatisticsRule, StatisticsWithheld, Value, statistics,
};
pub use table::{Table, protect_table};
pub use totals::{Total, TotalRule, total};

/// None when it is too great.
fn sum(counts: &[u64]) -> Option<u64> {
    counts
        .iter()
        .try_fold(0_u64, |sum, count| sum.checked_add(*count))
}
