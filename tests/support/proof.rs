//! What proves something, checked by the program and by the script that shares no code with it.

use std::path::{Path, PathBuf};
use std::process::Command;

use aldgate::ledger::keys;
use aldgate::ledger::keys::Owner;

use super::{Client, TestApp};

/// Where files for the two programs lie.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// Runs `aldgate verify` and `verify.py`: exit code, and each line without its words.
pub fn both(file: &Path, more: &[&str]) -> (i32, Vec<String>) {
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/verify/verify.py");
    let mut ours = Command::new(env!("CARGO_BIN_EXE_aldgate"));
    // Neither settings nor a data folder are read.
    ours.arg("verify").env("ALDGATE_CONFIG", "/nowhere");
    let mut theirs = Command::new("python3");
    theirs.args(["-B", tool]);
    let mut said = Vec::new();
    for command in [&mut ours, &mut theirs] {
        let output = command.arg(file).args(more).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text
            .lines()
            .filter(|line| {
                ["HOLDS ", "DOES NOT HOLD ", "NOT CHECKED "]
                    .iter()
                    .any(|outcome| line.starts_with(outcome))
            })
            .map(str::to_owned)
            .collect::<Vec<_>>();
        said.push((output.status.code().unwrap(), lines));
    }
    let theirs = said.pop().unwrap();
    assert_eq!(said[0], theirs, "the two programs differ");
    theirs
}

/// A file that is there.
pub async fn get(client: &Client, path: &str) -> Vec<u8> {
    let page = client.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.words());
    page.bytes
}

/// The newest public key of the log.
pub async fn log_key(app: &TestApp) -> String {
    let ctx = app.operator();
    keys::prepare(&ctx).await.unwrap();
    let history = keys::history(&ctx, &Owner::Log).await.unwrap();
    history.last().unwrap().vkey.clone()
}
