//! Altered RSF files are refused and the line is named.

use ledger::register::{Kind, Row, read, write};
use serde_json::json;

use crate::register::TREES;

/// A small register, to be attacked at each byte; others are larger and are attacked at some.
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
    named
}

/// An item that no entry uses, or that was added before, enters no root.
fn is_unused(all: &[&str], line: usize) -> bool {
    let Some(item) = all[line].strip_prefix("add-item\t") else {
        return false;
    };
    let name = ledger::digest(item.trim_end_matches('\n').as_bytes());
    let uses = |l: &&str| l.starts_with("append-entry") && l.contains(&name);
    all[..line].contains(&all[line]) || !all.iter().any(uses)
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
                // An item that nothing uses is noted.
                Ok(register) if !register.notes.is_empty() && is_unused(&all, n) => {}
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
fn flipped_bytes_of_another_programs_register_are_refused_and_their_line_named() {
    flip(TREES, 3);
}

/// Drops each line, or each `step`th.
fn drop_lines(text: &str, step: usize) {
    let all = lines(text);
    for n in (0..all.len()).step_by(step) {
        let mut kept = all.clone();
        let dropped = kept.remove(n);
        match read(&kept.concat()) {
            Err(fault) => {
                let named = may_be_named(&all, n);
                assert!(
                    // Lines after the dropped one have moved up.
                    named.contains(&fault.line) || named.contains(&(fault.line + 1)),
                    "line {}: {fault}",
                    n + 1
                );
            }
            // In no root: a system entry, whose item is then noted unless another uses it, an item that
            // nothing needs, an assertion before the last.
            Ok(register) => {
                let system = dropped.starts_with("append-entry\tsystem\t");
                let assertion = dropped.starts_with("assert-root-hash") && n + 1 < all.len();
                assert!(system || assertion || is_unused(&all, n), "{dropped}");
                let name = dropped.trim_end().rsplit(':').next().expect("a hash");
                if system && kept.concat().matches(name).count() == 0 {
                    assert!(!register.notes.is_empty(), "{dropped}");
                }
            }
        }
    }
}

#[test]
fn any_dropped_line_is_refused_or_noted() {
    drop_lines(&small(), 1);
    drop_lines(TREES, 1);
}

/// An entry or item of the file that is there twice is refused, or noted.
fn double_lines(text: &str) {
    let all = lines(text);
    for n in 0..all.len() {
        let mut doubled = all.clone();
        doubled.insert(n, all[n]);
        let read = read(&doubled.concat());
        match all[n].split('\t').next() {
            Some("add-item") => {
                let notes = read.expect("holds").notes;
                assert!(
                    notes.iter().any(|note| note.line == n + 2),
                    "line {}",
                    n + 1
                );
            }
            Some("append-entry") if all[n].contains("\tuser\t") => {
                let next = (n..doubled.len()).find(|n| doubled[*n].starts_with("assert"));
                assert_eq!(Some(read.expect_err("doubled").line), next.map(|n| n + 1));
            }
            // In no root.
            _ => assert!(read.is_ok(), "line {}", n + 1),
        }
    }
}

#[test]
fn doubled_entries_are_refused_and_doubled_items_noted() {
    double_lines(&small());
    double_lines(TREES);
}

#[test]
fn swapped_entries_are_refused() {
    let mut swapped = lines(TREES);
    let first = swapped
        .iter()
        .position(|l| l.contains("user\t1"))
        .expect("there");
    assert!(swapped[first + 1].contains("user\t2"));
    swapped.swap(first, first + 1);
    let asserted = first + 4;
    assert!(swapped[asserted - 1].starts_with("assert-root-hash"));
    assert_eq!(read(&swapped.concat()).expect_err("swapped").line, asserted);
}

#[test]
fn wrong_assertions_are_refused_with_their_line() {
    let last = TREES.lines().count();
    let root = TREES.trim_end().rsplit(':').next().expect("a root");
    for wrong in [
        &root[..63],
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        &root.to_uppercase(),
    ] {
        let fault = read(&TREES.replace(root, wrong)).expect_err("wrong");
        assert_eq!(fault.line, last);
        assert!(
            fault.what.starts_with(&format!(
                "the root after 6 user entries is sha-256:{root}, not"
            )),
            "{fault}"
        );
    }
}

#[test]
fn cut_off_files_are_refused() {
    for text in [small(), TREES.to_owned()] {
        // Up to an assertion it is a shorter register, and holds.
        let mut whole = Vec::new();
        for line in lines(&text) {
            let end = whole.last().map_or(0, |(end, _)| *end) + line.len();
            whole.push((end, line.starts_with("assert-root-hash")));
        }
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let holds = whole.contains(&(end, true));
            assert_eq!(read(&text[..end]).is_ok(), holds, "cut off at byte {end}");
        }
    }
}

#[test]
fn a_file_that_a_program_saved_otherwise_is_told_so() {
    let windows = read(&TREES.replace('\n', "\r\n")).expect_err("other line ends");
    assert_eq!(windows.line, 1);
    assert!(windows.what.contains("(CR LF)"), "{windows}");
    // One line only, further down.
    let one = TREES
        .replacen("\nadd-item", "\r\nadd-item", 3)
        .replacen("\r\n", "\n", 2);
    let one = read(&one).expect_err("one other line end");
    assert!(one.line > 1 && one.what.contains("(CR LF)"), "{one}");
    let marked = read(&format!("\u{feff}{TREES}")).expect_err("a mark in front");
    assert_eq!(marked.line, 1);
    assert!(marked.what.contains("byte order mark"), "{marked}");
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
        ("add-item\t{}\r\n", "CR LF"),
        ("add-item\t{\"a\":01}\n", "not JSON"),
        ("add-item\t{\"a\":-}\n", "not JSON"),
        ("add-item\t{\"a\":1e}\n", "not JSON"),
        ("add-item\t{\"a\":\"1\\u0041\"}\n", "canonical"),
        ("add-item\t{\"b\":1e999,\"a\":1}\n", "canonical"),
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

mod other_peoples_files {
    use super::*;
    use crate::register::other_peoples_files::{AGREEMENTS, COUNTRIES, file};

    #[test]
    fn altered_real_registers_are_refused_and_their_line_named() {
        flip(&file(AGREEMENTS), 11);
        drop_lines(&file(AGREEMENTS), 1);
        drop_lines(&file(COUNTRIES), 9);
        double_lines(&file(AGREEMENTS));
    }
}
