//! Which way the arrows run: each part of the house uses only the parts below it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file with this ending beneath a folder.
fn files(folder: &Path, ending: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root()).unwrap();
            found.push((name.to_string_lossy().into_owned(), text));
        }
    }
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root().join(folder), ".rs", &mut found);
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

/// The parts of our own crate that a file names: `crate::web::…` and `use crate::{web, kernel}`.
fn named(text: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let word = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            named.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && c.is_alphanumeric() => {
                    named.insert(word(&group[at..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    named
}

#[test]
fn each_part_uses_only_the_parts_below() {
    let below = [
        ("kernel", &["kernel", "settings"][..]),
        ("web", &["web", "kernel", "settings"]),
        // Records name organisations, and features show records: they are one storey.
        (
            "records",
            &["records", "features", "web", "kernel", "settings"],
        ),
        (
            "features",
            &["features", "records", "web", "kernel", "settings"],
        ),
    ];
    let mut wrong = Vec::new();
    for (part, allowed) in below {
        for (file, text) in sources(&format!("app/src/{part}")) {
            for name in named(&text) {
                // Items named by `crate::Name` are macros and re-exports of lib.rs: there are none.
                if !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{file} uses crate::{name}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn groups_of_uses_are_read() {
    let text = "use crate::{kernel::{Ctx, ids}, web};\nlet a = crate::records::fetch();";
    let names: Vec<String> = named(text).into_iter().collect();
    assert_eq!(names, ["kernel", "records", "web"]);
}

#[test]
fn crates_use_nothing_of_ours_but_packs_the_clocks() {
    let mut manifests = Vec::new();
    files(&root().join("crates"), "Cargo.toml", &mut manifests);
    assert!(manifests.len() >= 5);
    for (file, text) in manifests {
        for line in text.lines() {
            // What a clock's rule is has one form, which the packs fill and the clocks count by.
            let clocks = file == "crates/packs/Cargo.toml" && line.contains("path = \"../clocks\"");
            assert!(clocks || !line.contains("path = \".."), "{file}: {line}");
        }
    }
}

#[test]
fn writes_begin_in_one_place() {
    for (file, text) in sources("app/src") {
        // Claiming a job is bookkeeping, not an act; so is counting wrong passwords and e-mails, and
        // trying whether the database takes anything.
        let allowed = [
            "app/src/adapters/sign_in_limits_kept.rs",
            "app/src/kernel/ctx.rs",
            "app/src/kernel/health.rs",
            "app/src/kernel/jobs.rs",
            "app/src/adapters/mail_limits.rs",
            "app/src/kernel/writer.rs",
        ]
        .contains(&file.as_str());
        assert!(
            allowed || !text.contains(".begin("),
            "{file} begins a transaction; a write goes through Ctx::commit"
        );
    }
}

#[test]
fn one_crate_names_the_database_driver() {
    let mut all = sources("app/src");
    for name in ["packs", "ledger", "govuk", "documents"] {
        all.extend(sources(&format!("crates/{name}/src")));
        files(&root().join("crates").join(name), "Cargo.toml", &mut all);
    }
    files(&root().join("app"), "Cargo.toml", &mut all);
    for (file, text) in all {
        for line in text.lines() {
            let names = ["sqlx", "rusqlite"].iter().any(|driver| {
                line.contains(&format!("{driver}::")) || line.trim_start().starts_with(driver)
            });
            assert!(!names, "{file}: {line}");
        }
    }
}
