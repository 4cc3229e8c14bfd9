//! A register then and now.

use std::collections::{BTreeMap, BTreeSet};

/// A record: the values of its columns, by name.
pub type Record<V> = BTreeMap<String, V>;

/// A register at one time: its records by id.
pub type Snapshot<V> = BTreeMap<String, Record<V>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison<'a> {
    /// New, but for what older records merged into.
    pub added: Vec<&'a str>,
    /// No longer there, and not merged.
    pub gone: Vec<&'a str>,
    pub merged: Vec<Merge<'a>>,
    /// With the columns whose values changed. A column that the baseline does not have was not asked then.
    pub changed: Vec<(&'a str, Vec<&'a str>)>,
    pub same: Vec<&'a str>,
    pub then: usize,
    pub now: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge<'a> {
    pub id: &'a str,
    pub into: &'a str,
}

/// Compares a baseline with a later state of the register. `merged` says what each lost record went into.
pub fn compare<'a, V: PartialEq>(
    baseline: &'a Snapshot<V>,
    now: &'a Snapshot<V>,
    merged: &'a BTreeMap<String, String>,
) -> Comparison<'a> {
    let asked: BTreeSet<&str> = baseline
        .values()
        .flat_map(BTreeMap::keys)
        .map(String::as_str)
        .collect();
    let mut comparison = Comparison {
        added: Vec::new(),
        gone: Vec::new(),
        merged: Vec::new(),
        changed: Vec::new(),
        same: Vec::new(),
        then: baseline.len(),
        now: now.len(),
    };
    for (id, then) in baseline {
        match (now.get(id), merged.get(id)) {
            (Some(now), _) => {
                let changed: Vec<&str> = asked
                    .iter()
                    .copied()
                    .filter(|column| then.get(*column) != now.get(*column))
                    .collect();
                if changed.is_empty() {
                    comparison.same.push(id);
                } else {
                    comparison.changed.push((id, changed));
                }
            }
            (None, Some(into)) => comparison.merged.push(Merge { id, into }),
            (None, None) => comparison.gone.push(id),
        }
    }
    let targets: BTreeSet<&str> = comparison.merged.iter().map(|merge| merge.into).collect();
    comparison.added = now
        .keys()
        .map(String::as_str)
        .filter(|id| !baseline.contains_key(*id) && !targets.contains(id))
        .collect();
    comparison
}
