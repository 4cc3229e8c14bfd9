//! No path reaches sign-off while a line is undecided or a blocker is open.

use aldgate::kernel::ids::RecordId;
use aldgate::records::lines::Stage;
use packs::{How, Settled};
use serde_json::json;

use crate::support::journey::{self, Party};
use crate::support::{PASSWORD, TestApp};

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

/// Nothing was opened for signing, and nothing is in force.
async fn shut(app: &TestApp, party: &Party, id: &RecordId) {
    let situation = journey::situation(app, party, id).await;
    assert_eq!(situation.record.state, "review");
    assert_eq!(situation.record.effective_version, None);
    assert!(
        situation.lines.iter().all(|l| l.stage == Stage::Review),
        "a sign-off line was made"
    );
}

#[tokio::test]
async fn a_review_that_is_open() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    journey::agree(&app, &camden, &id).await;
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/moves/ask_for_sign_off");
    let page = author.get(&path).await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (200, "Ask for sign-off: not yet")
    );
    assert!(
        page.says("London Fire Brigade: its data protection officer has not decided yet"),
        "{}",
        page.words()
    );
    assert!(
        page.all("main button").is_empty(),
        "what cannot be done has no button"
    );

    // Every crafted way there.
    for (path, fields) in [
        (path.clone(), vec![]),
        (format!("/records/{id}/moves/come_into_force"), vec![]),
        (format!("/records/{id}/moves/end"), vec![("reason", "x")]),
        (format!("/records/{id}/moves/nowhere"), vec![]),
    ] {
        let page = author.post(&path, &fields).await;
        assert!(
            matches!(page.status, 403 | 404 | 422),
            "{path}: {}",
            page.status
        );
    }
    shut(&app, &camden, &id).await;

    // A review line cannot be signed, by anybody.
    let officer = fire.officer_client(&app).await;
    let review = journey::open_line(&app, &fire, &id, Stage::Review).await;
    let page = officer
        .post(
            &format!("/records/{id}/lines/{}", review.id),
            &[
                ("seen", &review.digest),
                ("decision", "sign"),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(page.status, 403);
    shut(&app, &camden, &id).await;
    app.ends_clean().await;
}

#[tokio::test]
async fn a_blocker_that_somebody_settled_past_the_pages_stays_open() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let both = [&camden, &fire];
    let mut content = journey::complete(&both);
    let part = content.parties.get_mut(fire.id().as_str()).unwrap();
    part.insert("gateway".to_owned(), json!([]));
    // Somebody wrote this past the pages: a blocker is never settled.
    for how in [How::NotApplicable, How::Dismissed] {
        content.settled.push(Settled {
            rule: "R005".to_owned(),
            scope: fire.id().to_string(),
            how,
            reason: "We would rather not.".to_owned(),
            by: "somebody".to_owned(),
            at: 0,
        });
    }
    let id = journey::draft(&app, &both, &content).await;
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/law/R005/settle?scope={}", fire.id());
    let reason = [("reason", "We would rather not.")];
    let settle = author.post(&path, &reason).await;
    assert_eq!(settle.status, 403, "{}", settle.words());
    assert!(
        settle.says("only an answer clears it"),
        "{}",
        settle.words()
    );

    journey::ask_for_review(&app, &camden, &id).await;
    for party in both {
        journey::agree(&app, party, &id).await;
    }
    let path = format!("/records/{id}/moves/ask_for_sign_off");
    let page = author.get(&path).await;
    assert!(page.says("The law blocks signing"), "{}", page.words());
    assert_eq!(
        page.all("main li a").len(),
        1,
        "one thing stops it, said once"
    );
    assert_eq!(author.post(&path, &[]).await.status, 422);
    shut(&app, &camden, &id).await;
    app.ends_clean().await;
}

