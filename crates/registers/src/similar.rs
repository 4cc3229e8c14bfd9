//! Records that may be about the same thing. Scores are whole fifths and shares, so that nothing is decided by rounding.

use std::cmp::Reverse;
use std::collections::HashSet;

use jiff::civil::Date;

use crate::words::Words;

/// A record that somebody who starts another one may be shown. Only pass what the reader may see.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: String,
    pub title: Words,
    pub keywords: Words,
    pub summary: Words,
    pub published: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar<'a> {
    pub id: &'a str,
    /// In fifths of a word: 5 for each word that the title or the keywords have, 3 for one of the summary.
    fifths: usize,
    words: usize,
}

impl Similar<'_> {
    /// 0 to 1 with two decimals, half up: "0.75".
    pub fn shown(&self) -> String {
        two_decimals(self.fifths, 5 * self.words)
    }
}

const IN_TITLE: usize = 5;
const IN_SUMMARY: usize = 3;
const MOST_SHOWN: usize = 3;

/// The three most similar records with a score of a half or more, the best first, of equal ones the newer.
pub fn similar<'a>(asked: &Words, candidates: &'a [Candidate]) -> Vec<Similar<'a>> {
    let score = |candidate: &Candidate| -> usize {
        asked
            .iter()
            .map(|word| {
                if candidate.title.matches(word) || candidate.keywords.matches(word) {
                    IN_TITLE
                } else if candidate.summary.matches(word) {
                    IN_SUMMARY
                } else {
                    0
                }
            })
            .sum()
    };
    let mut found: Vec<(usize, &Candidate)> = candidates
        .iter()
        .map(|candidate| (score(candidate), candidate))
        .filter(|(fifths, _)| *fifths > 0 && 2 * fifths >= IN_TITLE * asked.len())
        .collect();
    found.sort_by_key(|(fifths, candidate)| Reverse((*fifths, candidate.published)));
    found
        .into_iter()
        .take(MOST_SHOWN)
        .map(|(fifths, candidate)| Similar {
            id: &candidate.id,
            fifths,
            words: asked.len(),
        })
        .collect()
}

/// How far the titles of two records say the same: shared words of all words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    shared: usize,
    all: usize,
}

impl Overlap {
    /// 0 to 1 with two decimals, half up.
    pub fn shown(self) -> String {
        two_decimals(self.shared, self.all)
    }

    /// Titles that overlap by 0.60 or more are of one thing, if the records also share an organisation or an area.
    pub fn is_probable_duplicate(self, shares_a_place: bool) -> bool {
        shares_a_place && self.all > 0 && 5 * self.shared >= 3 * self.all
    }
}

pub fn overlap(one: &Words, other: &Words) -> Overlap {
    let all: HashSet<&str> = one.iter().chain(other.iter()).collect();
    Overlap {
        shared: one.shared(other),
        all: all.len(),
    }
}

fn two_decimals(part: usize, whole: usize) -> String {
    let hundredths = (200 * part + whole)
        .checked_div(2 * whole)
        .unwrap_or_default();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
