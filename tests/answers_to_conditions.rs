//! How a reviewer's conditions were answered is sealed with the advice, and stays as whoever signed has read it.

use aldgate::records::lines::{LineState, Stage};
use evidence::{Code, Given, Outcome};

use crate::support::journey::{self, Party};
use crate::support::proof::{Folder, both, get, log_key};
use crate::support::{PASSWORD, TestApp};

const FIRST: &str = "All of it is done before sharing starts.";
const SECOND: &str = "None of it.";

#[tokio::test]
async fn an_answer_is_fixed_with_the_sign_off_and_proved() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    journey::agree(&app, &camden, &id).await;
    let line = journey::open_line(&app, &fire, &id, Stage::Review).await;
    let path = format!("/records/{id}/lines/{}", line.id);
    let advice = [
        ("seen", line.digest.as_str()),
        ("advice", "conditions"),
        ("text", "Train everyone first."),
    ];
    fire.dpo_client(&app).await.done(&path, &advice).await;

    // Until sign-off is asked for, the author of the lead answers and thinks again.
    let author = camden.author_client(&app).await;
    let answer = format!("{path}/answer");
    author.done(&answer, &[("text", "We shall see.")]).await;
    author.done(&answer, &[("text", FIRST)]).await;
    let ask = format!("/records/{id}/moves/ask_for_sign_off");
    author.done(&ask, &[]).await;

    // From then on nobody does, before a signature, after one, and after all.
    let changed = async || {
        let page = author
            .post(&answer, &[("text", SECOND), ("password", PASSWORD)])
            .await;
        assert_eq!(page.status, 422);
        assert!(
            page.text.contains("can no longer change"),
            "{}",
            page.words()
        );
        let page = author.get(&answer).await;
        assert_eq!(page.status, 422);
        let page = author.get(&path).await;
        assert!(
            page.says(FIRST) && !page.says("Change the answer"),
            "{}",
            page.words()
        );
    };
    changed().await;
    journey::sign(&app, &fire, &id).await;
    changed().await;
    journey::sign(&app, &camden, &id).await;
    changed().await;
    let situation = journey::situation(&app, &camden, &id).await;
    let found = situation.line(&line.id).unwrap();
    let LineState::Reviewed {
        answer: Some(said), ..
    } = &found.state
    else {
        panic!("{:?}", found.state);
    };
    assert_eq!(said.text, FIRST);

    // The evidence and the document carry it, and both programs check it.
    let folder = Folder::new();
    let bundle = get(&author, &format!("/records/{id}/evidence.json")).await;
    let text = String::from_utf8(bundle.clone()).unwrap();
    assert!(
        text.contains(FIRST) && !text.contains("We shall see"),
        "the last answer, and no other"
    );
    let key = log_key(&app).await;
    let given = Given {
        log_keys: vec![key.parse().unwrap()],
        ..Given::default()
    };
    let report = evidence::verify(&bundle, &given).unwrap();
    assert!(report.holds(), "{:#?}", report.checks);
    let answers: Vec<_> = report
        .checks
        .iter()
        .filter(|c| c.code == Code::Answers)
        .collect();
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].outcome, Outcome::Holds);
    assert_eq!(answers[0].said, format!("Camden Council answered: {FIRST}"));
    let holds = |said: &[String]| {
        said.iter()
            .any(|line| line.starts_with("HOLDS ") && line.contains("decisions.answers"))
    };
    let trusted = ["--log-key", key.as_str()];
    let (code, said) = both(&folder.write("evidence.json", &bundle), &trusted);
    assert_eq!(code, 0, "{said:#?}");
    assert!(holds(&said), "{said:#?}");
    let pdf = get(&author, &format!("/records/{id}/document.pdf")).await;
    let (code, said) = both(&folder.write("signed.pdf", &pdf), &trusted);
    assert_eq!(code, 0, "{said:#?}");
    assert!(holds(&said), "{said:#?}");
    app.ends_clean().await;
}
