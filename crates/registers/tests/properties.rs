//! What holds of every comparison, matrix, search for similar records and guide.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use registers::{
    Candidate, Cell, Contract, Entry, Freshness, Guide, Outcome, StaleRule, State, Supplier, Words,
    compare, matrix, overlap, renewals, similar,
};

fn snapshot() -> impl Strategy<Value = BTreeMap<String, BTreeMap<String, u8>>> {
    btree_map("i[0-9]", btree_map("[a-c]", 0..2_u8, 0..3), 0..8)
}

const VOCABULARY: [&str; 9] = [
    "digital", "digit", "map", "maps", "process", "loans", "loan", "the", "data",
];

fn phrase() -> impl Strategy<Value = String> {
    vec(proptest::sample::select(VOCABULARY.to_vec()), 0..6).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_comparison_accounts_for_every_record(
        then in snapshot(), now in snapshot(), merged in btree_map("i[0-9]", "i[0-9]", 0..4),
    ) {
        let found = compare(&then, &now, &merged);
        prop_assert_eq!(found.then, found.gone.len() + found.merged.len() + found.changed.len() + found.same.len());
        let targets: std::collections::BTreeSet<&str> = found
            .merged
            .iter()
            .map(|merge| merge.into)
            .filter(|into| now.contains_key(*into) && !then.contains_key(*into))
            .collect();
        // 57 then, 5 gone, 3 merged into 2, 50 added: 101 now.
        prop_assert_eq!(found.now, found.then - found.gone.len() - found.merged.len() + targets.len() + found.added.len());
        prop_assert!(found.merged.iter().all(|merge| !now.contains_key(merge.id)));
    }

    #[test]
    fn a_matrix_tells_none_from_unknown(
        entries in vec((vec(0..3_usize, 0..3), any::<bool>(), vec(0..3_usize, 0..3), 0..4_u8), 0..6),
    ) {
        let name = |n: &usize| n.to_string();
        let all: Vec<String> = (0..3).map(|n| name(&n)).collect();
        let entries: Vec<Entry> = entries
            .iter()
            .map(|(rows, whole_region, columns, state)| Entry {
                rows: rows.iter().map(name).collect(),
                whole_region: *whole_region,
                columns: columns.iter().map(name).collect(),
                state: [State::None, State::Ended, State::Planned, State::Live][usize::from(*state)],
            })
            .collect();
        let found = matrix(&all, &all, &entries);
        let mut unknown = 0;
        for (row, cells) in found.grid.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let said: Vec<&Entry> = entries
                    .iter()
                    .filter(|e| e.columns.contains(&all[column]) && (e.whole_region || e.rows.contains(&all[row])))
                    .collect();
                match cell {
                    Cell::Unknown => {
                        unknown += 1;
                        prop_assert!(said.is_empty());
                    }
                    Cell::Known { state, records, .. } => {
                        prop_assert!(said.iter().all(|e| e.state <= *state));
                        prop_assert_eq!(*records, said.iter().filter(|e| e.state == *state).count());
                        prop_assert!(*records > 0);
                    }
                }
            }
        }
        prop_assert_eq!(found.unknown, unknown);
        prop_assert!(found.gaps + found.unknown <= 9);
    }

    #[test]
    fn similar_records_are_at_most_three_and_half_as_good_at_least(
        asked in phrase(), titles in vec((phrase(), phrase()), 0..8),
    ) {
        let candidates: Vec<Candidate> = titles
            .iter()
            .enumerate()
            .map(|(id, (title, summary))| Candidate {
                id: id.to_string(),
                title: Words::of(title),
                keywords: Words::default(),
                summary: Words::of(summary),
                published: None,
            })
            .collect();
        let found = similar(&Words::of(&asked), &candidates);
        prop_assert!(found.len() <= 3);
        let scores: Vec<f64> = found.iter().map(|found| found.shown().parse().unwrap()).collect();
        prop_assert!(scores.iter().all(|score| (0.5..=1.0).contains(score)));
        prop_assert!(scores.is_sorted_by(|a, b| a >= b));
        let same = overlap(&Words::of(&asked), &Words::of(&asked));
        prop_assert_eq!(same.is_probable_duplicate(true), !Words::of(&asked).is_empty());
        prop_assert!(!same.is_probable_duplicate(false));
    }

    #[test]
    fn nothing_of_a_guide_is_lost(
        proposals in vec((0..6_usize, btree_map("[a-c]", "[x-z]", 1..3)), 0..12),
    ) {
        let mut guide = Guide::new(BTreeMap::from([("a".into(), "x".into())]));
        let mut versions = vec![guide.text().clone()];
        for (base, changes) in proposals {
            let before = guide.text().clone();
            match guide.propose(base, &changes) {
                Ok(Outcome::Accepted { version }) => {
                    versions.push(guide.text().clone());
                    prop_assert_eq!(version, versions.len());
                    for part in before.keys().chain(changes.keys()) {
                        let after = changes.get(part).or_else(|| before.get(part));
                        prop_assert_eq!(guide.text().get(part), after);
                    }
                }
                Ok(Outcome::NeedsRework { clash, version }) => {
                    prop_assert_eq!(version, versions.len());
                    for part in &clash {
                        prop_assert_ne!(versions[base - 1].get(part), before.get(part));
                    }
                    prop_assert_eq!(guide.text(), &before);
                }
                Ok(Outcome::NoChange) => prop_assert_eq!(guide.text(), &before),
                Err(_) => prop_assert!(base == 0 || base > versions.len()),
            }
        }
    }
}

