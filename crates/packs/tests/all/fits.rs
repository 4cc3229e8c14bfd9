//! Answers that were stored under other packs: what still fits its question, and what counts as answered.

use packs::{Content, Each, Files, Packs, Party, QuestionKind, Scope};
use serde_json::{Value, json};

use crate::tiny;

const FORM: &str = r#"
[section]
id = "all"
title = "All kinds"
each = "record"

[[question]]
id = "text"
text = "Text?"
kind = "text"
max = 5

[[question]]
id = "long"
text = "Long?"
kind = "long_text"

[[question]]
id = "count"
text = "How many?"
kind = "number"
min = 1
max = 10

[[question]]
id = "day"
text = "When?"
kind = "date"

[[question]]
id = "sure"
text = "Sure?"
kind = "yes_no"

[[question]]
id = "one"
text = "Which one?"
kind = "choice"
required = true
options = [{ id = "a", label = "A" }, { id = "b", label = "B" }]

[[question]]
id = "many"
text = "Which ones?"
kind = "choices"
options = [{ id = "a", label = "A" }, { id = "b", label = "B" }]

[[question]]
id = "rows"
text = "Rows?"
kind = "table"
columns = [
  { id = "what", label = "What", kind = "text", required = true },
  { id = "how", label = "How", kind = "choice", options = [{ id = "a", label = "A" }] },
]

[[question]]
id = "items"
text = "Items?"
kind = "lines"

[[question]]
id = "site"
text = "Site?"
kind = "link"

[[question]]
id = "mail"
text = "Email?"
kind = "email"

[[question]]
id = "who"
text = "Who?"
kind = "parties"

[[question]]
id = "power"
text = "Which power?"
kind = "gateways"

[[question]]
id = "proof"
text = "Files?"
kind = "files"
"#;

fn packs() -> Packs {
    let files = tiny::FILES
        .iter()
        .filter(|(path, _)| !path.starts_with("agreements/"))
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let types = [
        (
            "type.toml",
            "id = \"note\"\nname = \"note\"\nplural = \"notes\"\nprefix = \"nte\"\nparties = \"many\"\nflows = false\n",
        ),
        ("form/01-all.toml", FORM),
    ]
    .map(|(path, text)| (format!("agreements/note/{path}"), text.to_owned()));
    // What a whole pack lacks here is of no interest.
    Packs::load_kept(&Files::new(files.chain(types))).expect("a pack")
}

#[test]
fn an_answer_fits_as_long_as_its_form_would_take_it() {
    let packs = packs();
    let form = &packs.record_type("note").expect("the type").form;
    let cases: Vec<(&str, Vec<Value>, Vec<Value>)> = vec![
        (
            "text",
            vec![json!("five!")],
            vec![json!("sixsix"), json!(5), json!(["x"])],
        ),
        ("long", vec![json!("a\nb")], vec![json!(1), json!(["x"])]),
        (
            "count",
            vec![json!(1), json!(10), json!(2.5)],
            vec![json!(0), json!(11), json!("5"), json!(["5"])],
        ),
        (
            "day",
            vec![json!("2026-01-31")],
            vec![
                json!("2026-02-31"),
                json!("31/1/2026"),
                json!("soon"),
                json!(2026),
            ],
        ),
        (
            "sure",
            vec![json!("yes"), json!("no")],
            vec![json!("Yes"), json!(true), json!("maybe"), json!(["yes"])],
        ),
        (
            "one",
            vec![json!("a")],
            vec![json!("c"), json!(["a"]), json!(1), json!("2026-01-01")],
        ),
        (
            "many",
            vec![json!(["a"]), json!(["b", "a"])],
            vec![json!(["a", "c"]), json!("a"), json!([1])],
        ),
        (
            "rows",
            vec![
                json!([{"what": "x", "how": ""}]),
                json!([{"what": "x", "how": "a"}]),
                json!([{"what": "x", "gone": ""}]),
            ],
            vec![
                json!([{"what": "x", "gone": "y"}]),
                json!([{"what": "", "how": "a"}]),
                json!([{"how": "a"}]),
                json!([{"what": "x", "how": "b"}]),
                json!([{"what": 1}]),
                json!(["x"]),
                json!("x"),
            ],
        ),
        (
            "items",
            vec![json!(["one", "two"])],
            vec![json!("one"), json!(50), json!([1])],
        ),
        (
            "site",
            vec![json!("https://www.example.org")],
            vec![json!("example"), json!(["https://www.example.org"])],
        ),
        (
            "mail",
            vec![json!("a@b.example")],
            vec![json!("nobody"), json!(1)],
        ),
        ("who", vec![json!(["camden"])], vec![json!("camden")]),
        ("power", vec![json!(["any"])], vec![json!("any")]),
        ("proof", vec![json!(["att_1"])], vec![json!("attached")]),
    ];
    let mut seen = Vec::new();
    for (id, good, bad) in cases {
        let (_, question) = form.question(id).unwrap_or_else(|| panic!("{id}"));
        seen.push(question.kind);
        for blank in [json!(null), json!(""), json!([])] {
            assert!(question.fits(&blank), "{id} takes {blank}");
        }
        for value in good {
            assert!(question.fits(&value), "{id} takes {value}");
        }
        for value in bad {
            assert!(!question.fits(&value), "{id} does not take {value}");
        }
    }
    let kinds = form.questions().map(|(_, question)| question.kind);
    for kind in kinds {
        assert!(seen.contains(&kind), "{}", QuestionKind::as_str(kind));
    }
}

#[test]
fn what_no_longer_fits_answers_nothing() {
    let packs = packs();
    let note = packs.record_type("note").expect("the type");
    let people = [Party {
        id: "camden".into(),
        name: "Camden".into(),
        kind: "borough".into(),
        registered: true,
    }];
    let missing = |one: Value| {
        let mut content = Content::default();
        content.answers.insert("one".into(), one);
        let view = note.view(&packs.law, &content, &people);
        let missing = view.missing();
        missing.iter().any(|(_, _, question)| question.id == "one")
    };
    assert!(!missing(json!("a")));
    assert!(missing(json!("c")), "an option that is gone");
    assert!(missing(json!(["a"])), "another kind");
}

#[test]
fn a_type_that_no_pack_has_can_still_be_read() {
    let packs = packs().with_unknown("gone", "kept");
    let gone = packs.record_type("gone").expect("a stand-in");
    let state = gone.workflow.state("kept").expect("its state");
    assert!(state.is_final && !state.editable);
    assert!(gone.workflow.moves_from("kept").next().is_none());
    let mut content = Content::default();
    content.answers.insert("any".into(), json!("thing"));
    let view = gone.view(&packs.law, &content, &[]);
    assert!(view.missing().is_empty());
    assert!(view.prompts(jiff::civil::date(2026, 11, 26)).is_empty());
    assert_eq!(
        gone.form
            .sections
            .iter()
            .filter(|s| s.each == Each::Record)
            .count(),
        0
    );
    assert_eq!(Scope::Record.as_str(), "");
    // A type that is there gets the state that it lacks, and keeps what it has.
    let again = packs.with_unknown("note", "lost");
    let note = again.record_type("note").expect("the type");
    assert!(note.workflow.state("lost").is_some());
    assert!(note.form.question("one").is_some());
}
