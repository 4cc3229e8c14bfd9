use std::str::FromStr;

use num_rational::Ratio;

/// A share between nothing and the whole, such as a quorum: "1/2", "2/3", "0" or "1".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(Ratio<u64>);

impl Share {
    pub const NONE: Share = Share(Ratio::new_raw(0, 1));

    /// None unless it is between 0 and 1.
    pub fn new(numerator: u64, denominator: u64) -> Option<Share> {
        (denominator > 0 && numerator <= denominator)
            .then(|| Share(Ratio::new(numerator, denominator)))
    }

    /// This share of `whole`, rounded up to the next whole one.
    pub fn of_rounded_up(self, whole: usize) -> usize {
        let part = whole as u128 * u128::from(*self.0.numer());
        // At most `whole`, because a share is at most 1.
        part.div_ceil(u128::from(*self.0.denom())) as usize
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Share, String> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        match (numerator.trim().parse(), denominator.trim().parse()) {
            (Ok(n), Ok(d)) => Share::new(n, d),
            _ => None,
        }
        .ok_or_else(|| format!("“{text}” is no share between 0 and 1, such as 1/2"))
    }
}
