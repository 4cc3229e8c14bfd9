//! The public cases, each exactly as expected, read as `aldgate vectors run` reads them.

#[path = "../../../app/src/cli/vectors/cases.rs"]
#[expect(
    dead_code,
    reason = "tables and series have other rules in other files"
)]
mod cases;
#[path = "../../../app/src/cli/vectors/feeds.rs"]
mod feed_cases;

use serde_json::Value;

fn exact(file: &str, lists: &[&str], count: usize) {
    let mut answers = cases::Answers::default();
    let read: feed_cases::File = serde_json::from_str(file).unwrap();
    read.answer(&mut answers);
    assert!(answers.left_out.is_empty(), "{:?}", answers.left_out);

    let file: Value = serde_json::from_str(file).unwrap();
    for list in lists {
        for case in file[list].as_array().unwrap() {
            let id = case["id"].as_str().unwrap();
            assert_eq!(
                answers.values[id], case["expect"],
                "{id}: {}",
                case["title"]
            );
        }
    }
    assert_eq!(answers.values.len(), count);
}

#[test]
fn every_public_calendar_is_exact_to_the_byte() {
    exact(
        include_str!("../../../tests/vectors/ical-cases.json"),
        &["calendars"],
        5,
    );
}

#[test]
fn every_public_record_in_the_format_of_its_field_is_exact() {
    let lists = ["api", "ocds", "oruk", "dcat", "csv"];
    exact(
        include_str!("../../../tests/vectors/registers.json"),
        &lists,
        7,
    );
}
