//! Last days as scripts and officers ask for them: `aldgate clocks`, with the operator's own holidays, on a machine
//! without time zone data too.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

const VECTORS: &str = include_str!("../crates/clocks/tests/vectors.json");

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldgate"));
    command.args(arguments).env("ALDGATE_LOG", "error");
    for (name, value) in variables {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Writes cases to a file and evaluates it.
fn evaluate(folder: &Path, cases: &Value, more: &[&str]) -> Value {
    let file = written(
        folder,
        "cases.json",
        &json!({ "vectors": cases }).to_string(),
    );
    let mut arguments = vec!["clocks", "evaluate", &file, "--format", "json"];
    arguments.extend(more);
    let (code, said, errors) = run(&arguments, &[]);
    assert_eq!(code, 0, "{errors}");
    serde_json::from_str(&said).unwrap()
}

/// The published cases without what they expect.
fn published() -> (String, Vec<Value>) {
    let mut whole: Value = serde_json::from_str(VECTORS).unwrap();
    let mut expected = Vec::new();
    for vector in whole["vectors"].as_array_mut().unwrap() {
        let id = vector["id"].clone();
        let expect = vector.as_object_mut().unwrap().remove("expect").unwrap();
        expected.push(json!({ "id": id, "expect": expect }));
    }
    let cases = json!({ "vectors": whole["vectors"] });
    (cases.to_string(), expected)
}

fn come_out(said: &str, expected: &[Value]) {
    let results: Value = serde_json::from_str(said).unwrap();
    assert_eq!(results.as_object().unwrap().len(), expected.len());
    for vector in expected {
        let result = &results[vector["id"].as_str().unwrap()];
        for (key, value) in vector["expect"].as_object().unwrap() {
            assert_eq!(&result[key], value, "{key} of {vector}: {result}");
        }
        if vector["expect"]["refused"].is_string() {
            assert_eq!(result, &vector["expect"]);
        }
    }
}

#[test]
fn the_published_cases_come_out_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let (cases, expected) = published();
    let file = written(folder.path(), "cases.json", &cases);
    let (code, said, _) = run(&["clocks", "evaluate", &file, "--format", "json"], &[]);
    assert_eq!((code, said.lines().count()), (0, 1));
    come_out(&said, &expected);
    // With what they expect beside them it is the same.
    let file = written(folder.path(), "whole.json", VECTORS);
    let (code, with_expect, _) = run(&["clocks", "evaluate", &file], &[]);
    assert_eq!((code, with_expect), (0, said));
}

/// A zone of this name that never leaves UTC, as a broken image may hold it.
fn utc_called_london() -> Vec<u8> {
    let mut header = b"TZif2".to_vec();
    header.extend([0; 15]);
    for count in [0_u32, 0, 0, 0, 1, 4] {
        header.extend(count.to_be_bytes());
    }
    let mut block = header.clone();
    block.extend([0; 6]);
    block.extend(b"UTC\0");
    let twice = [block.clone(), block].concat();
    [twice, b"\nUTC0\n".to_vec()].concat()
}

#[test]
fn days_are_right_without_time_zone_data_and_with_wrong_data() {
    let (cases, expected) = published();
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "cases.json", &cases);
    let empty = folder.path().join("empty");
    let wrong = folder.path().join("wrong");
    std::fs::create_dir_all(&empty).unwrap();
    std::fs::create_dir_all(wrong.join("Europe")).unwrap();
    std::fs::write(wrong.join("Europe/London"), utc_called_london()).unwrap();
    let broken = folder.path().join("broken");
    std::fs::create_dir_all(broken.join("Europe")).unwrap();
    std::fs::write(broken.join("Europe/London"), "no zone").unwrap();
    for zones in [&empty, &wrong, &broken] {
        let variables = [("TZDIR", zones.to_str().unwrap()), ("TZ", "UTC")];
        let (code, said, errors) = run(&["clocks", "evaluate", &file], &variables);
        assert_eq!(code, 0, "{errors}");
        come_out(&said, &expected);
    }
}

