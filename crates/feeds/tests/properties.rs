//! What holds of every calendar and every row: read back by means that share nothing with how they are made.

use feeds::{Calendar, Cell, Event, Status, When, row};
use jiff::Timestamp;
use jiff::civil::{date, datetime};
use proptest::collection::vec;
use proptest::prelude::*;

fn calendar(name: &str, title: &str, text: &str, kinds: Vec<String>) -> String {
    let event = Event {
        id: "evt_1".to_owned(),
        url: "https://aldgate.example/open/events/evt_1".to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        place: text.to_owned(),
        kinds,
        when: When::Times {
            starts: datetime(2026, 6, 5, 10, 0, 0, 0),
            ends: None,
        },
        status: Status::Confirmed,
        changed_at: Timestamp::UNIX_EPOCH,
        sequence: 0,
    };
    let calendar = Calendar {
        name: name.to_owned(),
        source: "https://aldgate.example/open/events.ics".to_owned(),
        host: "aldgate.example".to_owned(),
        events: vec![event],
    };
    calendar.text()
}

/// The values of a property, its lines unfolded and its text unescaped.
fn read(feed: &str, name: &str) -> Vec<String> {
    let unfolded = feed.replace("\r\n ", "");
    let mut found = Vec::new();
    for line in unfolded.split("\r\n") {
        let Some(value) = line.strip_prefix(&format!("{name}:")) else {
            continue;
        };
        let (mut text, mut escape) = (String::new(), false);
        for c in value.chars() {
            match (escape, c) {
                (true, 'n') => text.push('\n'),
                (true, c) => text.push(c),
                (false, '\\') => {
                    escape = true;
                    continue;
                }
                (false, c) => text.push(c),
            }
            escape = false;
        }
        found.push(text);
    }
    found
}

/// What people type, and what somebody would type to break out of a line.
fn typed() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("\r\nEND:VEVENT".to_owned()),
        Just("\n ATTENDEE:x".to_owned()),
        Just("\\n;,".to_owned()),
        Just("🙂é\u{7}".to_owned()),
        Just("\r".to_owned()),
        ".{0,90}",
    ];
    vec(part, 0..4).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_text_breaks_a_calendar(name in typed(), title in typed(), text in typed(), kind in typed()) {
        let feed = calendar(&name, &title, &text, vec![kind.clone()]);
        for line in feed.split("\r\n") {
            prop_assert!(line.len() <= 75, "{} octets", line.len());
            prop_assert!(!line.contains(['\r', '\n']));
        }
        let mut unfolded: Vec<String> = feed
            .replace("\r\n ", "")
            .split_terminator("\r\n")
            .map(|line| line.split([':', ';']).next().unwrap().to_owned())
            .collect();
        unfolded.sort();
        // The names of properties depend on nothing that was typed, but for those left out when empty.
        let mut plain: Vec<String> = calendar("n", "t", "t", vec!["k".to_owned()])
            .split_terminator("\r\n")
            .map(|line| line.split([':', ';']).next().unwrap().to_owned())
            .collect();
        plain.sort();
        let empty = |text: &str| text.chars().all(|c| c.is_control() && !matches!(c, '\r' | '\n'));
        plain.retain(|name| !matches!(name.as_str(), "DESCRIPTION" | "LOCATION") || !empty(&text));
        plain.retain(|name| name != "CATEGORIES" || !empty(&kind));
        prop_assert_eq!(unfolded, plain);

        let kept = |text: &str| -> String {
            text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect()
        };
        prop_assert_eq!(read(&feed, "SUMMARY"), vec![kept(&title)]);
        prop_assert_eq!(read(&feed, "NAME"), vec![kept(&name)]);
        if !empty(&text) {
            prop_assert_eq!(read(&feed, "DESCRIPTION"), vec![kept(&text)]);
        }
    }

    #[test]
    fn a_row_is_read_back_as_written_and_nothing_in_it_is_run(cells in vec(".{0,20}|[=+@\\-\t\r].{0,9}|\"\n,", 1..6)) {
        let written = row(&cells.iter().cloned().map(Cell::Text).collect::<Vec<_>>());
        prop_assert!(written.ends_with("\r\n"));
        // After a row of names, as in a file: a byte order mark is only one at the very beginning.
        let file = format!("{}\r\n{written}", vec!["name"; cells.len()].join(","));
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        let back: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(back.len(), 1);
        prop_assert_eq!(back[0].len(), cells.len());
        for (cell, back) in cells.iter().zip(&back[0]) {
            prop_assert!(!back.starts_with(['=', '+', '-', '@', '\t', '\r']));
            let plain = back.strip_prefix('\'').filter(|plain| plain == cell);
            prop_assert!(plain.is_some() || back == cell);
        }
    }
}

#[test]
fn money_is_in_pounds_and_lists_are_defused_too() {
    let cells = [
        Cell::Pence(-150),
        Cell::Pence(5),
        Cell::List(vec!["=1".to_owned(), "b".to_owned()]),
        Cell::Date(date(2026, 3, 1)),
    ];
    assert_eq!(row(&cells), "-1.50,0.05,'=1;b,2026-03-01\r\n");
}

#[test]
fn a_withheld_supplier_is_nowhere_in_the_file() {
    let buyer = feeds::Party {
        name: "Example Borough Council".to_owned(),
        identifier: None,
        scale: None,
    };
    let contract = feeds::Contract {
        id: "con_1".to_owned(),
        ocid: "ocds-000000-con_1".to_owned(),
        title: "Case management system".to_owned(),
        summary: None,
        buyer,
        supplier: None,
        start: None,
        end: None,
        longest: None,
        review: None,
        signed: None,
        value: Some(12_345),
        state: feeds::ContractState::Active,
        version: 1,
        tags: vec!["contract".to_owned()],
        published: "2026-11-21T10:00:00Z".to_owned(),
    };
    let package = contract.package("https://aldgate.example");
    let release = &package["releases"][0];
    assert_eq!(release["parties"].as_array().unwrap().len(), 1);
    assert!(release["awards"][0].get("suppliers").is_none());
    assert!(release["contracts"][0].get("period").is_none());
    assert_eq!(
        release["contracts"][0]["value"]["amount"].to_string(),
        "123.45"
    );
}
