//! How conditions were answered is sealed by who leads, after the conditions and before the first signature.

use evidence::Statement;

use crate::python::{Case, both, found};
use crate::world::{NOW, ORGANISATIONS, Signing, material, party_key, sealed, statement};

/// What is changed in the answer, and whether the answer then holds.
type Try = (&'static str, fn(&mut Statement), bool);

const MINUTE: i64 = 60_000_000;

/// Conditions of the brigade, answered by `place`, and the signature of the police.
fn answered(place: usize, change: fn(&mut Statement)) -> Vec<u8> {
    let material = material();
    let text = material["text"].as_str().unwrap();
    let mut signing = Signing::default();
    signing.decide(
        &party_key(1),
        statement(1, text, "review", "conditions"),
        None,
    );
    let (id, name, _) = ORGANISATIONS[place];
    let mut answer = statement(1, text, "review", "answered");
    answer.party = evidence::Party {
        id: id.into(),
        name: name.into(),
    };
    answer.role = "author".into();
    answer.reason = "They were trained in May.".into();
    answer.at = NOW + 2 * MINUTE;
    change(&mut answer);
    signing.decide(&party_key(place), answer, None);
    signing.decide(
        &party_key(3),
        statement(3, text, "sign_off", "signed"),
        Some(material["proofs"][ORGANISATIONS[3].2].clone()),
    );
    sealed(signing.body(text)).to_bytes()
}

#[test]
fn an_answer_is_by_who_leads_and_comes_before_the_signatures() {
    let tries: [Try; 5] = [
        ("as it should be", |_| {}, true),
        (
            "at the moment of the signature",
            |a| a.at = NOW + 3 * MINUTE,
            true,
        ),
        (
            "after the signature",
            |a| a.at = NOW + 3 * MINUTE + 1,
            false,
        ),
        ("before the conditions", |a| a.at = NOW, false),
        (
            "to nothing",
            |a| a.line = "lin_review_elsewhere".into(),
            false,
        ),
    ];
    for (name, change, holds) in tries {
        let case = Case::new(name, answered(0, change));
        let [result] = both(&[case]).try_into().unwrap();
        assert_eq!(!found(&result), holds, "{name}: {result:#?}");
        let lines = result.unwrap();
        assert!(
            lines.iter().any(|line| line.1 == "decisions.answers"),
            "{name}"
        );
    }
    let by_another = Case::new("by a party that does not lead", answered(2, |_| {}));
    let [result] = both(&[by_another]).try_into().unwrap();
    assert!(found(&result), "{result:#?}");
}