#[test]
fn words_are_compared_as_people_mean_them() {
    let words = |text| Words::of(text);
    assert_eq!(words("the maps of our boroughs"), words("map borough"));
    assert!(words("digitally").matches("digital") && words("digital").matches("digitally"));
    assert!(
        !words("map").matches("mapping"),
        "three letters begin too many words"
    );
    assert_eq!(words("process").iter().next(), Some("process"));
    assert!(words("is it of us").is_empty());
}

#[test]
fn a_break_that_has_passed_is_followed_by_the_end_and_near_notice_stands_first() {
    let contract = |id: &str, supplier: &str, break_on: Option<Date>, end: Date| Contract {
        id: id.to_owned(),
        body: id.to_owned(),
        supplier: Supplier::new(None, supplier),
        end,
        break_on,
        notice_by: None,
    };
    let mut contracts = vec![
        contract("a", "early ltd", Some(date(2026, 1, 1)), date(2026, 12, 31)),
        contract("b", "early limited", None, date(2027, 3, 31)),
        contract("c", "late", None, date(2027, 5, 31)),
        contract("d", "late plc", None, date(2027, 6, 30)),
    ];
    let (today, until) = (date(2026, 11, 21), date(2027, 11, 20));
    let names = |contracts: &[Contract]| -> Vec<Vec<String>> {
        let found = renewals(contracts, today, until, 2);
        let ids = |r: &registers::Renewal| r.contracts.iter().map(|id| (*id).to_owned()).collect();
        found.iter().map(ids).collect()
    };
    assert_eq!(names(&contracts), [["a", "b"], ["c", "d"]]);
    contracts[3].notice_by = Some(date(2027, 2, 18));
    assert_eq!(names(&contracts), [["c", "d"], ["a", "b"]]);
    contracts[3].notice_by = Some(date(2027, 2, 19));
    assert_eq!(names(&contracts), [["a", "b"], ["c", "d"]]);
}

#[test]
fn a_record_without_a_sign_of_life_was_never_confirmed() {
    let rule = StaleRule {
        ask_after_days: 56,
        again_days: 14,
        mark_days: 14,
    };
    let day = date(2026, 3, 1);
    assert_eq!(rule.freshness(&[], day), Freshness::Stale);
    assert_eq!(rule.freshness(&[date(2026, 3, 2)], day), Freshness::Stale);
    assert_eq!(rule.freshness(&[day], day), Freshness::Fresh);
}
