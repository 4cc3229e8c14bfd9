//! The public cases, each exactly as expected, read as `aldgate vectors run` reads them.

#[path = "../../../app/src/cli/vectors/cases.rs"]
#[expect(dead_code, reason = "tables have another rule in another file")]
mod cases;
#[path = "../../../app/src/cli/vectors/events.rs"]
mod event_cases;

use jiff::tz::TimeZoneDatabase;
use serde_json::Value;

fn exact(file: &str, lists: &[&str], count: usize) {
    let london = TimeZoneDatabase::bundled().get("Europe/London").unwrap();
    let mut answers = cases::Answers::default();
    let read: event_cases::File = serde_json::from_str(file).unwrap();
    read.answer(&london, &mut answers);
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
fn every_public_deadline_is_exact() {
    exact(
        include_str!("../../../tests/vectors/ballots.json"),
        &["deadlines"],
        6,
    );
}

#[test]
fn every_public_time_series_and_registration_is_exact() {
    let lists = ["instants", "series", "registrations"];
    exact(
        include_str!("../../../tests/vectors/ical-cases.json"),
        &lists,
        7,
    );
}
