//! Dates that contradict each other: said at load where they cannot be compared, and of answers wherever they come from.

use packs::{Content, Each, Files, Packs, Scope};
use serde_json::{Value, json};

use crate::tiny;

const DATA: &str = "agreements/agreement/form/01-data.toml";

/// The tiny pack with a second date, which must not be before this one.
fn with(not_before: &str) -> Files {
    tiny::changed(
        DATA,
        "id = \"review_on\"\n",
        &format!(
            "id = \"ends_on\"\ntext = \"When does it end?\"\nshort = \"Ends\"\nkind = \"date\"\nnot_before = \"{not_before}\"\n\
             [[question]]\nid = \"review_on\"\n"
        ),
    )
}

#[test]
fn a_date_names_another_date() {
    for (named, what) in [
        ("reveiw_on", "There is no other date \"reveiw_on\""),
        ("ends_on", "There is no other date \"ends_on\""),
        ("people", "There is no other date \"people\""),
    ] {
        let faults = Packs::load(&with(named)).expect_err("a fault");
        assert!(
            faults.iter().any(|f| f.what.contains(what)),
            "{}",
            tiny::listed(&faults)
        );
    }
    assert!(Packs::load(&with("review_on")).is_ok());
}

#[test]
fn a_contradiction_is_said_with_both_dates_and_counts_as_unanswered() {
    let packs = Packs::load(&with("review_on")).expect("a pack");
    let agreement = packs.record_type("agreement").expect("agreements");
    let said = |ends: Value, review: Value| {
        let answers = json!({ "ends_on": ends, "review_on": review });
        let content = Content {
            answers: answers.as_object().expect("an object").clone(),
            ..Content::default()
        };
        let faults = agreement
            .form
            .contrary_dates(Each::Record, &content.answers, |_| true);
        let view = agreement.view(&packs.law, &content, &[]);
        let missing = view.missing();
        let open = missing
            .iter()
            .any(|(scope, _, q)| *scope == Scope::Record && q.id == "ends_on");
        assert_eq!(
            open,
            !faults.is_empty(),
            "what is said stops the review too"
        );
        faults
            .into_iter()
            .map(|fault| (fault.answer, fault.message))
            .collect::<Vec<_>>()
    };
    let found = said(json!("2026-01-01"), json!("2027-01-01"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "ends_on");
    assert!(
        found[0].1.contains("Ends, 1 January 2026, is before")
            && found[0].1.contains("1 January 2027"),
        "{found:?}"
    );
    for (ends, review) in [
        (json!("2027-01-01"), json!("2027-01-01")),
        (json!("2027-01-02"), json!("2027-01-01")),
        (json!("2026-01-01"), Value::Null),
        (Value::Null, json!("2027-01-01")),
        (json!(""), json!("2027-01-01")),
    ] {
        assert!(said(ends, review).is_empty());
    }
}
