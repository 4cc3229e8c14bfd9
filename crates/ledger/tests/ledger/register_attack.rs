//! Altered RSF files are refused and the line is named.

use std::collections::BTreeMap;

use ledger::register::{Kind, Row, read, write};
use serde_json::json;

use crate::register::{AGREEMENTS, COUNTRIES, fixture};

/// A small register, to be attacked at each byte; the real ones are larger and are attacked at
/// some.
fn small() -> String {
    let time = "2026-11-20T09:00:00Z";
    let system = |key: &str, item| Row {
        kind: Kind::System,
        ..Row::user(key, time, item)
    };
    write(&[
        system("name", json!({"name": "agreements"})),
        system(
            "field:parties",
            json!({"field": "parties", "cardinality": "n"}),
        ),
        Row::user(
            "1",
            time,
            json!({"agreement": "1", "parties": ["camden", "tŷ"]}),
        ),
        Row::user("2", time, json!({"agreement": "2", "parties": []})),
        Row::user(
            "1",
            "2026-11-21T09:00:00Z",
            json!({"agreement": "1", "parties": ["camden"]}),
        ),
    ])
    .expect("writes")
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Bytes of a system entry's key and time: in no hash of the format.
fn in_no_hash(line: &str, at: usize) -> bool {
    line.starts_with("append-entry\tsystem\t")
        && (20..line.rfind('\t').expect("fields")).contains(&at)
}

/// The lines that may be named for a change at `line`: the line itself, the one that leans on
/// it, or the next assertion.
fn may_be_named(all: &[&str], line: usize) -> Vec<usize> {
    let mut named = vec![line + 1];
    let next = (line..all.len()).find(|n| all[*n].starts_with("assert-root-hash"));
    named.extend(next.map(|n| n + 1));
    if let Some(item) = all[line].strip_prefix("add-item\t") {
        let name = ledger::digest(item.trim_end_matches('\n').as_bytes());
        named.extend(
            (0..all.len())
                .filter(|n| all[*n].contains(&name))
                .map(|n| n + 1),
        );
    }
    if all[line].starts_with("append-entry") {
        // Without its entry the item is the line that nothing refers to.
        let name = all[line].trim_end().rsplit(':').next().expect("a hash");
        named.extend(
            (0..line)
                .filter(|n| {
                    let item = all[*n].strip_prefix("add-item\t").unwrap_or_default();
                    ledger::digest(item.trim_end_matches('\n').as_bytes()) == name
                })
                .map(|n| n + 1),
        );
    }
    named
}

/// Flips a bit of each `step`th byte; how many flips went unseen, each of them allowed to.
fn flip(text: &str, step: usize) -> usize {
    let all = lines(text);
    let mut start = 0;
    let mut unseen = 0;
    for (n, line) in all.iter().enumerate() {
        let named = may_be_named(&all, n);
        for at in (0..line.len()).filter(|at| (start + at).is_multiple_of(step)) {
            let mut bytes = text.to_owned().into_bytes();
            bytes[start + at] ^= 1;
            // What is no longer text is refused before it gets here.
            let Ok(bent) = String::from_utf8(bytes) else {
                continue;
            };
            match read(&bent) {
                Err(fault) => assert!(
                    // A flipped line end joins two lines: those after it move up by one.
                    named.contains(&fault.line) || named.contains(&(fault.line + 1)),
                    "line {} byte {at}: {fault}",
                    n + 1
                ),
                Ok(_) => {
                    assert!(in_no_hash(line, at), "line {} byte {at} unseen", n + 1);
                    unseen += 1;
                }
            }
        }
        start += line.len();
    }
    unseen
}

#[test]
fn any_flipped_byte_is_refused_and_its_line_named() {
    let text = small();
    let unseen = flip(&text, 1);
    let open: usize = lines(&text)
        .iter()
        .map(|line| (0..line.len()).filter(|at| in_no_hash(line, *at)).count())
        .sum();
    assert!(unseen < open, "{unseen} of {open} bytes outside every hash");
}

#[test]
fn flipped_bytes_of_a_real_register_are_refused_and_their_line_named() {
    flip(&fixture(AGREEMENTS), 11);
}

#[test]
fn any_dropped_line_is_refused_and_its_place_named() {
    for (name, text, step) in [
        ("small", small(), 1),
        (AGREEMENTS, fixture(AGREEMENTS), 1),
        (COUNTRIES, fixture(COUNTRIES), 9),
    ] {
        let all = lines(&text);
        let mut uses = BTreeMap::new();
        for line in all.iter().filter(|l| l.starts_with("append-entry")) {
            *uses.entry(line.trim_end().rsplit(':').next()).or_insert(0) += 1;
        }
        for n in (0..all.len()).step_by(step) {
            let mut kept = all.clone();
            let dropped = kept.remove(n);
            match read(&kept.concat()) {
                Err(fault) => {
                    let named = may_be_named(&all, n);
                    assert!(
                        // Lines after the dropped one have moved up.
                        named.contains(&fault.line) || named.contains(&(fault.line + 1)),
                        "{name} line {}: {fault}",
                        n + 1
                    );
                }
                // A system entry whose item another entry uses too leaves no trace.
                Ok(_) => {
                    assert!(dropped.starts_with("append-entry\tsystem\t"), "{dropped}");
                    assert!(
                        uses[&dropped.trim_end().rsplit(':').next()] > 1,
                        "{dropped}"
                    );
                }
            }
        }
    }
}

#[test]
fn doubled_and_swapped_lines_are_refused() {
    let text = fixture(AGREEMENTS);
    let all = lines(&text);
    for n in 0..all.len() {
        let system = all[n].starts_with("append-entry\tsystem");
        let assertion = all[n].starts_with("assert-root-hash");
        let mut doubled = all.clone();
        doubled.insert(n, all[n]);
        if !system && !assertion {
            let line = match all[n].starts_with("add-item") {
                true => n + 2,
                false => all.len() + 1,
            };
            assert_eq!(read(&doubled.concat()).expect_err("doubled").line, line);
        }
    }
    let mut swapped = all.clone();
    swapped.swap(60, 61);
    assert!(all[60].contains("user\t1") && all[61].contains("user\t2"));
    assert_eq!(read(&swapped.concat()).expect_err("swapped").line, 64);
}

#[test]
fn wrong_assertions_are_refused_with_their_line() {
    let text = fixture(AGREEMENTS);
    let root = "8268411e2a537e6db5a467c6b472e34fc1f0c178932ef3999d96a374f0d66a95";
    for wrong in [
        &root[..63],
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        &root.to_uppercase(),
    ] {
        let fault = read(&text.replace(root, wrong)).expect_err("wrong");
        assert_eq!(fault.line, 64);
        assert!(
            fault
                .to_string()
                .starts_with("line 64: the root after 3 user entries is sha-256:8268"),
            "{fault}"
        );
    }
}

#[test]
fn cut_off_files_are_refused() {
    for (text, step) in [(small(), 1), (fixture(AGREEMENTS), 61)] {
        let first = lines(&text)[0].len();
        for end in (0..text.len()).step_by(step) {
            // The first line alone is an empty register and holds.
            if text.is_char_boundary(end) && end != first {
                assert!(read(&text[..end]).is_err(), "cut off at byte {end}");
            }
        }
        assert!(read(&text[..first]).is_ok());
    }
}

#[test]
fn lines_that_are_not_of_the_format_are_refused() {
    let empty = "assert-root-hash\tsha-256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n";
    let name = ledger::digest(b"{}");
    let entry = format!("append-entry\tuser\ta\t2026-11-20T09:00:00Z\tsha-256:{name}\n");
    for (line, what) in [
        ("\n", "not a command"),
        ("drop-item\t{}\n", "not a command"),
        ("add-item\t[]\n", "object"),
        ("add-item\t{\n", "not JSON"),
        ("add-item\t{ }\n", "canonical"),
        ("add-item\t{\"a\":1,\"a\":1}\n", "canonical"),
        ("add-item\t{\"b\":1,\"a\":1}\n", "canonical"),
        ("add-item\t{}\r\n", "canonical"),
        ("append-entry\tuser\ta\n", "four fields"),
        (&entry.replace("user", "guest"), "‘guest’"),
        (&entry, "which no line before it adds"),
    ] {
        let fault = read(&format!("{empty}{line}{empty}")).expect_err("refused");
        assert_eq!(fault.line, 2, "{line}");
        assert!(fault.what.contains(what), "{line}: {fault}");
    }
    let field = "add-item\t{\"field\":\"name\"}\n";
    let name = ledger::digest(b"{\"field\":\"name\"}");
    let other = format!("append-entry\tsystem\tfield:nbme\t2026-11-20T09:00:00Z\tsha-256:{name}\n");
    let fault = read(&format!("{empty}{field}{other}{empty}")).expect_err("refused");
    assert_eq!(fault.line, 3);
    assert_eq!(read("").expect_err("nothing").line, 1);
}
