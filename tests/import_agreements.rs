//! Agreements from the government's sheet of 2019.

use std::process::{Command, Output};

/// A small sheet in the format of the government's, with the mistakes that the real one has.
const SHEET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/agreements.tsv");

struct Gateway(tempfile::TempDir);

impl Gateway {
    fn new() -> Gateway {
        Gateway(tempfile::tempdir().unwrap())
    }

    /// Runs the program; gives its exit code, output and errors.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_aldgate"))
            .args(arguments)
            .arg("--data")
            .arg(self.0.path())
            .env("ALDGATE_LOG", "error")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    fn import(&self, sheet: &[u8], more: &[&str]) -> (i32, String, String) {
        let file = self.0.path().join("sheet.tsv");
        std::fs::write(&file, sheet).unwrap();
        let mut arguments = vec!["import", "agreements", file.to_str().unwrap()];
        arguments.extend(more);
        self.run(&arguments)
    }
}

/// Brings in a sheet whose last row names a register that is not there.
fn comes_in_but_for_its_one_bad_value(file: &str, titles: [&str; 2], leads: [&str; 2]) {
    let gateway = Gateway::new();

    // First only a look.
    let (code, said, _) = gateway.run(&["import", "agreements", file]);
    assert_eq!(code, 1, "{said}");
    for (row, title) in [2, 3].into_iter().zip(titles) {
        let can_be_written = format!("row {row}: “{title}” can be written");
        assert!(said.contains(&can_be_written), "{can_be_written}: {said}");
    }
    let bad: Vec<&str> = said
        .lines()
        .filter(|line| line.contains(", column "))
        .collect();
    assert_eq!(bad.len(), 1, "{said}");
    assert!(
        bad[0].starts_with("row 4, column legal-power-disclosure:"),
        "{said}"
    );
    assert!(bad[0].contains("powers-and-objecitves-0001"), "{said}");
    assert!(
        said.contains("2 can be written, 0 here already, 1 with problems. Nothing was written.")
    );

    // Then the good rows; the bad one is still said.
    let (code, said, _) = gateway.run(&["import", "agreements", file, "--write"]);
    assert_eq!(code, 1, "{said}");
    for lead in leads {
        assert!(said.contains(&format!("led by {lead}")), "{said}");
    }
    assert!(
        said.contains("2 written, 0 here already, 1 with problems."),
        "{said}"
    );

    // A second time nothing is written twice.
    let (_, said, _) = gateway.run(&["import", "agreements", file, "--write"]);
    assert!(
        said.contains("0 written, 2 here already, 1 with problems."),
        "{said}"
    );
    let (code, said, _) = gateway.run(&["ledger", "fsck"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_sheet_comes_in_but_for_its_one_bad_value() {
    comes_in_but_for_its_one_bad_value(
        SHEET,
        [
            "Finding people who overpaid for their home licence",
            "Matching records to find missed winter payments",
        ],
        ["Riverside Homes", "Cabinet Office"],
    );
}

mod other_peoples_files {
    use crate::support::other_peoples_file;

    #[test]
    fn the_real_sheet_comes_in_but_for_its_one_bad_value() {
        let file = other_peoples_file("2019-02-07_update_isa-main.tsv");
        super::comes_in_but_for_its_one_bad_value(
            file.to_str().unwrap(),
            [
                "Exploring Potential Fraud in the Help to Buy Scheme",
                "National Fraud Initiative - HMRC and Local Authority Counter Fraud Pilot",
            ],
            ["Homes England", "Cabinet Office"],
        );
    }
}

/// The heading and one row of the sheet, as cells.
fn sheet() -> (Vec<String>, Vec<String>) {
    let text = std::fs::read_to_string(SHEET).unwrap();
    let mut lines = text.lines();
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect();
    (cells(lines.next().unwrap()), cells(lines.nth(1).unwrap()))
}

fn joined(heading: &[String], row: &[String]) -> Vec<u8> {
    format!("{}\n{}\n", heading.join("\t"), row.join("\t")).into_bytes()
}

#[test]
fn each_bad_cell_is_named_by_row_and_column() {
    let gateway = Gateway::new();
    let (heading, good) = sheet();
    let (code, said, _) = gateway.import(&joined(&heading, &good), &[]);
    assert_eq!(
        (code, said.contains("1 can be written")),
        (0, true),
        "{said}"
    );
    for (column, value, expected) in [
        ("start-date", "2018-02-30", "“2018-02-30” is not a day"),
        ("end-date", "2017-01-01", "is before the start date"),
        ("retention-period", "two years", "is not a length of time"),
        ("name", "", "is empty"),
        ("name", &"x".repeat(200), "must be 150 characters or fewer"),
        ("purpose", "", "is empty"),
        (
            "purpose",
            &"y".repeat(5000),
            "must be 4000 characters or fewer",
        ),
        (
            "controllers",
            "Cabinet Office",
            "is not an entry of a register",
        ),
        (
            "controllers",
            "goverment-organisation:D2",
            "Did you mean “government-organisation:D2”?",
        ),
        ("processors", "country:GB", "there is no register “country”"),
        (
            "legal-power-disclosure",
            "information-sharing-agreement-powers-and-objectives-0001:",
            "names no entry",
        ),
        ("purpose", "a\u{7}b", "holds characters that are no text"),
        ("review-date", "2017-01-01", "is before “Starts”"),
    ] {
        let mut row = good.clone();
        let at = heading.iter().position(|name| name == column).unwrap();
        row[at] = value.to_owned();
        let (code, said, errors) = gateway.import(&joined(&heading, &row), &["--write"]);
        assert_eq!(code, 1, "{column} {value:.20}: {said}{errors}");
        assert!(
            said.contains(&format!("row 2, column {column}: ")),
            "{column}: {said}"
        );
        assert!(said.contains(expected), "{column}: {said}");
        assert!(
            said.contains("0 written, 0 here already, 1 with problems."),
            "{said}"
        );
    }
}

#[test]
fn a_corrupt_sheet_is_refused_in_words() {
    let gateway = Gateway::new();
    let (heading, good) = sheet();
    // A row that is cut short.
    let (code, said, _) = gateway.import(&joined(&heading, &good[..5]), &["--write"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("row 2: has 5 columns, and the heading has 18"),
        "{said}"
    );
    // A quotation mark that is never closed.
    let mut row = good.clone();
    row[1] = "\"Matching".to_owned();
    let (code, _, errors) = gateway.import(&joined(&heading, &row), &["--write"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("opened on line 2 and never closed"),
        "{errors}"
    );
    // Lines that end as Excel ends them, with a blank one between, in Windows-1252.
    let mut row = good.clone();
    row[1] = "Caf\u{e9}".to_owned();
    row[12] = "2018-02-30".to_owned();
    let lines = format!("{}\r\n\r\n{}\r\n", heading.join("\t"), row.join("\t"));
    let bytes: Vec<u8> = lines
        .chars()
        .filter_map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let (_, said, _) = gateway.import(&bytes, &[]);
    assert!(said.contains("row 3, column start-date: "), "{said}");
    // Not such a sheet at all.
    for wrong in [
        &b"name,purpose\na,b\n"[..],
        b"",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    ] {
        let (code, said, errors) = gateway.import(wrong, &["--write"]);
        assert_eq!((code, said.as_str()), (2, ""), "{errors}");
        assert!(
            errors.contains("not a tab-separated sheet of agreements"),
            "{errors}"
        );
    }
    let (code, _, errors) = gateway.import(&joined(&heading[1..], &good[1..]), &["--write"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("Row 1 lacks the column information-sharing-agreement-0001"),
        "{errors}"
    );
    let (code, _, errors) = gateway.run(&["import", "agreements", "/nowhere/at/all.tsv"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("/nowhere/at/all.tsv cannot be read"),
        "{errors}"
    );
}

#[test]
fn the_lead_must_be_registered() {
    let gateway = Gateway::new();
    let (code, said, errors) = gateway.run(&[
        "import",
        "agreements",
        SHEET,
        "--write",
        "--organisation",
        "No one at all",
    ]);
    assert_eq!((code, said.as_str()), (2, ""));
    assert!(
        errors.contains("No registered organisation is called “No one at all”"),
        "{errors}"
    );
}
