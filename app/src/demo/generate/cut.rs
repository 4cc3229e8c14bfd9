//! A text of a made record, cut at what is another in each copy: ids, names, times, days, digests.

use std::collections::BTreeMap;

use jiff::civil::Date;
use packs::Role;

/// What stands in the names of the organisations, people and agreements that moulds are made of, each
/// followed by a number. Folding a text for search leaves them whole.
pub const ORGANISATION: &str = "Slotorg";
pub const PERSON: &str = "Slotper";
pub const DOMAIN: &str = "slotdom";
pub const CODE: &str = "SLOTODS";
pub const TITLE: &str = "Slottitle";
/// The numbers of the fee register that moulds use.
pub const FEE: u32 = 9_900_000;

/// Something that is another in each copy. Seats are the parties of the mould, in their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Slot {
    /// The copy's own n-th id, and its prefix.
    Id(usize),
    Organisation(usize),
    Name(usize),
    Person(usize, Role),
    PersonName(usize, Role),
    Domain(usize),
    Code(usize),
    /// Its number in the fee register, with the letter and without.
    Fee(usize),
    FeeNumber(usize),
    Title,
    /// UTC microseconds.
    Time(i64),
    Day(Date),
    /// Of the version of this number.
    Digest(i64),
}

#[derive(Debug, Clone)]
enum Piece {
    Same(String),
    Other(Slot),
    /// The same, folded for search.
    Folded(Slot),
}

#[derive(Debug, Clone)]
pub struct Cut(Vec<Piece>);

/// What the words of a mould's texts stand for.
#[derive(Debug, Default)]
pub struct Known {
    /// Ids of organisations and people, and digests of versions.
    pub words: BTreeMap<String, Slot>,
    /// The seat of each organisation, by the number in its name.
    pub seats: BTreeMap<usize, usize>,
    /// The prefixes of the ids that are the copy's own.
    pub ids: Vec<String>,
}

impl Known {
    pub fn cut(&mut self, text: &str) -> Cut {
        let mut pieces = Vec::new();
        let mut same = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = word_length(rest);
            let (word, other) = if first == '\\' {
                // The letter after it belongs to an escape of JSON, and to no word.
                (rest.get(..2).unwrap_or(rest), None)
            } else if length == 0 {
                (&rest[..first.len_utf8()], None)
            } else if let Some(day) = day(rest) {
                (&rest[..10], Some(Piece::Other(Slot::Day(day))))
            } else {
                (&rest[..length], self.slot(&rest[..length]))
            };
            match other {
                Some(other) => {
                    if !same.is_empty() {
                        pieces.push(Piece::Same(std::mem::take(&mut same)));
                    }
                    pieces.push(other);
                }
                None => same.push_str(word),
            }
            rest = &rest[word.len()..];
        }
        if !same.is_empty() {
            pieces.push(Piece::Same(same));
        }
        Cut(pieces)
    }

    fn slot(&mut self, word: &str) -> Option<Piece> {
        if let Some(slot) = self.words.get(word) {
            return Some(Piece::Other(slot.clone()));
        }
        let numeric = word.bytes().all(|b| b.is_ascii_digit());
        if numeric && word.len() == 16 {
            return Some(Piece::Other(Slot::Time(word.parse().ok()?)));
        }
        if word.len() == 30 && word.as_bytes()[3] == b'_' && word[4..].starts_with("01") {
            let slot = Slot::Id(self.ids.len());
            self.ids.push(word[..3].to_owned());
            self.words.insert(word.to_owned(), slot.clone());
            return Some(Piece::Other(slot));
        }
        if let Some(number) = word.trim_start_matches(['Z', 'z']).parse::<u32>().ok()
            && word.len() <= 8
            && let Some(seat) = number.checked_sub(FEE)
        {
            let seat = *self.seats.get(&(seat as usize))?;
            return Some(match word.as_bytes()[0] {
                b'Z' => Piece::Other(Slot::Fee(seat)),
                b'z' => Piece::Folded(Slot::Fee(seat)),
                _ => Piece::Other(Slot::FeeNumber(seat)),
            });
        }
        let folded = word.starts_with('s');
        let marked = |mark: &str| {
            let rest = word.get(mark.len()..)?;
            word.starts_with(mark)
                .then_some(rest)
                .or_else(|| (folded && word.starts_with(&mark.to_lowercase())).then_some(rest))
        };
        let seat = |number: &str| self.seats.get(&number.parse().ok()?).copied();
        let slot = if let Some(number) = marked(ORGANISATION) {
            Slot::Name(seat(number)?)
        } else if let Some(number) = marked(PERSON) {
            let (number, role) = number.split_at_checked(number.len().checked_sub(1)?)?;
            let (_, role) = *Role::ALL.get(role.parse::<usize>().ok()?)?;
            Slot::PersonName(seat(number)?, role)
        } else if let Some(number) = marked(DOMAIN) {
            return Some(Piece::Other(Slot::Domain(seat(number)?)));
        } else if let Some(number) = marked(CODE) {
            Slot::Code(seat(number)?)
        } else if marked(TITLE).is_some_and(str::is_empty) {
            Slot::Title
        } else {
            return None;
        };
        Some(if folded {
            Piece::Folded(slot)
        } else {
            Piece::Other(slot)
        })
    }
}

impl Cut {
    /// The text of a copy.
    pub fn fill(&self, put: &impl Fn(&Slot, &mut String)) -> String {
        let mut text = String::with_capacity(self.0.len() * 48);
        for piece in &self.0 {
            match piece {
                Piece::Same(same) => text.push_str(same),
                Piece::Other(slot) => put(slot, &mut text),
                Piece::Folded(slot) => {
                    let mut plain = String::new();
                    put(slot, &mut plain);
                    text.push_str(&crate::kernel::phrases::fold(&plain));
                }
            }
        }
        text
    }
}

fn word_length(text: &str) -> usize {
    text.bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count()
}

/// The day at the beginning of a text that begins with one and nothing longer.
fn day(text: &str) -> Option<Date> {
    let day = text.get(..10)?;
    let shape = day.bytes().enumerate().all(|(place, b)| match place {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    let ends = !text[10..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
    (shape && ends).then(|| day.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_what_changes() {
        let mut known = Known::default();
        known.seats.insert(7, 1);
        let text = "{\"id\":\"agr_01J0000000000000000000000A\",\"by\":\"Slotper72 of\\nSlotorg7\",\
            \"at\":1790000000000000,\"on\":\"2026-11-21\",\"key\":\"slotorg7 slottitle\",\"fee\":\"Z00\"}";
        let cut = known.cut(text);
        let filled = cut.fill(&|slot, text| {
            text.push_str(match slot {
                Slot::Id(0) => "one",
                Slot::Name(1) => "The Borough",
                Slot::PersonName(1, Role::DataProtectionOfficer) => "Ann",
                Slot::Time(1_790_000_000_000_000) => "5",
                Slot::Day(_) => "today",
                Slot::Title => "Fires & Floods",
                other => panic!("{other:?}"),
            });
        });
        assert_eq!(
            filled,
            "{\"id\":\"one\",\"by\":\"Ann of\\nThe Borough\",\"at\":5,\"on\":\"today\",\
             \"key\":\"the borough fires and floods\",\"fee\":\"Z00\"}"
        );
        assert_eq!(known.ids, ["agr"]);
    }
}