#[test]
fn what_cannot_be_read_exits_with_2_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let one = |case: Value| json!({ "vectors": [case] }).to_string();
    for (text, why) in [
        ("not json".to_owned(), "not JSON"),
        ("[]".to_owned(), "not an object"),
        ("{}".to_owned(), "no list \"vectors\""),
        (r#"{"vectors": [7]}"#.to_owned(), "Case 1"),
        (one(json!({ "clock": "foi" })), "no text \"id\""),
        (
            one(json!({ "id": "A", "clock": "nothing" })),
            "A: there is no clock",
        ),
        (
            one(json!({ "id": "A", "clock": "foi" })),
            "A: \"received\" is missing",
        ),
        (
            one(json!({ "id": "A", "clock": "foi", "received": "2026-02-30" })),
            "A: \"received\": \"2026-02-30\" is no date",
        ),
        (
            one(json!({ "id": "\u{1b}[2J", "clock": "foi", "received": "2026-03-02" })),
            "which is no text",
        ),
        (
            one(json!({ "id": "A", "clock": "foi", "received": "02/03/2026" })),
            "no date",
        ),
        (
            one(
                json!({ "id": "A", "clock": "rights", "received": "2026-03-02", "nation": "narnia" }),
            ),
            "A: nation: There is no \"narnia\"",
        ),
        (
            one(json!({ "id": "A", "clock": "breach_72h", "aware": "2026-03-02" })),
            "needs a time of day",
        ),
        (
            one(json!({ "id": "A", "clock": "hours", "aware": "2026-03-02T10:00:00Z" })),
            "hours: it has to be given",
        ),
        (
            one(
                json!({ "id": "A", "clock": "policy", "received": "2026-03-02", "days": 1_000_000 }),
            ),
            "longer than 10 years",
        ),
        (
            one(
                json!({ "id": "A", "clock": "rights", "received": "2026-03-02",
                "pauses": [{ "asked": "2026-03-09", "answered": "2026-03-08" }] }),
            ),
            "answered before it was asked",
        ),
        (
            one(json!({ "id": "A", "clock": "review_request_by", "from": "2026-03-02" })),
            "\"regime\" must be one of: foi, eir, foisa, eisr",
        ),
        (
            json!({ "vectors": [{ "id": "A", "clock": "foi", "received": "2026-03-02" },
                { "id": "A", "clock": "foi", "received": "2026-03-02" }] })
            .to_string(),
            "there twice",
        ),
    ] {
        let file = written(folder.path(), "cases.json", &text);
        let (code, said, errors) = run(&["clocks", "evaluate", &file], &[]);
        assert_eq!((code, said.as_str()), (2, ""), "{text}");
        assert!(errors.contains(why), "{why}: {errors}");
    }
    let (code, said, errors) = run(&["clocks", "evaluate", "/nowhere.json"], &[]);
    assert_eq!((code, said.as_str()), (2, ""));
    assert!(errors.contains("/nowhere.json cannot be read"), "{errors}");
}

#[test]
fn one_case_is_explained_with_its_sum_and_its_law() {
    let (code, said, _) = run(&["clocks", "explain", "foi", "received=2026-11-02"], &[]);
    assert_eq!(code, 0);
    assert!(
        said.starts_with(
            "Due Tue 1 Dec 2026: 20 working days after Mon 2 Nov; Mon 30 Nov (St Andrew’s Day) does not count. \
             Aim for Mon 30 Nov.\n"
        ),
        "{said}"
    );
    for part in [
        "  Counted from Mon 2 Nov 2026.",
        "Law: Freedom of Information Act 2000 s.10",
        "Checked: Text read on 26 November 2026",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let open = [
        "received=2026-10-05",
        "pauses=2026-10-12/",
        "as_of=2026-11-02",
    ];
    let (_, said, _) = run(&[&["clocks", "explain", "rights"][..], &open].concat(), &[]);
    assert!(
        said.starts_with(
            "Paused since Mon 12 Oct: we asked what you want to see. If you answer today, we must answer by \
             Fri 27 Nov 2026.\n"
        ),
        "{said}"
    );
    let waits = ["received=2026-11-09", "identity_asked=2026-11-10"];
    let (_, said, _) = run(
        &[&["clocks", "explain", "rights"][..], &waits].concat(),
        &[],
    );
    assert!(
        said.starts_with(
            "Has not started: we wait for proof of who you are. We asked on Tue 10 Nov."
        ),
        "{said}"
    );
    let twice = ["aware_local=2026-10-25T01:30"];
    let (code, said, _) = run(
        &[&["clocks", "explain", "breach_72h"][..], &twice].concat(),
        &[],
    );
    assert_eq!(code, 0);
    assert!(
        said.contains("Say which one: the first or the second"),
        "{said}"
    );
    let (code, _, errors) = run(&["clocks", "explain", "foi", "received"], &[]);
    assert_eq!(code, 2);
    assert!(errors.contains("not name=value"), "{errors}");
    let (code, said, _) = run(&["clocks", "list"], &[]);
    assert!(code == 0 && said.contains("prior_consultation: "), "{said}");
}

#[test]
fn what_a_clock_does_not_use_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let cases = json!([{ "id": "A", "clock": "foisa", "received": "2027-03-01", "extended": true,
        "pasues": [] }]);
    let result = evaluate(folder.path(), &cases, &[]);
    assert_eq!(
        result["A"]["due"], "2027-03-30",
        "Scotland knows no longer time"
    );
    assert_eq!(result["A"]["not_used"], json!(["extended", "pasues"]));
}

