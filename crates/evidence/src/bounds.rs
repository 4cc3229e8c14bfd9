//! How much a file may hold. Each bound is checked before anything of its size is made, so that no file
//! takes more memory or time than a file of an agreement does.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::{Body, Key, Unreadable};

/// How deep a file may be nested.
pub const MAX_DEPTH: usize = 32;
/// Strings, objects, arrays and commas of a file, its texts included.
pub const MAX_PARTS: usize = 300_000;
/// Versions, decisions, acts, keys and attachments, each.
pub const MAX_ITEMS: usize = 2_000;
/// RFC 8785 keeps integers up to this exactly.
const MAX_INTEGER: u64 = 1 << 53;

/// How many parts may still be read.
pub(crate) struct Budget(Cell<usize>);

impl Budget {
    pub fn new() -> Budget {
        Budget(Cell::new(MAX_PARTS))
    }

    /// Counts the parts of a JSON text without taking it apart.
    pub fn count(&self, text: &[u8]) -> Result<(), Unreadable> {
        scan(text, |part| match part {
            Part::Number(_) | Part::Close => Ok(()),
            Part::Open | Part::Other => self.take(),
        })
    }

    /// As [`Budget::count`], and refuses what is nested too deeply or holds another number than a whole one.
    pub fn count_file(&self, text: &[u8]) -> Result<(), Unreadable> {
        let mut depth = 0_usize;
        scan(text, |part| {
            match part {
                Part::Open => depth += 1,
                Part::Close => {
                    depth = depth.saturating_sub(1);
                    return Ok(());
                }
                Part::Number(digits) if !is_whole(digits) => return Err(Unreadable::Number),
                Part::Number(_) => return Ok(()),
                Part::Other => {}
            }
            if depth > MAX_DEPTH {
                return Err(Unreadable::TooDeep);
            }
            self.take()
        })
    }

    fn take(&self) -> Result<(), Unreadable> {
        let left = self.0.get().checked_sub(1).ok_or(Unreadable::TooMany)?;
        self.0.set(left);
        Ok(())
    }
}

enum Part<'a> {
    Open,
    Close,
    Number(&'a [u8]),
    /// A string or a comma.
    Other,
}

/// Goes through a JSON text once. What is no JSON is left for its reader to refuse.
fn scan<'a>(
    text: &'a [u8],
    mut part: impl FnMut(Part<'a>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut at = 0;
    while at < text.len() {
        let from = at;
        at += 1;
        match text[from] {
            b'{' | b'[' => part(Part::Open)?,
            b'}' | b']' => part(Part::Close)?,
            b',' => part(Part::Other)?,
            b'"' => {
                part(Part::Other)?;
                while at < text.len() && text[at] != b'"' {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let of_number =
                    |b: &u8| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                at += text[at..].iter().take_while(|b| of_number(b)).count();
                part(Part::Number(&text[from..at]))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_whole(digits: &[u8]) -> bool {
    let Ok(digits) = std::str::from_utf8(digits) else {
        return false;
    };
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    digits != "-0"
        && unsigned.bytes().all(|b| b.is_ascii_digit())
        && unsigned.parse::<u64>().is_ok_and(|n| n <= MAX_INTEGER)
}

/// The lists of a bundle, and that it names no version and no key of somebody twice.
pub(crate) fn body(body: &Body, budget: &Budget) -> Result<(), Unreadable> {
    items(body.versions.len())?;
    items(body.decisions.len())?;
    let mut digests = BTreeSet::new();
    if !body.versions.iter().all(|v| digests.insert(&v.digest)) {
        return Err(Unreadable::Twice);
    }
    keys(&body.keys)?;
    for text in body.versions.iter().filter_map(|v| v.text.as_ref()) {
        budget.count(text.as_bytes())?;
    }
    for decision in &body.decisions {
        budget.count(decision.act.text.as_bytes())?;
    }
    Ok(())
}

pub(crate) fn keys(keys: &[Key]) -> Result<(), Unreadable> {
    items(keys.len())?;
    let mut known = BTreeSet::new();
    if keys.iter().all(|k| known.insert((&k.owner, &k.vkey))) {
        Ok(())
    } else {
        Err(Unreadable::Twice)
    }
}

pub(crate) fn items(count: usize) -> Result<(), Unreadable> {
    if count > MAX_ITEMS {
        return Err(Unreadable::TooMany);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_and_strings_are_skipped() {
        let left = |text: &str| {
            let budget = Budget::new();
            budget.count(text.as_bytes()).unwrap();
            MAX_PARTS - budget.0.get()
        };
        assert_eq!(left(r#"{"a":[1,2,"b,{[\"\\"],"c":null}"#), 8);
        assert_eq!(left(r#""\"#), 1);
        assert_eq!(left(""), 0);
    }

    #[test]
    fn numbers_are_whole() {
        for good in ["0", "-1", "9007199254740992"] {
            assert!(is_whole(good.as_bytes()), "{good}");
        }
        for bad in ["-0", "1.0", "1e3", "9007199254740993", "-", "1-1"] {
            assert!(!is_whole(bad.as_bytes()), "{bad}");
        }
    }
}
