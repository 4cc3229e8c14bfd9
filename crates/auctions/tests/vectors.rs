//! The public cases, each exactly as expected, read as `aldgate vectors run` reads them.

#[path = "../../../app/src/cli/vectors/auctions.rs"]
mod auction_cases;
#[path = "../../../app/src/cli/vectors/cases.rs"]
mod cases;

use serde_json::Value;

const FILE: &str = include_str!("../../../tests/vectors/auction.json");

#[test]
fn every_public_case_is_exact() {
    let mut answers = cases::Answers::default();
    let read: auction_cases::File = serde_json::from_str(FILE).unwrap();
    read.answer(&mut answers);
    assert!(answers.left_out.is_empty(), "{:?}", answers.left_out);

    let file: Value = serde_json::from_str(FILE).unwrap();
    for case in file["auctions"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        assert_eq!(
            answers.values[id], case["expect"],
            "{id}: {}",
            case["title"]
        );
    }
    assert_eq!(answers.values.len(), 4);
}
