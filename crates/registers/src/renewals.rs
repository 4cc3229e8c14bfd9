//! Contracts with one supplier that several bodies could renew together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

/// A contract in force.
#[derive(Debug, Clone)]
pub struct Contract {
    pub id: String,
    pub body: String,
    pub supplier: Supplier,
    pub end: Date,
    /// The day on which it may be ended early.
    pub break_on: Option<Date>,
    /// The last day to give notice.
    pub notice_by: Option<Date>,
}

/// Which supplier: the number in a public register, or else the name without its legal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Supplier {
    Number(String),
    Name(String),
}

impl Supplier {
    /// The name must be folded as names are for comparing: lower case, letters and digits, single spaces.
    pub fn new(number: Option<&str>, folded_name: &str) -> Supplier {
        match number.map(str::trim) {
            Some(number) if !number.is_empty() => Supplier::Number(number.to_owned()),
            _ => {
                let is_form = |word: &&str| !LEGAL_FORMS.contains(word);
                let words: Vec<&str> = folded_name.split(' ').filter(is_form).collect();
                Supplier::Name(words.join(" "))
            }
        }
    }
}

const LEGAL_FORMS: [&str; 5] = ["ltd", "limited", "plc", "llp", "cic"];

/// Contracts whose notice is nearer than this stand first.
const NOTICE_DAYS: i32 = 90;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal<'a> {
    pub supplier: &'a Supplier,
    pub bodies: Vec<&'a str>,
    pub contracts: Vec<&'a str>,
    /// The first day on which one of them ends or may be ended.
    pub first: Date,
}

/// Groups of contracts whose next break or end is from `today` to `until`, of at least `least_bodies` bodies. Those whose
/// notice is near stand first, then the earliest.
pub fn renewals<'a>(
    contracts: &'a [Contract],
    today: Date,
    until: Date,
    least_bodies: usize,
) -> Vec<Renewal<'a>> {
    let next = |contract: &Contract| {
        [contract.break_on, Some(contract.end)]
            .into_iter()
            .flatten()
            .filter(|day| (today..=until).contains(day))
            .min()
    };
    let mut groups: BTreeMap<&Supplier, Vec<(&Contract, Date)>> = BTreeMap::new();
    for contract in contracts {
        if let Some(next) = next(contract) {
            groups
                .entry(&contract.supplier)
                .or_default()
                .push((contract, next));
        }
    }
    let mut found: Vec<(bool, Renewal)> = groups
        .into_iter()
        .filter_map(|(supplier, group)| {
            let bodies: BTreeSet<&str> = group.iter().map(|(c, _)| c.body.as_str()).collect();
            let first = group.iter().map(|(_, next)| *next).min()?;
            let near = group
                .iter()
                .any(|(c, _)| c.notice_by.is_some_and(|day| is_near(today, day)));
            let renewal = Renewal {
                supplier,
                contracts: group.iter().map(|(c, _)| c.id.as_str()).collect(),
                first,
                bodies: bodies.into_iter().collect(),
            };
            (renewal.bodies.len() >= least_bodies).then_some((near, renewal))
        })
        .collect();
    found.sort_by_key(|(near, renewal)| (!near, renewal.first));
    found.into_iter().map(|(_, renewal)| renewal).collect()
}

fn is_near(today: Date, notice_by: Date) -> bool {
    today
        .until(notice_by)
        .is_ok_and(|left| (0..NOTICE_DAYS).contains(&left.get_days()))
}
