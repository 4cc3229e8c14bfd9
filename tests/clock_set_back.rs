//! The clock is set back behind the day on which the log's key began: nothing is handed out that would
//! never hold, and whoever asks is told why.

use aldgate::ledger::keys;
use aldgate::ledger::keys::{Ending, Owner};
use aldgate::records::decisions;
use aldgate::records::decisions::Decision;
use aldgate::records::lines::Stage;
use jiff::SignedDuration;

use crate::support::TestApp;
use crate::support::journey::{self, Party};

#[tokio::test]
async fn no_evidence_is_made_before_the_key_that_signs_it() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let author = camden.author_client(&app).await;
    let (json, pdf) = (
        format!("/records/{id}/evidence.json"),
        format!("/records/{id}/document.pdf"),
    );
    assert_eq!(author.get(&json).await.status, 200);
    app.app.clock.advance(SignedDuration::from_hours(1));
    keys::rotate(&app.operator(), &Owner::Log, Ending::Leaked)
        .await
        .unwrap();

    app.app.clock.advance(SignedDuration::from_mins(-30));
    for path in [&json, &pdf] {
        let refused = author.get(path).await;
        assert_eq!(refused.status, 422, "{path}: {}", refused.words());
        let why = "the key that signs counts only from 21 November 2026 at 11:00am";
        assert!(refused.says(why), "{path}: {}", refused.words());
    }
    app.app.clock.advance(SignedDuration::from_mins(31));
    let bundle = author.get(&json).await;
    assert_eq!(bundle.status, 200, "{}", bundle.words());
    let report = evidence::verify(&bundle.bytes, &evidence::Given::default()).unwrap();
    assert!(report.holds(), "{:#?}", report.checks);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_decision_is_refused_with_the_reason() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &camden, &id, Stage::SignOff).await;
    let owner = Owner::Organisation(camden.id().clone());
    app.app.clock.advance(SignedDuration::from_hours(1));
    keys::rotate(&app.operator(), &owner, Ending::Leaked)
        .await
        .unwrap();
    app.app.clock.advance(SignedDuration::from_secs(-90));
    let officer = camden.as_officer(&app);
    let proof = decisions::password_proof(&officer);
    let signed = decisions::sign_off(
        &officer,
        &id,
        &line.id,
        &line.digest,
        &Decision::Sign,
        &proof,
    )
    .await;
    let why = signed.unwrap_err().to_string();
    assert!(
        why.starts_with("The clock of this gateway says 21 November 2026"),
        "{why}"
    );
    app.ends_clean().await;
}
