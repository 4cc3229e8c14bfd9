//! Answers as people type them.

use std::collections::BTreeMap;

use packs::{Packs, Question};
use serde_json::{Value, json};

use crate::tiny;

fn question<'a>(packs: &'a Packs, id: &str) -> &'a Question {
    let agreement = packs.record_type("agreement").expect("agreements");
    agreement
        .form
        .question(id)
        .expect("the question is there")
        .1
}

fn read(packs: &Packs, id: &str, raw: &[&str]) -> Result<Value, String> {
    let raw: Vec<String> = raw.iter().map(|text| (*text).to_owned()).collect();
    question(packs, id)
        .read(&raw)
        .map_err(|fault| fault.message)
}

#[test]
fn texts_are_trimmed_and_limited() {
    let packs = tiny::packs();
    assert_eq!(
        read(&packs, "title", &["  Fire visits "]),
        Ok(json!("Fire visits"))
    );
    assert_eq!(read(&packs, "title", &["   "]), Ok(Value::Null));
    assert_eq!(read(&packs, "title", &[]), Ok(Value::Null));
    let long = "é".repeat(21);
    assert_eq!(
        read(&packs, "title", &[&long]),
        Err("What is it called? must be 20 characters or fewer".into())
    );
    assert_eq!(
        read(&packs, "title", &[&long[..40]]),
        Ok(json!("é".repeat(20))),
        "characters, not bytes"
    );
}

#[test]
fn dates_come_as_parts_or_whole() {
    let packs = tiny::packs();
    for raw in [
        &["27", "3", "2026"][..],
        &["2026-03-27"],
        &["27/3/2026"],
        &["27 3 2026"],
    ] {
        assert_eq!(
            read(&packs, "review_on", raw),
            Ok(json!("2026-03-27")),
            "{raw:?}"
        );
    }
    for raw in [
        &["31", "2", "2026"][..],
        &["2026-13-01"],
        &["27", "3"],
        &["soon"],
        &["27", "3", "26"],
    ] {
        assert_eq!(
            read(&packs, "review_on", raw),
            Err("Enter a real date, like 27 3 2026".into()),
            "{raw:?}"
        );
    }
    assert_eq!(
        question(&packs, "review_on").show(&json!("2026-03-27")),
        ["27 March 2026"]
    );
}

#[test]
fn numbers_have_a_range() {
    let packs = tiny::packs();
    assert_eq!(read(&packs, "people", &["1,000"]), Ok(json!(1000)));
    assert_eq!(read(&packs, "people", &["0.5"]), Ok(json!(0.5)));
    assert_eq!(
        read(&packs, "people", &["1001"]),
        Err("How many people? must be between 0 and 1000".into())
    );
    assert_eq!(
        read(&packs, "people", &["many"]),
        Err("How many people? must be a number, like 250".into())
    );
    assert_eq!(
        read(&packs, "people", &["inf"]),
        Err("How many people? must be a number, like 250".into())
    );
}

#[test]
fn choices_are_options_once_each() {
    let packs = tiny::packs();
    assert_eq!(
        read(&packs, "special", &["health", "race", "health"]),
        Ok(json!(["health", "race"]))
    );
    assert_eq!(
        read(&packs, "special", &["health", "hair"]),
        Err("Choose from the options".into())
    );
    assert_eq!(read(&packs, "data_kind", &["yes"]), Ok(json!("yes")));
    assert_eq!(
        read(&packs, "data_kind", &["maybe"]),
        Err("Choose one of the options".into())
    );
    assert_eq!(
        read(&packs, "data_kind", &["yes", "no"]),
        Err("Choose one option only".into())
    );
    assert_eq!(
        question(&packs, "special").show(&json!(["health", "race"])),
        ["Health", "Race"]
    );
}

#[test]
fn tables_name_row_and_column() {
    let packs = tiny::packs();
    let row = |cells: &[(&str, &str)]| -> BTreeMap<String, String> {
        cells
            .iter()
            .map(|(column, text)| ((*column).to_owned(), (*text).to_owned()))
            .collect()
    };
    let items = question(&packs, "items");
    let read = items.read_table(&[
        row(&[("item", " Name "), ("why", "To visit"), ("from", "us")]),
        row(&[]),
    ]);
    let read = read.expect("the blank row is dropped");
    assert_eq!(
        read,
        json!([{"item": "Name", "why": "To visit", "from": "us"}])
    );
    assert_eq!(
        items.show(&read),
        ["Item: Name; Why: To visit; Where from: Us"]
    );
    assert_eq!(items.read_table(&[row(&[("item", " ")])]), Ok(Value::Null));
    let faults = items
        .read_table(&[
            row(&[("item", "Name")]),
            row(&[("why", "x"), ("from", "them")]),
        ])
        .expect_err("two faults");
    let faults: Vec<(usize, &str, &str)> = faults
        .iter()
        .map(|(row, column, fault)| (*row, column.as_str(), fault.message.as_str()))
        .collect();
    assert_eq!(
        faults,
        [
            (1, "item", "Enter item"),
            (1, "from", "Choose one of the options for where from")
        ]
    );
}
