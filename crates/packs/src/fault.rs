//! What is wrong with a pack, where, and what would put it right.

use std::fmt;

use serde::Serialize;

/// One thing wrong with a pack file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// Path relative to the packs folder.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would put it right.
    pub cure: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}. {}",
            self.file, self.line, self.what, self.cure
        )
    }
}

/// A place in a file, kept with what was read there so that later checks can point at it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub file: String,
    pub line: usize,
}

/// Gathers faults: reading goes on after the first.
#[derive(Debug, Default)]
pub(crate) struct Faults(pub Vec<Fault>);

impl Faults {
    pub fn add(&mut self, place: &Place, what: impl Into<String>, cure: impl Into<String>) {
        self.0.push(Fault {
            file: place.file.clone(),
            line: place.line,
            what: what.into(),
            cure: cure.into(),
        });
    }

    pub fn into_sorted(self) -> Vec<Fault> {
        let mut faults = self.0;
        faults.sort();
        faults.dedup();
        faults
    }
}

/// The known name nearest to a mistyped one, when it is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count().min(name.chars().count());
            *distance < length && *distance <= 1 + length / 4
        })
        .map(|(_, candidate)| candidate)
}

/// "Did you mean …?" or the list of what is known, whichever helps.
pub(crate) fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None if known.is_empty() => "There is nothing to choose from here".into(),
        None if known.len() <= 30 => format!("Use one of: {}", known.join(", ")),
        None => format!("Use one of the {} known names", known.len()),
    }
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
