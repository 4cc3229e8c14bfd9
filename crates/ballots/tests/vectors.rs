//! The public cases, each exactly as expected, read as `aldgate vectors run` reads them.

#[path = "../../../app/src/cli/vectors/ballots.rs"]
mod ballot_cases;
#[path = "../../../app/src/cli/vectors/cases.rs"]
mod cases;

use std::collections::BTreeSet;

use serde_json::Value;

const FILE: &str = include_str!("../../../tests/vectors/ballots.json");

#[test]
fn every_public_case_is_exact() {
    let mut answers = cases::Answers::default();
    let file: ballot_cases::File = serde_json::from_str(FILE).unwrap();
    file.answer(&mut answers);
    assert!(answers.left_out.is_empty(), "{:?}", answers.left_out);

    let file: Value = serde_json::from_str(FILE).unwrap();
    let mut tried = BTreeSet::new();
    for list in ["ballots", "scoring", "pots", "pot_acts"] {
        for case in file[list].as_array().unwrap() {
            let id = case["id"].as_str().unwrap();
            assert_eq!(
                answers.values[id], case["expect"],
                "{id}: {}",
                case["title"]
            );
            tried.insert(id.to_owned());
        }
    }
    assert_eq!(tried.len(), 24);
    assert_eq!(answers.values.len(), tried.len());
}
