//! A pack in which a record would be stuck, or would say what did not happen, is refused with file, line and cure.

use packs::{Files, Packs};

use crate::tiny;

const TYPE: &str = "agreements/agreement/type.toml";
const DATA: &str = "agreements/agreement/form/01-data.toml";
const WORKFLOW: &str = "agreements/agreement/workflow.toml";

/// What is changed where, and what the fault says about it and how it is put right.
type Try = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const SIGNED: &str = "guards = [\"signed_by_every_party\"]\neffects = [\"take_effect\"]";

const TRIES: &[Try] = &[
    // Moves of the engine.
    (
        WORKFLOW,
        SIGNED,
        "effects = [\"take_effect\"]",
        "made by the engine, and nothing guards it",
        "Add guards",
    ),
    // What is signed takes effect behind its signatures.
    (
        WORKFLOW,
        SIGNED,
        "guards = [\"reviews_decided\"]\neffects = [\"take_effect\"]",
        "takes effect without the guard \"signed_by_every_party\"",
        "Add \"signed_by_every_party\"",
    ),
    (
        WORKFLOW,
        SIGNED,
        "guards = [\"signed_by_every_party\"]\neffects = [\"fix_version\", \"take_effect\"]",
        "puts a version into force that no one can have signed",
        "Fix the version in an earlier move",
    ),
    (
        WORKFLOW,
        "effects = [\"open_sign_offs\"]",
        "effects = []",
        "no move asks anyone to sign",
        "Add \"open_sign_offs\"",
    ),
    (
        TYPE,
        "sign_off = [\"senior_officer\"]",
        "sign_off = []",
        "asks for signatures, and no one signs this type",
        "Add sign_off",
    ),
    (
        TYPE,
        "sign_off = [\"senior_officer\"]",
        "sign_off = []",
        "waits for \"signed_by_every_party\", but no one signs this type",
        "Add sign_off",
    ),
    // Effects in their order, and on something.
    (
        WORKFLOW,
        "effects = [\"fix_version\", \"open_reviews\"]",
        "effects = [\"open_reviews\", \"fix_version\"]",
        "opens reviews of no version",
        "Put \"fix_version\" before \"open_reviews\"",
    ),
    (
        WORKFLOW,
        "effects = [\"fix_version\", \"open_reviews\"]",
        "effects = [\"open_reviews\"]",
        "opens reviews of no version",
        "Put \"fix_version\" before",
    ),
    (
        WORKFLOW,
        "effects = [\"fix_version\", \"open_reviews\"]",
        "effects = [\"fix_version\"]",
        "waits for \"reviews_decided\", but no move opens reviews",
        "Add \"open_reviews\"",
    ),
    (
        WORKFLOW,
        "effects = [\"fix_version\", \"open_reviews\"]",
        "effects = []",
        "can be reached from \"review\" before any version was fixed",
        "the effect fix_version",
    ),
    (
        TYPE,
        "flows = true",
        "flows = false",
        "asked of each data flow, and the type has none",
        "Add flows = true",
    ),
    // States.
    (
        WORKFLOW,
        "tag = \"purple\"",
        "tag = \"gold\"",
        "\"gold\" is not the colour of a tag",
        "Use one of: grey",
    ),
    (
        WORKFLOW,
        "final = true",
        "final = true\neditable = true",
        "\"in_force\" is final and can be edited",
        "Take final = true or editable = true out",
    ),
    (
        WORKFLOW,
        "to = \"review\"\nby = [\"author\"]",
        "to = \"review\"\nby = [\"caldicott_guardian\"]",
        "No one who writes a record can take it out of its first state",
        "Add \"author\"",
    ),
    // What a type is called.
    (
        TYPE,
        "prefix = \"agr\"",
        "prefix = \"a/b?x\"",
        "\"a/b?x\" cannot begin the ids of records",
        "small letters",
    ),
    (
        TYPE,
        "id = \"agreement\"",
        "id = \"No-te\"",
        "\"No-te\" cannot be the id of a type",
        "small letters",
    ),
    (
        TYPE,
        "question = \"title\"",
        "question = \"data_kind\"",
        "\"data_kind\" cannot be what a record is called",
        "kind text",
    ),
    (
        DATA,
        "kind = \"text\"\nmax = 20",
        "kind = \"date\"\ndefault = \"today\"",
        "\"today\" is not an answer this question takes",
        "a value of its kind",
    ),
];

#[test]
fn each_is_refused_with_its_cure() {
    for (path, old, new, what, cure) in TRIES {
        let files = tiny::changed(path, old, new);
        let faults = Packs::load(&files).expect_err(what);
        let found = faults.iter().any(|f| {
            f.file.starts_with("agreements/agreement/")
                && f.line > 0
                && f.what.contains(what)
                && f.cure.contains(cure)
        });
        assert!(
            found,
            "{new}: expected {what} … {cure}\n{}",
            tiny::listed(&faults)
        );
    }
}

/// The tiny pack with a second type beside the first, changed in one place.
fn with_second(old: &str, new: &str) -> Result<Packs, Vec<packs::Fault>> {
    let first = "agreements/agreement/";
    let mut all: Vec<(String, String)> = Vec::new();
    for (path, text) in tiny::FILES {
        all.push(((*path).to_owned(), (*text).to_owned()));
        if let Some(file) = path.strip_prefix(first) {
            let text = if *path == TYPE {
                text.replace("id = \"agreement\"", "id = \"note\"")
                    .replace(
                        "name = \"information sharing agreement\"",
                        "name = \"note\"",
                    )
                    .replace(
                        "plural = \"information sharing agreements\"",
                        "plural = \"notes\"",
                    )
                    .replace("prefix = \"agr\"", "prefix = \"not\"")
                    .replace(old, new)
            } else {
                (*text).to_owned()
            };
            all.push((format!("agreements/note/{file}"), text));
        }
    }
    Packs::load(&Files::new(all))
}

#[test]
fn no_two_types_are_called_the_same() {
    assert!(
        with_second("-", "-").is_ok(),
        "two types that are told apart"
    );
    for (old, new, what) in [
        (
            "prefix = \"not\"",
            "prefix = \"agr\"",
            "The prefix \"agr\" is that of the type \"agreement\" too",
        ),
        (
            "name = \"note\"",
            "name = \"Information sharing agreement\"",
            "The name",
        ),
        (
            "plural = \"notes\"",
            "plural = \"information sharing agreements\"",
            "The plural",
        ),
    ] {
        let faults = with_second(old, new).expect_err(what);
        let found = faults
            .iter()
            .any(|f| f.file == "agreements/note/type.toml" && f.line > 1 && f.what.contains(what));
        assert!(found, "{what}\n{}", tiny::listed(&faults));
    }
}

#[test]
fn a_type_without_a_document_is_refused() {
    let without: Vec<(String, String)> = tiny::FILES
        .iter()
        .filter(|(path, _)| !path.ends_with("document.toml"))
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    let faults = Packs::load(&Files::new(without)).expect_err("no document");
    assert!(
        faults
            .iter()
            .any(|f| f.what.contains("has no document") && f.cure.contains("document.toml")),
        "{}",
        tiny::listed(&faults)
    );
}
