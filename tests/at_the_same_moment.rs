//! Two people at the same moment: nothing lost, nothing signed that was not seen.

use aldgate::records::lines::{LineState, Stage};

use crate::support::journey::{self, Party};
use crate::support::{PASSWORD, TestApp};

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

db::sql! {
    COUNT = "select count(*) as acts from acts where subject = $1 and kind = $2";
}

async fn acts(app: &TestApp, subject: &str, kind: &str) -> i64 {
    let row = app
        .app
        .db
        .one(&COUNT, db::args![subject, kind])
        .await
        .unwrap();
    row.int("acts").unwrap()
}

fn signing(digest: &str) -> [(&str, &str); 3] {
    [
        ("seen", digest),
        ("decision", "sign"),
        ("password", PASSWORD),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sign_offs() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let one = journey::open_line(&app, &camden, &id, Stage::SignOff).await;
    let other = journey::open_line(&app, &fire, &id, Stage::SignOff).await;
    let (camden_officer, fire_officer) = (
        camden.officer_client(&app).await,
        fire.officer_client(&app).await,
    );
    let (one_path, other_path) = (
        format!("/records/{id}/lines/{}", one.id),
        format!("/records/{id}/lines/{}", other.id),
    );
    let (one_fields, other_fields) = (signing(&one.digest), signing(&other.digest));
    let (first, second) = tokio::join!(
        camden_officer.post(&one_path, &one_fields),
        fire_officer.post(&other_path, &other_fields),
    );
    assert_eq!(
        (first.status, second.status),
        (303, 303),
        "{} {}",
        first.words(),
        second.words()
    );
    let situation = journey::situation(&app, &camden, &id).await;
    assert!(situation.is_signed(1));
    assert_eq!(
        (
            situation.record.state.as_str(),
            situation.record.effective_version
        ),
        ("in_force", Some(1))
    );
    assert_eq!(acts(&app, id.as_str(), "sign_off.signed").await, 2);
    app.ends_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_line_pressed_twice() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &camden, &id, Stage::SignOff).await;
    let path = format!("/records/{id}/lines/{}", line.id);
    let (one, other) = (
        camden.officer_client(&app).await,
        camden.officer_client(&app).await,
    );
    let fields = signing(&line.digest);
    let (first, second) = tokio::join!(one.post(&path, &fields), other.post(&path, &fields));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "one decides, the other is told");
    assert_eq!(acts(&app, id.as_str(), "sign_off.signed").await, 1);
    app.ends_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_reviews() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let one = journey::open_line(&app, &camden, &id, Stage::Review).await;
    let other = journey::open_line(&app, &fire, &id, Stage::Review).await;
    let (camden_dpo, fire_dpo) = (camden.dpo_client(&app).await, fire.dpo_client(&app).await);
    let (one_path, other_path) = (
        format!("/records/{id}/lines/{}", one.id),
        format!("/records/{id}/lines/{}", other.id),
    );
    let one_fields = [
        ("seen", one.digest.as_str()),
        ("advice", "agrees"),
        ("text", ""),
    ];
    let other_fields = [
        ("seen", other.digest.as_str()),
        ("advice", "conditions"),
        ("text", "Train first."),
    ];
    let (first, second) = tokio::join!(
        camden_dpo.post(&one_path, &one_fields),
        fire_dpo.post(&other_path, &other_fields),
    );
    assert_eq!((first.status, second.status), (303, 303));
    let situation = journey::situation(&app, &camden, &id).await;
    let decided = situation
        .lines
        .iter()
        .filter(|l| matches!(l.state, LineState::Reviewed { .. }))
        .count();
    assert_eq!(decided, 2);
    assert_eq!(acts(&app, id.as_str(), "review.decided").await, 2);
    app.ends_clean().await;
}

/// Either the signature comes first, and is on the text that was seen; or the text is opened first,
/// and there is no signature.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sign_off_against_an_edit() {
    for _ in 0..4 {
        let app = TestApp::new().await;
        let (camden, fire) = two(&app).await;
        let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
        let line = journey::open_line(&app, &fire, &id, Stage::SignOff).await;
        let officer = fire.officer_client(&app).await;
        let author = camden.author_client(&app).await;
        let path = format!("/records/{id}/lines/{}", line.id);
        let change = format!("/records/{id}/moves/change");
        let fields = signing(&line.digest);
        let reason = [("reason", "A mistake")];
        let (signed, changed) =
            tokio::join!(officer.post(&path, &fields), author.post(&change, &reason));
        assert_eq!(changed.status, 303, "{}", changed.words());
        journey::change_answer(&app, &camden, &id, "purpose_text", "Not what was seen.").await;

        let situation = journey::situation(&app, &camden, &id).await;
        assert_eq!(situation.record.state, "draft");
        let found = situation.line(&line.id).unwrap();
        assert_eq!(found.is_signed(), signed.status == 303, "{}", signed.status);
        assert_eq!(found.digest, line.digest);
        assert_eq!(
            acts(&app, id.as_str(), "sign_off.signed").await,
            i64::from(signed.status == 303)
        );
        assert_eq!(situation.record.effective_version, None);
        let exact = author.get(&format!("/records/{id}/versions/1.json")).await;
        assert_eq!(
            ledger::digest(&exact.bytes),
            line.digest,
            "the text that was seen is kept"
        );
        assert!(
            !String::from_utf8(exact.bytes)
                .unwrap()
                .contains("Not what was seen.")
        );
        app.ends_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_moves() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    for party in [&camden, &fire] {
        journey::agree(&app, party, &id).await;
    }
    let (one, other) = (
        camden.author_client(&app).await,
        camden.administrator_client(&app).await,
    );
    let (forward, back) = (
        format!("/records/{id}/moves/ask_for_sign_off"),
        format!("/records/{id}/moves/take_back"),
    );
    let (first, second) = tokio::join!(one.post(&forward, &[]), other.post(&back, &[]));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "one is made, the other is told");
    let situation = journey::situation(&app, &camden, &id).await;
    let to_sign = situation
        .lines
        .iter()
        .filter(|l| l.stage == Stage::SignOff)
        .count();
    match situation.record.state.as_str() {
        "sign_off" => assert_eq!(to_sign, 2),
        "draft" => assert_eq!(to_sign, 0),
        other => panic!("{other}"),
    }
    app.ends_clean().await;
}

/// Both press “start”: the organisation still has one memorandum and one statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_starts() {
    let app = TestApp::new().await;
    let camden = Party::without_statements(&app, "Camden Council", "borough").await;
    let (one, other) = (
        camden.author_client(&app).await,
        camden.administrator_client(&app).await,
    );
    for path in ["/memorandum/start", "/assurance/start"] {
        let (first, second) = tokio::join!(one.post(path, &[]), other.post(path, &[]));
        assert_eq!((first.status, second.status), (303, 303), "{path}");
    }
    db::sql! { MADE = "select type, count(*) as made from records group by type order by type"; }
    let rows = app.app.db.all(&MADE, &[]).await.unwrap();
    let made: Vec<(String, i64)> = rows
        .iter()
        .map(|r| (r.text("type").unwrap(), r.int("made").unwrap()))
        .collect();
    assert_eq!(
        made,
        [("assurance".to_owned(), 1), ("memorandum".to_owned(), 1)]
    );
    app.ends_clean().await;
}