#[test]
fn an_operator_adds_and_strikes_holidays() {
    let folder = tempfile::tempdir().unwrap();
    let cases = json!([{ "id": "A", "clock": "foi", "received": "2027-09-06" },
        { "id": "B", "clock": "foi", "received": "2026-11-02" }]);
    let before = evaluate(folder.path(), &cases, &[]);
    assert_eq!(before["A"]["due"], "2027-10-04");
    let own = json!({
        "add": [{ "division": "uk", "date": "2027-09-24", "title": "A royal day", "reason": "Proclaimed on 1 June 2027" }],
        "strike": [{ "division": "scotland", "date": "2026-11-30", "reason": "Moved" }],
    });
    let file = written(folder.path(), "holidays.json", &own.to_string());
    let after = evaluate(folder.path(), &cases, &["--holidays", &file]);
    assert_eq!(after["A"]["due"], "2027-10-05");
    assert_eq!(
        after["A"]["skipped"],
        json!([{ "date": "2027-09-24", "title": "A royal day" }])
    );
    assert_eq!(after["B"]["due"], "2026-11-30");
    // The government's list takes the place of the years that it holds.
    let newer = json!({ "scotland": { "division": "scotland", "events": [
        { "title": "New Year’s Day", "date": "2026-01-01", "notes": "", "bunting": true }] } });
    let file = written(folder.path(), "newer.json", &newer.to_string());
    let replaced = evaluate(folder.path(), &cases, &["--holidays", &file]);
    assert_eq!(replaced["B"]["due"], "2026-11-30");
    for (text, why) in [
        (
            r#"{"add": [{"division": "uk", "date": "2027-09-24", "title": "A day", "reason": " "}]}"#,
            "no reason",
        ),
        (
            r#"{"add": [{"division": "moon", "date": "2027-09-24", "title": "A day", "reason": "x"}]}"#,
            "moon",
        ),
        (
            r#"{"strike": [{"division": "uk", "date": "2027-09-23", "reason": "x"}]}"#,
            "cannot be struck",
        ),
        (r#"{"england": {"events": []}}"#, "is no division"),
        ("{", "no list"),
    ] {
        let file = written(folder.path(), "wrong.json", text);
        let (code, _, errors) = run(&["clocks", "list", "--holidays", &file], &[]);
        assert!(code == 1 && errors.contains(why), "{why}: {errors}");
        let data = folder.path().to_str().unwrap();
        let (code, said, _) = run(&["doctor", "--data", data, "--holidays", &file], &[]);
        assert!(
            code == 1 && said.contains("PROBLEM  bank holidays: "),
            "{said}"
        );
    }
}

#[test]
fn beyond_the_known_holidays_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let cases = json!([{ "id": "A", "clock": "foi", "received": "2029-12-10" },
        { "id": "B", "clock": "foi", "received": "2029-11-05" }]);
    let result = evaluate(folder.path(), &cases, &[]);
    let sentence = result["A"]["explanation"].as_str().unwrap();
    assert!(
        sentence.contains("known from 2022 to 2029 only: the last day may be later, never earlier"),
        "{sentence}"
    );
    assert_eq!(
        result["A"]["holidays_known"],
        json!({ "from": "2022-01-01", "until": "2029-12-31" })
    );
    let sentence = result["B"]["explanation"].as_str().unwrap();
    assert!(
        sentence.contains("St Andrew’s Day, not yet published"),
        "{sentence}"
    );
    assert!(result["B"].get("holidays_known").is_none());
}
