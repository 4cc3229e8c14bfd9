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

/// What each room may use beside itself. Rooms in one row of ARCHITECTURE.md may use each other.
const BELOW: [(&str, &[&str]); 12] = [
    ("kernel", &["settings"]),
    ("adapters", &["kernel", "settings"]),
    ("ledger", &["kernel", "adapters"]),
    (
        "identity",
        &["kernel", "adapters", "settings", "records", "organisations"],
    ),
    (
        "organisations",
        &["kernel", "adapters", "identity", "records"],
    ),
    ("law", &["kernel"]),
    (
        "records",
        &[
            "kernel",
            "adapters",
            "ledger",
            "identity",
            "organisations",
            "law",
        ],
    ),
    ("web", &["kernel", "adapters", "identity", "settings"]),
    (
        "pages",
        &[
            "kernel",
            "adapters",
            "ledger",
            "identity",
            "organisations",
            "law",
            "records",
            "web",
        ],
    ),
    ("public", &["kernel", "ledger", "records", "web", "pages"]),
    (
        "api",
        &[
            "kernel", "identity", "ledger", "records", "web", "pages", "public",
        ],
    ),
    ("jobs", &["kernel", "adapters", "identity", "records"]),
];

#[test]
fn each_room_uses_only_the_rooms_below() {
    let mut wrong = Vec::new();
    for (room, below) in BELOW {
        for (file, text) in sources(&format!("app/src/{room}")) {
            for name in named(&text).into_iter().chain(climbed(&file, &text)) {
                // The application is put together in the kernel, of what the adapters remember.
                let together = file == "app/src/kernel/app.rs" && name == "adapters";
                if name != room && !below.contains(&name.as_str()) && !together {
                    wrong.push(format!("{file} uses crate::{name}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where `super::super::…` leaves the room of a file: the room it comes to.
fn climbed(file: &str, text: &str) -> Vec<String> {
    let path = file.trim_start_matches("app/src/").trim_end_matches(".rs");
    let depth = path.trim_end_matches("/mod").split('/').count();
    text.split("super::")
        .count()
        .checked_sub(1)
        .filter(|_| depth > 1)
        .map_or_else(Vec::new, |_| {
            text.match_indices(&"super::".repeat(depth))
                .map(|(at, climb)| {
                    text[at + climb.len()..]
                        .chars()
                        .take_while(|c| *c != ':')
                        .collect()
                })
                .collect()
        })
}

#[test]
fn the_engine_knows_no_pages() {
    for room in ["kernel", "ledger", "law", "organisations", "records"] {
        for (file, text) in sources(&format!("app/src/{room}")) {
            for library in ["axum", "maud", "govuk"] {
                let named = text.lines().find(|line| {
                    line.contains(&format!("{library}::")) && !line.trim_start().starts_with("//")
                });
                assert_eq!(named, None, "{file} names {library}");
            }
        }
    }
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
