//! The second verifier, in another language and with other code, has to say the same.

use std::path::Path;
use std::process::Command;

use evidence::{Given, Outcome, Report, Unreadable};
use serde_json::{Value, json};

/// What a verification comes to: each line's outcome, kind and place; none for an unreadable file.
pub type Found = Option<Vec<(String, String, String)>>;

pub fn ours(result: &Result<Report, Unreadable>) -> Found {
    let report = result.as_ref().ok()?;
    let line = |c: &evidence::Check| {
        (
            c.outcome.as_str().to_owned(),
            c.code.as_str().to_owned(),
            c.place.clone(),
        )
    };
    Some(report.checks.iter().map(line).collect())
}

/// A file and what the reader brings along.
pub struct Case {
    pub name: String,
    pub file: Vec<u8>,
    pub given: Given,
}

impl Case {
    pub fn new(name: impl Into<String>, file: Vec<u8>) -> Case {
        Case {
            name: name.into(),
            file,
            given: crate::world::given(),
        }
    }
}

const DRIVER: &str = r#"
import json, sys
sys.path.insert(0, sys.argv[1])
import verify
answers = []
for case in json.load(open(sys.argv[2])):
    given = verify.Given(case["log_keys"], case["witness_keys"],
                         [(name, bytes.fromhex(data)) for name, data in case["files"]])
    try:
        answers.append([line[:3] for line in verify.verify(bytes.fromhex(case["file"]), given)])
    except verify.Unreadable:
        answers.append(None)
json.dump(answers, sys.stdout)
"#;

/// What `tools/verify/verify.py` finds, case by case.
pub fn theirs(cases: &[Case]) -> Vec<Found> {
    let asked: Vec<Value> = cases
        .iter()
        .map(|case| {
            let keys = |keys: &[evidence::VerifierKey]| -> Vec<String> {
                keys.iter().map(ToString::to_string).collect()
            };
            let files: Vec<(&String, String)> = case
                .given
                .files
                .iter()
                .map(|(name, bytes)| (name, hex::encode(bytes)))
                .collect();
            json!({
                "file": hex::encode(&case.file), "files": files,
                "log_keys": keys(&case.given.log_keys),
                "witness_keys": keys(&case.given.witness_keys),
            })
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.json");
    std::fs::write(&path, serde_json::to_vec(&asked).unwrap()).unwrap();
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify");
    let ran = Command::new("python3")
        .args(["-B", "-c", DRIVER])
        .arg(tool)
        .arg(path)
        .output()
        .expect("Python 3");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// Runs both over every case; they must agree on each line. Gives what they found.
pub fn both(cases: &[Case]) -> Vec<Found> {
    let theirs = theirs(cases);
    assert_eq!(theirs.len(), cases.len());
    for (case, theirs) in cases.iter().zip(&theirs) {
        let ours = ours(&evidence::verify(&case.file, &case.given));
        assert_eq!(&ours, theirs, "the two verifiers differ on {}", case.name);
    }
    theirs
}

/// Whether the file is refused or a line does not hold.
pub fn found(found: &Found) -> bool {
    found
        .as_ref()
        .is_none_or(|lines| lines.iter().any(|l| l.0 == Outcome::DoesNotHold.as_str()))
}
