//! The public cases, each exactly as expected, read as `aldgate vectors run` reads them.

#[path = "../../../app/src/cli/vectors/cases.rs"]
mod cases;
#[path = "../../../app/src/cli/vectors/figures.rs"]
mod figure_cases;

use serde_json::Value;

fn exact(file: &str, lists: &[&str], count: usize) {
    let mut answers = cases::Answers::default();
    let read: figure_cases::File = serde_json::from_str(file).unwrap();
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
fn every_public_case_of_suppression_is_exact() {
    let lists = [
        "counts_1d",
        "counts_2d",
        "rounded",
        "shares",
        "statistics",
        "totals",
    ];
    let file = include_str!("../../../tests/vectors/suppression.json");
    exact(file, &lists, 28);
}

#[test]
fn every_public_series_of_figures_is_exact() {
    let file = include_str!("../../../tests/vectors/registers.json");
    exact(file, &["series"], 1);
}
