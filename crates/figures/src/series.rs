//! What is known of a measure: a sum always says from how many, and who has said nothing is not counted as zero.

use std::collections::HashMap;

use num_rational::Ratio;

/// What an organisation gave for a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Value(Ratio<i128>),
    Mark(Mark),
}

/// The marks of official statistics for a figure that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `[x]`
    NotAvailable,
    /// `[z]`: the organisation is not one that is asked.
    NotApplicable,
    /// `[c]`
    HeldBack,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<'a> {
    pub sum: Ratio<i128>,
    /// How many gave a value.
    pub from: usize,
    /// How many were asked to whom it applies.
    pub of: usize,
    pub not_given: Vec<&'a str>,
    pub not_applicable: Vec<&'a str>,
}

impl Known<'_> {
    /// It is a total only when everybody gave a value.
    pub fn whole(&self) -> bool {
        self.from == self.of
    }

    /// Per cent of a target, half up.
    pub fn of_target(&self, target: Ratio<i128>) -> Option<i128> {
        if target == Ratio::from(0) {
            return None;
        }
        let percent = self.sum * Ratio::from(100) / target;
        Some((percent + Ratio::new(1, 2)).floor().to_integer())
    }
}

/// Sums what the asked organisations gave. Of several figures of one, the last is the current one.
pub fn known<'a>(asked: &'a [String], figures: &[(String, Figure)]) -> Known<'a> {
    let current: HashMap<&str, Figure> = figures
        .iter()
        .map(|(organisation, figure)| (organisation.as_str(), *figure))
        .collect();
    let mut known = Known {
        sum: Ratio::from(0),
        from: 0,
        of: 0,
        not_given: Vec::new(),
        not_applicable: Vec::new(),
    };
    for organisation in asked {
        match current.get(organisation.as_str()) {
            Some(Figure::Mark(Mark::NotApplicable)) => {
                known.not_applicable.push(organisation);
                continue;
            }
            Some(Figure::Value(value)) => {
                known.sum += value;
                known.from += 1;
            }
            Some(Figure::Mark(Mark::NotAvailable | Mark::HeldBack)) | None => {
                known.not_given.push(organisation);
            }
        }
        known.of += 1;
    }
    known
}
