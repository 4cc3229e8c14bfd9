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
async fn two_signatures_at_once_both_count() {
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
async fn one_line_pressed_twice_is_decided_once() {
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
async fn two_reviews_at_once_both_count() {
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
async fn a_signature_is_on_the_text_that_was_seen_whatever_comes_first() {
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
async fn of_two_moves_at_once_one_is_made() {
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
async fn two_starts_at_once_make_one_of_each() {
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

/// The link is open in two windows, and both press "sign".
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_one_time_link_used_twice_at_once_decides_once() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &fire, &id, Stage::SignOff).await;
    let administrator = fire.administrator_client(&app).await;
    let person = [
        ("person_name", "Lindiwe Dube"),
        ("email", "lindiwe@brigade.example"),
    ];
    let path = format!("/records/{id}/lines/{}/link", line.id);
    let made = administrator.post(&path, &person).await;
    let link = made.all("#link").remove(0);
    let link = link[link.find("/links/").unwrap()..].to_owned();
    let code = made.all("#code").remove(0);
    let (one, other) = (app.nobody(), app.nobody());
    for window in [&one, &other] {
        window.done(&link, &[("code", &code)]).await;
    }
    let fields = [
        ("seen", line.digest.as_str()),
        ("decision", "sign"),
        ("code", code.as_str()),
    ];
    let decision = format!("{link}/decision");
    let (first, second) =
        tokio::join!(one.post(&decision, &fields), other.post(&decision, &fields));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "one decides, the other is told");
    assert_eq!(acts(&app, id.as_str(), "sign_off.signed").await, 1);
    let situation = journey::situation(&app, &camden, &id).await;
    assert!(situation.line(&line.id).unwrap().is_signed());
    app.ends_clean().await;
}