#[tokio::test]
async fn a_line_that_is_not_theirs() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let stranger = Party::without_statements(&app, "Elsewhere Council", "borough").await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    let line = journey::open_line(&app, &camden, &id, Stage::Review).await;
    let path = format!("/records/{id}/lines/{}", line.id);
    let advice = [("seen", line.digest.as_str()), ("advice", "agrees")];
    assert_eq!(stranger.dpo_client(&app).await.get(&path).await.status, 404);
    assert_eq!(
        stranger
            .dpo_client(&app)
            .await
            .post(&path, &advice)
            .await
            .status,
        404
    );
    assert_eq!(
        fire.dpo_client(&app)
            .await
            .post(&path, &advice)
            .await
            .status,
        403,
        "another party’s"
    );
    assert_eq!(
        camden
            .author_client(&app)
            .await
            .post(&path, &advice)
            .await
            .status,
        403,
        "another role’s"
    );
    assert!(
        camden
            .author_client(&app)
            .await
            .get(&path)
            .await
            .says("This decision belongs to the data protection officer of Camden Council")
    );

    // A line is only found with its own record.
    let other = journey::in_review(&app, &[&camden, &fire]).await;
    let crossed = format!("/records/{other}/lines/{}", line.id);
    assert_eq!(
        camden
            .dpo_client(&app)
            .await
            .post(&crossed, &advice)
            .await
            .status,
        404
    );

    // Only an officer of the same party overrules.
    let reviewer = camden.dpo_client(&app).await;
    reviewer
        .done(
            &path,
            &[
                ("seen", &line.digest),
                ("advice", "against"),
                ("text", "No."),
            ],
        )
        .await;
    let reason = [("text", "Because.")];
    assert_eq!(
        fire.officer_client(&app)
            .await
            .post(&format!("{path}/overrule"), &reason)
            .await
            .status,
        403
    );
    assert_eq!(
        camden
            .author_client(&app)
            .await
            .post(&format!("{path}/overrule"), &reason)
            .await
            .status,
        403
    );
    assert_eq!(
        stranger
            .officer_client(&app)
            .await
            .post(&format!("{path}/overrule"), &reason)
            .await
            .status,
        404
    );
    assert_eq!(
        reviewer
            .post(&format!("{path}/answer"), &reason)
            .await
            .status,
        403
    );
    shut(&app, &camden, &id).await;
    app.ends_clean().await;
}

#[tokio::test]
async fn a_text_they_did_not_see() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    let officer = camden.officer_client(&app).await;
    let line = journey::open_line(&app, &camden, &id, Stage::SignOff).await;
    let path = format!("/records/{id}/lines/{}", line.id);
    let other = "0".repeat(64);
    for seen in ["", other.as_str()] {
        let page = officer
            .post(
                &path,
                &[("seen", seen), ("decision", "sign"), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(page.status, 422);
        assert!(
            page.text.contains("The text is not the one you saw"),
            "{}",
            page.words()
        );
    }
    for password in ["", "wrong password"] {
        let page = officer
            .post(
                &path,
                &[
                    ("seen", &line.digest),
                    ("decision", "sign"),
                    ("password", password),
                ],
            )
            .await;
        assert_eq!(
            (page.status, page.errors()[0].0.as_str()),
            (422, "password")
        );
    }
    // No role but the senior officer of the party signs.
    for client in [
        camden.author_client(&app).await,
        camden.dpo_client(&app).await,
        camden.administrator_client(&app).await,
        fire.officer_client(&app).await,
    ] {
        let page = client
            .post(
                &path,
                &[
                    ("seen", &line.digest),
                    ("decision", "sign"),
                    ("password", PASSWORD),
                ],
            )
            .await;
        assert_eq!(page.status, 403);
    }

    // The text is opened again: the line is closed, and what was seen cannot be signed.
    let author = camden.author_client(&app).await;
    author
        .done(
            &format!("/records/{id}/moves/change"),
            &[("reason", "A mistake")],
        )
        .await;
    let page = officer
        .post(
            &path,
            &[
                ("seen", &line.digest),
                ("decision", "sign"),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(page.status, 422);
    let situation = journey::situation(&app, &camden, &id).await;
    assert!(situation.lines.iter().all(|l| !l.is_signed()));
    assert_eq!(situation.record.effective_version, None);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_decline_keeps_it_out_of_force() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_sign_off(&app, &[&camden, &fire]).await;
    journey::sign(&app, &camden, &id).await;
    let officer = fire.officer_client(&app).await;
    let line = journey::open_line(&app, &fire, &id, Stage::SignOff).await;
    let path = format!("/records/{id}/lines/{}", line.id);
    let page = officer
        .post(
            &path,
            &[
                ("seen", &line.digest),
                ("decision", "decline"),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!((page.status, page.errors()[0].0.as_str()), (422, "reason"));
    let done = officer
        .done(
            &path,
            &[
                ("seen", &line.digest),
                ("decision", "decline"),
                ("reason", "No money."),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert!(done.says("Declined"));
    // It was decided: a second thought needs a new version.
    let page = officer
        .post(
            &path,
            &[
                ("seen", &line.digest),
                ("decision", "sign"),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(page.status, 422);
    let situation = journey::situation(&app, &camden, &id).await;
    assert_eq!(
        (
            situation.record.state.as_str(),
            situation.record.effective_version
        ),
        ("sign_off", None)
    );
    app.ends_clean().await;
}
