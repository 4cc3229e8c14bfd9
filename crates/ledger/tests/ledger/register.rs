//! Registers in RSF: what another program wrote is read, ours is read back.

use ledger::EMPTY_ROOT;
use ledger::register::{Kind, Note, Register, Row, RsfFault, read, write};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Written by `tests/data/trees.py`.
pub const TREES: &str = include_str!("../data/trees.rsf");

fn count(register: &Register, kind: Kind) -> usize {
    register.entries.iter().filter(|e| e.kind == kind).count()
}

#[test]
fn what_another_program_wrote_is_read_with_its_roots() {
    let register = read(TREES).expect("holds");
    assert_eq!(count(&register, Kind::System), 5);
    assert_eq!(count(&register, Kind::User), 6);
    let sizes: Vec<_> = register.roots.iter().map(|root| root.size).collect();
    assert_eq!(sizes, [0, 0, 3, 6]);
    let asserted = TREES
        .lines()
        .last()
        .and_then(|line| line.rsplit(':').next());
    assert_eq!(register.root(), crate::hash(asserted.expect("a root")));
    let records = register.records();
    assert!(records.keys().eq(&["1", "2", "4", "5", "6"]));
    assert_eq!(records["2"].number, 6);
    assert_eq!(records["5"].items.len(), 2);
}

#[test]
fn numbers_read_as_they_are_written() {
    let register = read(TREES).expect("holds");
    for number in [
        "9007199254740993",
        "295147905179352830000",
        "1e400",
        "-0.10",
        "18446744073709551616",
    ] {
        let written = |item: &&String| item.contains(&format!(":{number},"));
        assert_eq!(
            register.items.values().filter(written).count(),
            1,
            "{number}"
        );
    }
}

#[test]
fn what_enters_no_root_is_noted_and_is_no_fault() {
    let register = read(TREES).expect("holds");
    let line = |text: &str| TREES.lines().position(|line| line == text).expect("there") + 1;
    let unused = line("add-item\t{\"rings\":1e400,\"tree\":\"3\"}");
    let alder = "add-item\t{\"rings\":9007199254740993,\"tree\":\"1\"}";
    let again =
        TREES.lines().count() - TREES.lines().rev().position(|l| l == alder).expect("there");
    let note = |line, what: &str| Note {
        line,
        what: what.to_owned(),
    };
    assert_eq!(
        register.notes,
        [
            note(unused, "no entry uses this item"),
            note(again, "this item was added before"),
        ]
    );
    let quiet =
        read(&write(&[Row::user("a", "2026-11-20T09:00:00Z", agreement("x"))]).expect("writes"));
    assert_eq!(quiet.expect("holds").notes, []);
}

fn agreement(name: &str) -> Value {
    json!({"name": name, "parties": ["camden", "islington"]})
}

#[test]
fn a_record_is_its_last_entry() {
    let rows = [
        Row::user("a", "2026-11-20T09:00:00Z", agreement("first")),
        Row::user("b", "2026-11-20T09:00:01Z", agreement("other")),
        Row::user("a", "2026-11-21T09:00:00Z", agreement("second")),
    ];
    let register = read(&write(&rows).expect("writes")).expect("holds");
    let records = register.records();
    assert_eq!(records.len(), 2);
    assert_eq!(records["a"].number, 3);
    assert_eq!(
        register.items[&records["a"].items[0]],
        agreement("second").to_string()
    );
}

#[test]
fn an_item_shared_by_two_entries_is_written_once() {
    let rows = ["a", "b"].map(|key| Row::user(key, "2026-11-20T09:00:00Z", agreement("same")));
    let text = write(&rows).expect("writes");
    assert_eq!(text.matches("add-item").count(), 1);
    assert_eq!(read(&text).expect("holds").entries.len(), 2);
}

#[test]
fn an_empty_register_is_two_assertions() {
    let text = write(&[]).expect("writes");
    let register = read(&text).expect("holds");
    assert_eq!((register.roots.len(), register.root()), (2, EMPTY_ROOT));
}

#[test]
fn rows_that_the_format_cannot_hold_are_refused() {
    let time = "2026-11-20T09:00:00Z";
    let good = Row::user("a", time, agreement("x"));
    for (row, what) in [
        (Row::user("", time, agreement("x")), "key"),
        (Row::user("a\tb", time, agreement("x")), "key"),
        (Row::user("a\nb", time, agreement("x")), "key"),
        (Row::user("a", "20 November", agreement("x")), "time"),
        (
            Row::user("a", "2026-13-20T09:00:00Z", agreement("x")),
            "time",
        ),
        (Row::user("a", time, json!("text")), "object"),
    ] {
        let RsfFault { line, what: found } =
            write(&[good.clone(), row]).expect_err("cannot be held");
        assert_eq!(line, 2);
        assert!(found.contains(what), "{found}");
    }
}

