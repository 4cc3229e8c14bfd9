//! Organisations from a CSV file: shown first, written only when whole, and never twice.

use std::process::{Command, Output};

use aldgate::organisations::import;
use aldgate::organisations::import::{Fate, MOST_ROWS};

use crate::support::TestApp;

const GOOD: &str = "kind,Name,standing,fee_number,ODS code,area\n\
                    borough,Camden Council,registered,Z7654321,,E09000007\n\
                    nhs_trust,\"Royal Trust, The\",,,rrv,\n\
                    vcs,Helping Hands,external,za654321,,\n\
                    vcs,HELPING  hands,,,,\n\
                    police,Met Police,,Z1234567,,\n";

#[tokio::test]
async fn a_file_is_shown_then_written_once() {
    let app = TestApp::new().await;
    app.organisation("Lead Council", "borough").await;
    let ctx = app.operator();
    let plan = import::read(&ctx, GOOD.as_bytes()).await.unwrap();
    let shown: Vec<String> = plan.rows.iter().map(ToString::to_string).collect();
    assert_eq!(shown[0], "line 2: would add Camden Council (registered)");
    assert_eq!(shown[1], "line 3: would add Royal Trust, The (external)");
    assert_eq!(
        shown[3],
        "line 5: HELPING hands is the same as line 4, Helping Hands, by name"
    );
    assert!(
        shown[4].starts_with("line 6: Met Police is the same as Lead Council (org_"),
        "{}",
        shown[4]
    );
    assert!(shown[4].ends_with("by fee number"), "{}", shown[4]);
    assert_eq!((plan.to_add(), plan.same(), plan.problems()), (3, 2, 0));
    assert_eq!(plan.write(&ctx).await.unwrap(), 3);
    let again = import::read(&ctx, GOOD.as_bytes()).await.unwrap();
    assert_eq!(
        (again.to_add(), again.same()),
        (0, 5),
        "a second time adds nothing"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn each_problem_names_its_line_and_column() {
    let app = TestApp::new().await;
    let ctx = app.operator();
    let file = b"name,kind,fee_number,standing\n\
        Good,borough,,\n\
        Long,borough,,,more\n\
        ,borough,,\n\
        \"Two\nlines\",castle,,\n\
        Late,vcs,123,perhaps\n\
        Bad\xe2\x80\xae name,vcs,,\n\
        L\xd0\xbendon,vcs,,\n"
        .to_vec();
    let with_crlf = String::from_utf8(file.clone())
        .unwrap()
        .replace('\n', "\r\n");
    let plan = import::read(&ctx, &file).await.unwrap();
    let problems: Vec<(u64, String)> = plan
        .rows
        .iter()
        .filter_map(|row| match &row.fate {
            Fate::Problem(what) => Some((row.line, what.clone())),
            _ => None,
        })
        .collect();
    let again = import::read(&ctx, with_crlf.as_bytes()).await.unwrap();
    let lines = |plan: &import::Plan| plan.rows.iter().map(|row| row.line).collect::<Vec<_>>();
    assert_eq!(lines(&again), lines(&plan), "CR LF is one break");
    let expected = [
        (3, "it has 5 columns where the header has 4"),
        (4, "column name: Enter the name"),
        (5, "column kind: “castle” is no kind"),
        (7, "column fee_number: Enter a fee register number"),
        (8, "column name holds U+202E, which is no text"),
        (9, "column name: “L\u{43e}ndon” in the name mixes letters"),
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:?}");
    for ((line, what), (expected_line, words)) in problems.iter().zip(expected) {
        assert_eq!(*line, expected_line, "{what}");
        assert!(what.starts_with(words), "{what}");
    }
    assert!(
        problems[3].1.contains("column standing: “perhaps”"),
        "{:?}",
        problems[3]
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_file_that_is_no_such_file_is_refused_whole() {
    let app = TestApp::new().await;
    let ctx = app.operator();
    let long = format!("name,kind\n{}", "Same,vcs\n".repeat(MOST_ROWS + 1));
    for (file, words) in [
        (&b""[..], "The file is empty"),
        (b"name,kind\n", "no rows"),
        (
            b"Camden Council,borough\n",
            "names the column “camden_council”",
        ),
        (b"name,area\nCamden,x\n", "lacks the column “kind”"),
        (b"name,kind,name\nCamden,borough,x\n", "twice"),
        (b"\xff\xfen\0a\0m\0e\0\n", "not text"),
        (b"PK\x03\x04,kind\n", "not text"),
        (
            b"name,kind\r\n\"Two\rlines\",vcs\nBad\0 name,vcs\n",
            "not text: line 4 holds U+0000",
        ),
        (
            b"name,kind\n\"Camden,vcs\n",
            "opened on line 2 and never closed",
        ),
        (long.as_bytes(), "more than 50000 rows"),
    ] {
        let error = import::read(&ctx, file).await.unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    app.ends_clean().await;
}

/// What Excel and Notepad write, in whatever encoding and with whatever separators, blank columns and rows.
#[tokio::test]
async fn what_spreadsheets_write_is_read() {
    let app = TestApp::new().await;
    let ctx = app.operator();
    let utf_16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
    };
    for file in [
        b"name,kind\r\nO\x92Brien \xa35 Trust,vcs\r\n".to_vec(),
        "\u{feff}name;kind\r\nO’Brien £5 Trust;vcs\r\n".into(),
        utf_16("name\tkind\r\nO’Brien £5 Trust\tvcs\r\n"),
        "sep=;\r\nname;kind\r\nO’Brien £5 Trust;vcs\r\n".into(),
        "name,kind,,\r\nO’Brien £5 Trust,vcs,,\r\n,,,\r\n\r\n".into(),
        "name,kind,area,fee_number\rO’Brien £5 Trust,vcs\r".into(),
    ] {
        let plan = import::read(&ctx, &file).await.unwrap();
        assert_eq!((plan.rows.len(), plan.to_add()), (1, 1), "{:?}", plan.rows);
        assert_eq!(plan.rows[0].name, "O’Brien £5 Trust");
    }
    // Two forms of one letter, and letters that look the same, are one name.
    let file = "name,kind\nJosé Trust,vcs\nJose\u{301} Trust,vcs\nJose Trust,vcs\nБаса,vcs\n";
    let plan = import::read(&ctx, file.as_bytes()).await.unwrap();
    assert_eq!((plan.to_add(), plan.same()), (2, 2), "{:?}", plan.rows);
    app.ends_clean().await;
}

fn run(data: &std::path::Path, file: &std::path::Path, write: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldgate"));
    command
        .env_clear()
        .arg("--data")
        .arg(data)
        .args(["import", "organisations"])
        .arg(file);
    if write {
        command.arg("--write");
    }
    command.output().expect("the program runs")
}

#[test]
fn the_command_previews_unless_told_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("organisations.csv");
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    std::fs::write(&file, GOOD).unwrap();
    let preview = run(&data, &file, false);
    assert!(
        preview.status.success() && text(&preview).contains("nothing was written"),
        "{}",
        text(&preview)
    );
    let written = run(&data, &file, true);
    assert!(
        written.status.success() && text(&written).contains("4 organisations were added"),
        "{}",
        text(&written)
    );

    // One bad row, and nothing of the file is written.
    std::fs::write(&file, "name,kind\nNew Trust,nhs_trust\nOdd,castle\n").unwrap();
    let refused = run(&data, &file, true);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused).contains("line 3: problem: column kind")
            && text(&refused).contains("Nothing was written")
    );
    std::fs::write(&file, "name,kind\nNew Trust,nhs_trust\n").unwrap();
    assert!(
        text(&run(&data, &file, false)).contains("1 to add"),
        "New Trust was written before"
    );
    std::fs::write(&file, "no header at all").unwrap();
    let refused = run(&data, &file, true);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Nothing was written"));
    assert_eq!(
        run(&data, &folder.path().join("absent.csv"), true)
            .status
            .code(),
        Some(1)
    );
}
