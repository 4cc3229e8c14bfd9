//! Every fault of a clock or a list of holidays names file, line, what is wrong and the cure.

use packs::{Files, Packs};

use crate::tiny;

const CLOCKS: &str = "law/clocks/answers.toml";
const NORTH: &str = "law/holidays/north.toml";
const SETS: &str = "law/calendars.toml";

const FILES: [(&str, &str); 3] = [
    (
        CLOCKS,
        r#"[[clock]]
id = "answer"
name = "answer"
plain = "Twenty working days."
house = true
length = "20 working days"
holidays = "all"
starts = ["received"]
target = { holidays = "north" }
extend = { to = "40 working days", tell_within = "20 working days", result = "tell_by" }

[[clock]]
id = "reply"
name = "reply"
plain = "One month."
house = true
length = "1 month"
starts = ["received"]
roll = "division"
pauses = { only = { word = "right", is = ["access"], left_out = true }, words = "we asked" }
"#,
    ),
    (
        NORTH,
        r#"division = "north"
name = "The north"
from = 2026-01-01
until = 2026-12-31
source = "made up"

[[holiday]]
date = 2026-03-02
title = "Northern day"
"#,
    ),
    (
        SETS,
        r#"[[set]]
id = "all"
name = "everywhere"
divisions = ["north"]
"#,
    ),
];

fn changed(path: &str, old: &str, new: &str) -> Files {
    let ours = FILES.map(|(at, text)| {
        let text = if at == path {
            assert!(text.contains(old), "{path} does not contain {old}");
            text.replacen(old, new, 1)
        } else {
            text.to_owned()
        };
        (at.to_owned(), text)
    });
    let tiny = tiny::FILES
        .iter()
        .map(|(at, text)| ((*at).to_owned(), (*text).to_owned()));
    Files::new(tiny.chain(ours))
}

#[track_caller]
fn expect(path: &str, old: &str, new: &str, line: usize, what: &str, cure: &str) {
    let faults = Packs::load(&changed(path, old, new)).expect_err("the pack is faulty");
    assert!(
        faults.iter().any(|fault| {
            fault.file == path
                && fault.line == line
                && fault.what.contains(what)
                && fault.cure.contains(cure)
        }),
        "expected {path}:{line}: {what} … {cure}\n{}",
        tiny::listed(&faults)
    );
}

#[test]
fn clocks_and_holidays_load() {
    let packs = Packs::load(&changed(CLOCKS, "answer", "answer")).expect("no faults");
    assert_eq!(packs.clocks.ids(), ["answer", "reply"]);
    let north = packs.clocks.holidays.calendar("all").expect("the set");
    assert!(!north.is_working(jiff::civil::date(2026, 3, 2)));
}

#[test]
fn a_clock_that_cannot_be_meant() {
    for (old, new, line, what, cure) in [
        (
            "length = \"20 working days\"",
            "length = \"20 wdays\"",
            6,
            "is no length",
            "20 working days",
        ),
        (
            "length = \"20 working days\"",
            "length = \"0 working days\"",
            6,
            "nought",
            "20 working days",
        ),
        (
            "length = \"20 working days\"",
            "length = \"working days\"",
            6,
            "has no number",
            "20 working days",
        ),
        (
            "length = \"20 working days\"\n",
            "",
            1,
            "no \"length\"",
            "Add",
        ),
        (
            "holidays = \"all\"\n",
            "",
            1,
            "by whose holidays",
            "holidays = \"uk\"",
        ),
        (
            "holidays = \"all\"",
            "holidays = \"south\"",
            7,
            "no set of holidays \"south\"",
            "north, all",
        ),
        (
            "holidays = \"north\" }",
            "holidays = \"south\" }",
            9,
            "no set of holidays",
            "calendars.toml",
        ),
        ("starts = [\"received\"]\n", "", 1, "has no start", "starts"),
        (
            "to = \"40 working days\"",
            "to = \"10 working days\"",
            1,
            "no longer",
            "whole length",
        ),
        (
            "to = \"40 working days\"",
            "to = \"3 months\"",
            1,
            "another way of counting",
            "as the clock",
        ),
        (
            "house = true",
            "provisions = [\"nowhere\"]\nmark = \"K\"",
            5,
            "no provision \"nowhere\"",
            "law/provisions",
        ),
        (
            "house = true\n",
            "",
            1,
            "names the provisions it rests on",
            "house = true",
        ),
        (
            "id = \"reply\"",
            "id = \"answer\"",
            12,
            "apply on one day",
            "\"from\" of the later",
        ),
        (
            "left_out = true }",
            "}",
            20,
            "leaves the word out",
            "left_out",
        ),
        (
            "roll = \"division\"",
            "rolls = \"division\"",
            19,
            "\"rolls\" is not known",
            "roll",
        ),
        (
            "roll = \"division\"",
            "roll = \"moon\"",
            19,
            "no set of holidays \"moon\"",
            "division, north, all",
        ),
    ] {
        expect(CLOCKS, old, new, line, what, cure);
    }
}

#[test]
fn a_list_of_holidays_that_cannot_be_meant() {
    for (path, old, new, line, what, cure) in [
        (
            NORTH,
            "date = 2026-03-02",
            "date = 2028-03-02",
            7,
            "outside the days",
            "until",
        ),
        (
            NORTH,
            "date = 2026-03-02\n",
            "",
            7,
            "no \"date\"",
            "Add date",
        ),
        (
            NORTH,
            "until = 2026-12-31\n",
            "",
            1,
            "no \"until\"",
            "until = ",
        ),
        (
            NORTH,
            "until = 2026-12-31",
            "until = 2025-12-31",
            4,
            "which is none",
            "come after",
        ),
        (
            NORTH,
            "title = \"Northern day\"",
            "title = \"Northern day\"\n\n[[holiday]]\ndate = 2026-03-02\ntitle = \"Again\"",
            11,
            "is there twice",
            "Take one",
        ),
        (
            SETS,
            "\"north\"]",
            "\"nroth\"]",
            4,
            "no division \"nroth\"",
            "north",
        ),
    ] {
        expect(path, old, new, line, what, cure);
    }
}
