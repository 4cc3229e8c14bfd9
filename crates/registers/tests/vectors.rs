//! The public cases, each exactly as expected, read as `aldgate vectors run` reads them.

#[path = "../../../app/src/cli/vectors/cases.rs"]
#[expect(dead_code, reason = "series have another rule in another file")]
mod cases;
#[path = "../../../app/src/cli/vectors/registers.rs"]
mod register_cases;

use serde_json::Value;

const FILE: &str = include_str!("../../../tests/vectors/registers.json");

/// As the index folds, for the letters of these cases.
fn fold(text: &str) -> String {
    let plain = text.to_lowercase().replace('&', "and");
    let words = plain.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn every_public_case_is_exact() {
    let mut answers = cases::Answers::default();
    let read: register_cases::File = serde_json::from_str(FILE).unwrap();
    read.answer(fold, &mut answers);
    assert!(answers.left_out.is_empty(), "{:?}", answers.left_out);

    let file: Value = serde_json::from_str(FILE).unwrap();
    let lists = [
        "similar",
        "duplicates",
        "coverage",
        "baselines",
        "radar",
        "proposals",
        "stale",
    ];
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
    assert_eq!(answers.values.len(), 13);
}
