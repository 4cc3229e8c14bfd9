//! The clocks of the packs the gateway ships: every published vector comes out exactly, through the packs.

use std::path::Path;

use clocks::{CaseFile, London};
use jiff::tz::TimeZoneDatabase;
use packs::{Files, Packs};
use serde_json::Value;

const VECTORS: &str = include_str!("../../../clocks/tests/vectors.json");

pub fn real() -> Packs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    Packs::load(&Files::from_dir(&folder).expect("the packs can be read")).expect("no faults")
}

pub fn london() -> London {
    let zone = TimeZoneDatabase::bundled().get("Europe/London");
    London::new(zone.expect("the zone is embedded")).expect("it keeps London's time")
}

#[test]
fn every_published_vector_comes_out_exactly() {
    let packs = real();
    let file = CaseFile::read(VECTORS).expect("the vectors can be read");
    let done = file
        .evaluate(&packs.clocks.rules, &packs.clocks.holidays, &london())
        .unwrap_or_else(|unreadable| panic!("{unreadable}"));
    let whole: Value = serde_json::from_str(VECTORS).expect("JSON");
    let vectors = whole["vectors"].as_array().expect("a list");
    assert_eq!((vectors.len(), done.len()), (40, 40));
    let mut wrong = Vec::new();
    for (vector, evaluated) in vectors.iter().zip(&done) {
        println!("{} {}", evaluated.id, evaluated.explanation.sentence);
        for (key, expected) in vector["expect"].as_object().expect("an object") {
            let found = &evaluated.result[key];
            if found != expected {
                wrong.push(format!("{} {key}: {found}, not {expected}", evaluated.id));
            }
        }
        if vector["expect"]["refused"].is_string() {
            assert_eq!(evaluated.result, vector["expect"], "{}", evaluated.id);
        }
        assert!(
            evaluated.not_used.is_empty() || evaluated.id == "R18",
            "{evaluated:?}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the clock of one case says, from name and value.
fn said(clock: &str, facts: &[(&str, &str)]) -> Value {
    let packs = real();
    let mut case = serde_json::Map::new();
    case.insert("id".into(), "A".into());
    case.insert("clock".into(), clock.into());
    for (name, value) in facts {
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(*value));
        case.insert((*name).to_owned(), value);
    }
    let done = CaseFile::of(case)
        .evaluate(&packs.clocks.rules, &packs.clocks.holidays, &london())
        .unwrap_or_else(|unreadable| panic!("{unreadable}"));
    done[0].result.clone()
}

/// Worked by hand from the law and its guidance.
#[test]
fn worked_examples() {
    for (clock, facts, key, expected) in [
        (
            "rights",
            &[("received", "2026-09-03")][..],
            "due",
            "2026-10-05",
        ),
        ("rights", &[("received", "2026-11-25")], "due", "2026-12-29"),
        (
            "rights",
            &[("received", "2027-01-31"), ("right", "erasure")],
            "due",
            "2027-03-01",
        ),
        (
            "rights",
            &[("received", "2026-11-30"), ("extended", "true")],
            "due",
            "2027-03-01",
        ),
        (
            "rights",
            &[("received", "2026-11-30"), ("extended", "true")],
            "extension_notice_by",
            "2026-12-30",
        ),
        (
            "rights",
            &[
                ("received", "2027-01-06"),
                ("identity_received", "2027-01-15"),
                (
                    "pauses",
                    r#"[{"asked": "2027-01-20", "answered": "2027-01-27"}]"#,
                ),
            ],
            "due",
            "2027-02-23",
        ),
        // Part 3 knew no longer time before 5 February 2026.
        (
            "part3",
            &[("received", "2026-02-04"), ("extended", "true")],
            "due",
            "2026-03-04",
        ),
        (
            "part3",
            &[("received", "2026-02-05"), ("extended", "true")],
            "due",
            "2026-05-05",
        ),
        (
            "art14_notice",
            &[("obtained", "2026-12-15")],
            "due",
            "2027-01-15",
        ),
        (
            "art14_notice",
            &[("obtained", "2026-12-15"), ("first_contact", "2026-12-20")],
            "due",
            "2026-12-20",
        ),
        // Eight weeks from a Monday, and fourteen.
        (
            "prior_consultation",
            &[("received", "2026-11-02")],
            "due",
            "2026-12-29",
        ),
        (
            "prior_consultation",
            &[("received", "2026-11-02"), ("extended", "true")],
            "due",
            "2027-02-08",
        ),
        (
            "part3_prior_consultation",
            &[("received", "2026-11-02"), ("extended", "true")],
            "due",
            "2027-01-14",
        ),
        (
            "deceased_records",
            &[("received", "2026-11-02")],
            "due",
            "2026-12-11",
        ),
        (
            "deceased_records",
            &[("received", "2026-11-02"), ("record", "recent")],
            "due",
            "2026-11-22",
        ),
        ("reuse", &[("received", "2026-11-02")], "due", "2026-12-01"),
        (
            "publication",
            &[("received", "2027-02-01")],
            "due",
            "2027-03-01",
        ),
        (
            "pecr_breach",
            &[("aware", "2025-08-19T10:00:00+01:00")],
            "due_utc",
            "2025-08-20T09:00:00Z",
        ),
        (
            "pecr_breach",
            &[("aware", "2025-08-20T10:00:00+01:00")],
            "due_utc",
            "2025-08-23T09:00:00Z",
        ),
        (
            "breach_partner",
            &[("aware", "2026-11-02T10:00:00Z")],
            "due_utc",
            "2026-11-03T10:00:00Z",
        ),
        (
            "breach_partner",
            &[("aware", "2026-11-02T10:00:00Z"), ("hours", "4")],
            "due_utc",
            "2026-11-02T14:00:00Z",
        ),
        (
            "nis_first_notice",
            &[("aware", "2026-11-02T10:00:00Z")],
            "reason",
            "not in force",
        ),
        (
            "eisr",
            &[("received", "2027-03-01"), ("extended", "true")],
            "tell_requester_by",
            "2027-03-30",
        ),
        (
            "review_request_by",
            &[("from", "2027-03-01"), ("regime", "foisa")],
            "last_day_to_ask",
            "2027-04-27",
        ),
        (
            "review_request_by",
            &[("from", "2027-03-01"), ("regime", "foi")],
            "last_day_to_ask",
            "2027-04-29",
        ),
        // A fees notice that nobody has paid stops the count.
        (
            "foi",
            &[("received", "2027-02-01"), ("fees_notice", "2027-02-08")],
            "state",
            "paused",
        ),
        (
            "foi",
            &[
                ("received", "2027-02-01"),
                ("fees_notice", "2027-02-08"),
                ("as_of", "2027-02-22"),
            ],
            "due_if_answered_today",
            "2027-03-16",
        ),
        (
            "foi",
            &[("received", "2027-02-01"), ("fees_notice", "2027-03-02")],
            "due",
            "2027-03-01",
        ),
        // Asked to clarify, and not answered: the count begins with the answer.
        (
            "foi",
            &[
                ("received", "2026-09-01"),
                ("clarification_asked", "2026-09-03"),
                ("as_of", "2026-09-18"),
            ],
            "due_if_answered_today",
            "2026-10-16",
        ),
        // Wales counts as England does, and London's day is meant.
        (
            "complaint_ack",
            &[("received", "2026-06-18T23:30:00Z"), ("nation", "wales")],
            "due",
            "2026-07-20",
        ),
    ] {
        let result = said(clock, facts);
        assert_eq!(result[key], expected, "{clock} {facts:?}: {result}");
    }
}

#[test]
fn a_question_asked_too_late_is_ignored_and_said() {
    // 5 December is a Saturday: the days that the weekend won are too late for a question.
    let asked = |on: &str, answered: &str| {
        let pauses = format!(r#"[{{"asked": "{on}", "answered": {answered}}}]"#);
        said(
            "rights",
            &[
                ("received", "2026-11-05"),
                ("pauses", &pauses),
                ("as_of", "2026-12-20"),
            ],
        )
    };
    let in_time = asked("2026-12-05", "\"2026-12-08\"");
    assert_eq!(in_time["due"], "2026-12-09");
    assert!(in_time.get("late_question_ignored").is_none());
    for answered in ["\"2026-12-08\"", "null"] {
        let late = asked("2026-12-06", answered);
        assert_eq!(
            (
                &late["due"],
                &late["late_question_ignored"],
                &late["days_not_counted"]
            ),
            (&"2026-12-07".into(), &true.into(), &0.into()),
            "{late}"
        );
        assert_eq!(late["target"], "2026-12-04");
    }
}

/// A pack that says another number gives another day: no number is in the program.
#[test]
fn the_numbers_are_in_the_packs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let files = Files::from_dir(&folder).expect("the packs can be read");
    let changed = files.iter().map(|(path, text)| {
        let text = if path == "law/clocks/information.toml" {
            text.replace("\"20 working days\"", "\"19 working days\"")
        } else {
            text.to_owned()
        };
        (path.to_owned(), text)
    });
    let packs = Packs::load(&Files::new(changed)).expect("no faults");
    let case = r#"{"vectors": [{"id": "A", "clock": "foi", "received": "2026-11-02"}]}"#;
    let done = CaseFile::read(case)
        .expect("a case")
        .evaluate(&packs.clocks.rules, &packs.clocks.holidays, &london())
        .expect("an answer");
    assert_eq!(done[0].result["due"], "2026-11-27");
}
