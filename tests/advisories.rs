//! Known weaknesses are looked up in a copy of the advisory database, without a network.

use std::path::Path;
use std::process::Command;

fn audited(folder: &Path) -> (Option<i32>, String) {
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/advisories.py");
    let output = Command::new("python3")
        .arg(tool)
        .arg(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), said)
}

#[test]
fn a_weakness_of_a_dependency_is_named_and_a_mended_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let crates = folder.path().join("crates/serde");
    std::fs::create_dir_all(&crates).unwrap();
    let write = |patched: &str| {
        let text = format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2026-9999\"\npackage = \"serde\"\ndate = \"2026-11-26\"\n\n[versions]\n\
             patched = [{patched}]\n```\n\n# Made up for this test\n\nText.\n"
        );
        std::fs::write(crates.join("RUSTSEC-2026-9999.md"), text).unwrap();
    };
    write("\">= 2.0.0\"");
    let (code, said) = audited(folder.path());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("RUSTSEC-2026-9999  serde 1."), "{said}");
    for mended in [
        "\">= 1.0.100\"",
        "\"^1.0\"",
        "\">= 0.9.1, < 0.10.0\", \"~1\"",
    ] {
        write(mended);
        let (code, said) = audited(folder.path());
        assert_eq!(code, Some(0), "{mended}: {said}");
    }
    let (code, _) = audited(&folder.path().join("nowhere"));
    assert_eq!(code, Some(2));
}
