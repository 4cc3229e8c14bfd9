//! No path reaches sign-off while a line is undecided or a blocker is open.

use aldgate::records::lines::Stage;

use crate::support::journey::{self, Party};
use crate::support::{PASSWORD, TestApp};

async fn two(app: &TestApp) -> (Party, Party) {
    (
        Party::new(app, "Camden Council", "borough").await,
        Party::new(app, "London Fire Brigade", "fire").await,
    )
}

#[tokio::test]
async fn a_complete_agreement_reaches_force() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_force(&app, &[&camden, &fire]).await;
    let situation = journey::situation(&app, &camden, &id).await;
    assert_eq!(situation.record.state, "in_force");
    assert_eq!(situation.record.effective_version, Some(1));
    app.ends_clean().await;
}

#[tokio::test]
async fn sign_off_is_refused_while_a_review_is_open() {
    let app = TestApp::new().await;
    let (camden, fire) = two(&app).await;
    let id = journey::in_review(&app, &[&camden, &fire]).await;
    journey::agree(&app, &camden, &id).await;
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/moves/ask_for_sign_off");
    let page = author.get(&path).await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (
            200,
            "Ask for sign-off: not yet | Ask for sign-off: not yet"
                .split(" | ")
                .next()
                .unwrap()
        )
    );
    assert!(
        page.says("London Fire Brigade: its data protection officer has not decided yet"),
        "{}",
        page.words()
    );
    assert!(
        page.all("main button").is_empty(),
        "a move that cannot be made has no button"
    );

    let refused = author.post(&path, &[]).await;
    assert_eq!(refused.status, 422);
    let situation = journey::situation(&app, &camden, &id).await;
    assert_eq!(situation.record.state, "review");
    assert!(
        situation.lines.iter().all(|l| l.stage == Stage::Review),
        "no sign-off line was made"
    );
    app.ends_clean().await;
}
