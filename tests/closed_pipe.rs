//! Whoever reads what a command prints stops reading: the command says nothing about it, does what it was asked
//! for, and ends with the exit code it would have had.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::TestApp;
use crate::support::journey::{Party, in_force};
use crate::support::proof::{Folder, get};

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn aldgate(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldgate"));
    command.args(arguments);
    command
        .env("ALDGATE_LOG", "error")
        .env("ALDGATE_DATA", data);
    command
}

/// Its exit code is the same whether anybody reads or not; where only its output is closed, it prints no error.
fn ends_quietly(data: &Path, arguments: &[&str]) {
    let read = aldgate(data, arguments).output().unwrap();
    let unread = aldgate(data, arguments).stdout(closed()).output().unwrap();
    assert_eq!(unread.status.code(), read.status.code(), "{arguments:?}");
    assert_eq!(
        String::from_utf8(unread.stderr).unwrap(),
        String::from_utf8(read.stderr).unwrap(),
        "{arguments:?}"
    );
    let deaf = aldgate(data, arguments)
        .stdout(closed())
        .stderr(closed())
        .status()
        .unwrap();
    assert_eq!(deaf.code(), read.status.code(), "{arguments:?}");
}

const REGISTER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crates/ledger/tests/data/trees.rsf"
);

#[test]
fn commands_end_quietly_when_nobody_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let answers = folder.path().join("answers.json");
    std::fs::write(&answers, "{}").unwrap();
    let answers = answers.to_str().unwrap();
    for arguments in [
        &["--help"][..],
        &["settings"],
        &["settings", "--markdown"],
        &["migrate"],
        &["doctor"],
        &["doctor", "--security"],
        &["packs", "check"],
        &["rules", "evaluate", "--answers", answers],
        &[
            "rules",
            "evaluate",
            "--answers",
            answers,
            "--format",
            "text",
        ],
        &["law", "impact", "--provision", "ukgdpr-art6"],
        &["law", "checklist"],
        &["law", "checklist", "--format", "json"],
        &["law", "checklist", "--format", "csv"],
        &["clocks", "list"],
        &["clocks", "explain", "foi", "received=2026-11-02"],
        &["ledger", "fsck"],
        &["keys", "list"],
        &["claims", "list"],
        &["domains", "list"],
        &["register", "read", REGISTER],
        &["register", "export"],
        &["verify", REGISTER],
        &["evidence", "export", "agr_none"],
        &["no-such-command"],
    ] {
        ends_quietly(folder.path(), arguments);
    }
}

#[test]
fn rows_are_brought_in_though_nobody_reads_which() {
    const SHEET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/agreements.tsv");
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["import", "agreements", SHEET, "--write"];
    let unread = aldgate(folder.path(), &arguments)
        .stdout(closed())
        .output()
        .unwrap();
    assert_eq!(unread.status.code(), Some(1), "one row is bad");
    assert_eq!(unread.stderr, b"");
    let again = aldgate(folder.path(), &arguments).output().unwrap();
    let said = String::from_utf8(again.stdout).unwrap();
    assert!(said.contains("0 written, 2 here already"), "{said}");
}

#[tokio::test]
async fn evidence_is_checked_to_its_verdict_though_nobody_reads_it() {
    let app = TestApp::new().await;
    let lead = Party::new(&app, "Lead Council", "borough").await;
    let other = Party::new(&app, "Other Trust", "nhs_trust").await;
    let id = in_force(&app, &[&lead, &other]).await;
    let client = lead.author_client(&app).await;
    let good = get(&client, &format!("/records/{id}/evidence.json")).await;
    let bad = String::from_utf8(good.clone())
        .unwrap()
        .replacen("Lead Council", "Lead County", 1);
    let folder = Folder::new();
    for (name, bytes, code) in [("good", good, 0), ("bad", bad.into_bytes(), 1)] {
        let file = folder.write(name, &bytes);
        let unread = aldgate(Path::new("/nowhere"), &["verify", file.to_str().unwrap()])
            .stdout(closed())
            .output()
            .unwrap();
        assert_eq!(unread.status.code(), Some(code), "{name}");
        assert_eq!(unread.stderr, b"", "{name}");
    }
    app.ends_clean().await;
}
