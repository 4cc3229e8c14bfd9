//! What the documents say of the source is so: the files they name are there, and the rooms are all named.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Paths below the root, with `/`.
fn below(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        let made = ["node_modules", "target", "dist"];
        if path.is_dir() && !made.iter().any(|made| name == *made) {
            below(&path, found);
        } else if path.is_file() {
            let path = path.strip_prefix(root()).unwrap();
            found.push(path.to_str().unwrap().to_owned());
        }
    }
}

fn files() -> Vec<String> {
    let mut found = Vec::new();
    for folder in [
        "app",
        "crates",
        "demo",
        "docs",
        "e2e",
        "fuzz",
        "migrations",
        "packs",
        "tests",
        "tools",
        "web",
    ] {
        below(&root().join(folder), &mut found);
    }
    found
}

#[test]
fn every_file_that_a_document_names_is_there() {
    let files = files();
    let mut documents: Vec<String> = files
        .iter()
        .filter(|file| file.ends_with(".md"))
        .cloned()
        .collect();
    documents.extend(
        [
            "ARCHITECTURE.md",
            "CONTRIBUTING.md",
            "README.md",
            "SECURITY.md",
        ]
        .map(str::to_owned),
    );
    let (mut named, mut missing) = (0, Vec::new());
    for document in documents {
        let text = std::fs::read_to_string(root().join(&document)).unwrap();
        for code in text.split('`').skip(1).step_by(2) {
            let is_source = [".rs", ".mjs", ".py", ".sh", ".sql"]
                .iter()
                .any(|ending| code.ends_with(ending));
            if !is_source
                || !code
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
            {
                continue;
            }
            named += 1;
            let end = format!("/{code}");
            if !files
                .iter()
                .any(|file| file == code || file.ends_with(&end))
            {
                missing.push(format!("{document} names {code}"));
            }
        }
    }
    assert!(named > 100, "the documents name few files: {named}");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_room_and_crate_is_in_the_plan_of_the_house() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let folders = |folder: &str| -> Vec<String> {
        std::fs::read_dir(root().join(folder))
            .unwrap()
            .map(Result::unwrap)
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect()
    };
    for room in folders("app/src") {
        assert!(
            text.contains(&format!("\n  {room}/ ")),
            "ARCHITECTURE.md lacks the room {room}"
        );
    }
    for name in folders("crates") {
        assert!(
            text.contains(&format!("\ncrates/{name} ")),
            "ARCHITECTURE.md lacks crates/{name}"
        );
    }
}