fn row() -> impl Strategy<Value = Row> {
    let time = (2000..2100, 1..=12, 1..=28, 0..24, 0..60, 0..60);
    let item = prop::collection::btree_map("\\PC{0,5}", "(?s).{0,12}", 0..4);
    ("[^\\p{Cc}]{1,9}", time, item, any::<bool>()).prop_map(|(key, t, item, user)| {
        let (year, month, day, hour, minute, second) = t;
        Row {
            // A system key with a colon would have to agree with its item.
            kind: if user || key.contains(':') {
                Kind::User
            } else {
                Kind::System
            },
            key,
            timestamp: format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"),
            item: json!(item),
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(rows in prop::collection::vec(row(), 0..20)) {
        let register = read(&write(&rows).expect("writes")).expect("holds");
        prop_assert_eq!(register.entries.len(), rows.len());
        for (entry, row) in register.entries.iter().zip(&rows) {
            prop_assert_eq!(entry.kind, row.kind);
            prop_assert_eq!(&entry.key, &row.key);
            prop_assert_eq!(&entry.timestamp, &row.timestamp);
            let item: Value = serde_json::from_str(&register.items[&entry.items[0]]).expect("JSON");
            prop_assert_eq!(&item, &row.item);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,200}") {
        prop_assert!(read(&text).is_err() || !text.is_empty());
    }
}

/// Real registers, where they are.
pub mod other_peoples_files {
    use super::*;

    pub const AGREEMENTS: &str = "information-sharing-agreement-0001.rsf";
    pub const COUNTRIES: &str = "country.rsf";

    pub fn file(name: &str) -> String {
        let folder = std::env::var("OTHER_PEOPLES_FILES").expect("run by `make test-others`");
        let path = format!("{folder}/{name}");
        std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{path}: {fault}"))
    }

    #[test]
    fn the_register_of_agreements_is_reproduced() {
        let register = read(&file(AGREEMENTS)).expect("holds");
        assert_eq!(count(&register, Kind::System), 28);
        assert_eq!(count(&register, Kind::User), 3);
        assert_eq!(register.items.len(), 31);
        let [first, last] = register.roots[..] else {
            panic!("two assertions: {:?}", register.roots);
        };
        assert_eq!((first.line, first.size, first.hash), (1, 0, EMPTY_ROOT));
        assert_eq!((last.line, last.size), (64, 3));
        assert_eq!(
            last.hash,
            crate::hash("8268411e2a537e6db5a467c6b472e34fc1f0c178932ef3999d96a374f0d66a95")
        );
        assert_eq!(register.root(), last.hash);
        let records = register.records();
        assert!(records.keys().eq(&["1", "2", "3"]));
        let item = &register.items[&records["2"].items[0]];
        assert!(item.contains("\"information-sharing-agreement-0001\":\"2\""));
        assert_eq!(register.notes, []);
    }

    #[test]
    fn the_register_of_countries_is_reproduced() {
        let register = read(&file(COUNTRIES)).expect("holds");
        assert_eq!(count(&register, Kind::System), 18);
        assert_eq!(count(&register, Kind::User), 209);
        assert_eq!(
            register.root(),
            crate::hash("3bacea769627d20ed9a2cfde54173da3c9d630b3fc9ed80431a1cee2196c8a4a")
        );
        // Ten entries replaced an earlier one of the same country.
        let records = register.records();
        assert_eq!(records.len(), 199);
        let numbers = records.values().map(|e| e.number);
        assert_eq!(numbers.max(), Some(209));
    }

    #[test]
    fn both_are_written_back_with_their_roots() {
        for name in [AGREEMENTS, COUNTRIES] {
            let text = file(name);
            let register = read(&text).expect("holds");
            let rows: Vec<Row> = register
                .entries
                .iter()
                .map(|entry| Row {
                    kind: entry.kind,
                    key: entry.key.clone(),
                    timestamp: entry.timestamp.clone(),
                    item: serde_json::from_str(&register.items[&entry.items[0]]).expect("JSON"),
                })
                .collect();
            let ours = write(&rows).expect("writes");
            let lines = |text: &str, command: &str| -> Vec<String> {
                let of = text.lines().filter(|l| l.starts_with(command));
                of.map(str::to_owned).collect()
            };
            for command in ["append-entry", "assert-root-hash"] {
                assert_eq!(lines(&ours, command), lines(&text, command), "{name}");
            }
            let items = [&ours, &text].map(|text| {
                let mut items = lines(text, "add-item");
                items.sort();
                items
            });
            assert_eq!(items[0], items[1], "{name}");
        }
    }
}
