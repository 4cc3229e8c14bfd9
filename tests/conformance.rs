//! `aldgate vectors run`: the public cases come out exactly, and what cannot be worked out stands in nobody's way.

use std::process::Command;

use serde_json::{Value, json};

/// Exit code, what was printed, and what was said on standard error.
fn run(cases: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.json");
    std::fs::write(&file, cases).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_aldgate"))
        .args(["vectors", "run", file.to_str().unwrap(), "--format", "json"])
        .env("ALDGATE_LOG", "error")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

/// A file without the lines of what is expected: as text, because the order of keys counts.
fn without_expected(cases: &str) -> String {
    let found = cases.match_indices(", \"expect\": ").map(|(at, _)| at);
    let mut bare = String::new();
    let mut from = 0;
    for at in found {
        bare += &cases[from..at];
        let rest = &cases[at + ", \"expect\": ".len()..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        values.next().unwrap().unwrap();
        from = cases.len() - rest.len() + values.byte_offset();
    }
    bare + &cases[from..]
}

#[test]
fn every_public_case_comes_out_exactly() {
    let files = [
        (include_str!("vectors/ballots.json"), 30),
        (include_str!("vectors/suppression.json"), 28),
        (include_str!("vectors/ical-cases.json"), 12),
        (include_str!("vectors/registers.json"), 21),
        (include_str!("vectors/auction.json"), 4),
    ];
    for (file, count) in files {
        let (code, said, errors) = run(&without_expected(file));
        assert_eq!((code, errors.as_str()), (0, ""));
        let answers: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(answers.as_object().unwrap().len(), count);
        let file: Value = serde_json::from_str(file).unwrap();
        let lists = file.as_object().unwrap().values();
        for case in lists.filter_map(Value::as_array).flatten() {
            let id = case["id"].as_str().unwrap();
            assert_eq!(answers[id], case["expect"], "{id}: {}", case["title"]);
        }
    }
}

#[test]
fn what_cannot_be_worked_out_is_named_and_the_rest_is_answered() {
    let (code, said, errors) = run(r#"{
            "about": "any text",
            "horoscopes": [{"id": "X1", "sign": "lion"}],
            "shares": [
                {"id": "X2", "n": 7, "of": 9, "about": "weather"},
                {"id": "X3", "n": "seven", "of": 9, "about": "work"},
                {"id": "X4", "n": 7, "of": 9, "about": "work"}
            ],
            "ballots": [{"id": "X5", "method": "approval", "seats": 1, "tie": "lot", "options": ["a", "b"],
                "roll": ["m1", "m2"], "acts": [{"voter": "m1", "vote": ["a"]}, {"voter": "m2", "vote": ["b"]}]}]
        }"#);
    assert_eq!(code, 0);
    let answers: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        answers,
        json!({ "X4": { "shown": "[c]", "why": "too_few_asked" } })
    );
    let named: Vec<&str> = errors
        .lines()
        .map(|line| line.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(named, ["X5", "X2", "X3", "X1"]);
    assert!(
        errors.contains("there is no rule for “horoscopes”"),
        "{errors}"
    );
}

#[test]
fn of_equal_counts_the_first_in_the_file_is_hidden() {
    for (first, second) in [("Zoo", "Ark"), ("Ark", "Zoo")] {
        let (_, said, _) = run(&format!(
            r#"{{"counts_1d": [{{"id": "X", "k": 5, "cells": {{"{first}": 9, "{second}": 9, "Inn": 3}}}}]}}"#
        ));
        let answers: Value = serde_json::from_str(&said).unwrap();
        let hidden = json!({ "Inn": "primary", first: "secondary" });
        assert_eq!(answers["X"]["hidden"], hidden, "{said}");
    }
}

#[test]
fn a_file_that_cannot_be_read_ends_with_two() {
    for file in ["not JSON", "[]", r#"{"ballots": "none"}"#] {
        let (code, said, errors) = run(file);
        assert_eq!((code, said.as_str()), (2, ""));
        assert!(
            errors.contains("is not an object of lists of cases"),
            "{errors}"
        );
    }
    let output = Command::new(env!("CARGO_BIN_EXE_aldgate"))
        .args(["vectors", "run", "/nowhere/cases.json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
