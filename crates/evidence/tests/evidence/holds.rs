//! What is in order holds, and each line says what it is about.

use evidence::{Code, Given, Outcome, Report, verify};

use crate::world::{body, given, sealed};

fn outcomes(report: &Report, code: Code) -> Vec<Outcome> {
    let of_code = report.checks.iter().filter(|c| c.code == code);
    of_code.map(|c| c.outcome).collect()
}

#[test]
fn an_agreement_that_everybody_signed() {
    let report = verify(&sealed(body()).to_bytes(), &given()).unwrap();
    for check in &report.checks {
        println!("{check}");
    }
    assert!(report.holds());
    let held = [
        (Code::BundleSeal, 1),
        (Code::LogKey, 1),
        (Code::Checkpoint, 1),
        (Code::Witness, 1),
        (Code::Text, 1),
        (Code::Attachment, 1),
        (Code::About, 5),
        (Code::Seal, 5),
        (Code::Logged, 5),
        (Code::Who, 5),
        (Code::Everybody, 1),
    ];
    for (code, count) in held {
        assert_eq!(
            outcomes(&report, code),
            vec![Outcome::Holds; count],
            "{code:?}"
        );
    }
    // The review asked for no credential again.
    assert_eq!(
        outcomes(&report, Code::Proof),
        [
            Outcome::NotChecked,
            Outcome::Holds,
            Outcome::Holds,
            Outcome::Holds,
            Outcome::Holds
        ]
    );
    let said: Vec<&str> = report
        .checks
        .iter()
        .filter(|c| c.code == Code::Proof)
        .map(|c| c.said.as_str())
        .collect();
    assert!(said[1].contains("the gateway’s word"), "{said:?}");
    assert!(
        said[2..]
            .iter()
            .all(|s| s.contains("the device’s own signature"))
    );
}

#[test]
fn nothing_given_is_nothing_claimed() {
    let report = verify(&sealed(body()).to_bytes(), &Given::default()).unwrap();
    assert!(report.holds());
    for code in [Code::LogKey, Code::Witness, Code::Attachment] {
        assert_eq!(outcomes(&report, code), [Outcome::NotChecked], "{code:?}");
    }
}

#[test]
fn what_is_withheld_is_not_claimed() {
    let mut body = body();
    let text = body.versions[0].text.take().unwrap();
    for decision in &mut body.decisions {
        decision.who = None;
        decision.proof = None;
    }
    let file = sealed(body).to_bytes();
    let mut given = given();
    given.files.clear();
    let report = verify(&file, &given).unwrap();
    assert!(report.holds());
    for code in [Code::Text, Code::Everybody] {
        assert_eq!(outcomes(&report, code), [Outcome::NotChecked], "{code:?}");
    }
    assert_eq!(outcomes(&report, Code::Who), [Outcome::NotChecked; 5]);
    // Whoever has the text can hold it against the signatures.
    given.files.push(("text.json".into(), text.into_bytes()));
    let report = verify(&file, &given).unwrap();
    assert!(report.holds());
    assert_eq!(outcomes(&report, Code::Text), [Outcome::Holds]);
    assert_eq!(outcomes(&report, Code::Everybody), [Outcome::Holds]);
}
