//! A session ends while somebody writes: what they typed is not lost, and nobody else gets it.

use jiff::SignedDuration;
use packs::Role;

use crate::support::{Client, PASSWORD, Page, TestApp};

const WORDS: &str = "An hour of words\nand “another” line: Tŷ Gŵyl";

/// An author with a draft, and the section they have open.
async fn drafting(app: &TestApp) -> (Client, String) {
    let camden = app.organisation("Camden Council", "borough").await;
    let author = app.client(&camden, "Aled Author", &[Role::Author]).await;
    let started = author
        .post("/agreements/new", &[("title", "Typed for an hour")])
        .await;
    let record = started.location.split('?').next().unwrap().to_owned();
    (author, format!("{record}/sections/purpose"))
}

async fn sign_in(client: &Client, email: &str, page: &Page) -> Page {
    let next = page.value("next");
    let fields = [("email", email), ("password", PASSWORD), ("next", &next)];
    client.post("/sign-in", &fields).await
}

const ALED: &str = "aled-author@camden-council.example";

#[tokio::test]
async fn what_was_typed_comes_back_after_signing_in() {
    let app = TestApp::new().await;
    let (author, section) = drafting(&app).await;
    let open = author.get(&section).await;
    assert!(open.says("Save before 12:00pm"), "{}", open.words());
    let (token, seen) = (open.value("form_token"), open.values("seen"));
    let mut fields = vec![("form_token", token.as_str()), ("purpose_text", WORDS)];
    fields.extend(seen.iter().map(|seen| ("seen", seen.as_str())));

    app.app.clock.advance(SignedDuration::from_mins(130));
    let acts = app.acts().await;
    let out = author.post_form(&section, &fields).await;
    assert_eq!(out.status, 422, "{}", out.words());
    assert!(out.says("Your session ended before this was saved"));
    assert!(out.says("not saved") && out.says("An hour of words"));
    assert!(
        out.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-")
    );
    assert_eq!(
        app.acts().await,
        acts + 1,
        "it is kept, and nothing else is done"
    );

    // Nobody else gets it, signed in or not.
    let kept = out.value("next");
    assert!(kept.starts_with("/kept/"), "{kept}");
    let nobody = app.nobody().get(&kept).await;
    assert!(nobody.location.starts_with("/sign-in?next=%2Fkept%2F"));
    let hackney = app.organisation("Hackney Council", "borough").await;
    let other = app.client(&hackney, "Olga Other", &[Role::Author]).await;
    assert_eq!(other.get(&kept).await.status, 404);
    assert_eq!(other.post(&format!("{kept}/remove"), &[]).await.status, 404);

    let back = sign_in(&author, ALED, &out).await;
    assert_eq!(back.location, kept);
    let page = author.get(&kept).await;
    assert!(page.says("An hour of words"), "{}", page.words());
    assert!(author.get("/in-tray").await.says("Get back what you typed"));
    let saved = author.submit(&page, &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.words());
    let again = author.get(&section).await;
    assert_eq!(again.value("purpose_text").trim(), WORDS);
    assert_eq!(
        author.get(&kept).await.status,
        404,
        "it is saved, so it is not kept"
    );
    assert!(!author.get("/in-tray").await.says("Get back what you typed"));
    app.ends_clean().await;
}

#[tokio::test]
async fn a_form_of_the_session_before_is_offered_again_to_the_same_person_only() {
    let app = TestApp::new().await;
    let (author, section) = drafting(&app).await;
    let token = author.get(&section).await.value("form_token");
    let fields = [("form_token", token.as_str()), ("purpose_text", WORDS)];
    // In another window of the same browser they sign in again.
    let again = [("email", ALED), ("password", PASSWORD)];
    assert_eq!(author.post("/sign-in", &again).await.status, 303);
    let page = author.post_form(&section, &fields).await;
    assert!(page.location.starts_with("/kept/"), "{}", page.words());
    assert!(author.get(&page.location).await.says("An hour of words"));

    let hackney = app.organisation("Hackney Council", "borough").await;
    let other = app.client(&hackney, "Olga Other", &[Role::Author]).await;
    let refused = other.post_form(&section, &fields).await;
    assert_eq!(refused.status, 400);
    assert!(!refused.text.contains("An hour of words"));
    app.ends_clean().await;
}

#[tokio::test]
async fn it_is_kept_without_secrets_for_a_week_and_can_be_removed() {
    let app = TestApp::new().await;
    let (author, section) = drafting(&app).await;
    let token = author.get(&section).await.value("form_token");
    app.app.clock.advance(SignedDuration::from_hours(13));
    let secret = [
        ("form_token", token.as_str()),
        ("purpose_text", WORDS),
        ("password", "hunter2 hunter2"),
        ("code", "123456"),
    ];
    let out = author.post_form(&section, &secret).await;
    assert!(!out.text.contains("hunter2") && !out.text.contains("123456"));
    let kept = out.value("next");
    sign_in(&author, ALED, &out).await;
    let page = author.get(&kept).await;
    assert!(page.says("An hour of words") && !page.text.contains("hunter2"));
    author.done(&format!("{kept}/remove"), &[]).await;
    assert_eq!(author.get(&kept).await.status, 404);

    // A form of no session of ours is not kept, and nothing is where nothing was typed.
    let stranger = app.nobody();
    for token in ["", "made-up", "made-up.1"] {
        let fields = [("form_token", token), ("purpose_text", WORDS)];
        let page = stranger.post_form(&section, &fields).await;
        assert_eq!((page.status, page.location.as_str()), (303, "/sign-in"));
    }
    let empty = [
        ("form_token", token.as_str()),
        ("seen", "x"),
        ("password", "y"),
    ];
    assert_eq!(stranger.post_form(&section, &empty).await.status, 303);

    // No longer than a week, and no more than ten.
    let mut all = Vec::new();
    for number in 0..12 {
        let text = format!("Text {number}");
        let fields = [
            ("form_token", token.as_str()),
            ("purpose_text", text.as_str()),
        ];
        let page = stranger.post_form(&section, &fields).await;
        all.push(page.value("next"));
        app.app.clock.advance(SignedDuration::from_secs(1));
    }
    assert_eq!(author.get(&all[1]).await.status, 404);
    assert_eq!(author.get(&all[2]).await.status, 200);
    app.app.clock.advance(SignedDuration::from_hours(24 * 7));
    let back = app.nobody();
    back.post("/sign-in", &[("email", ALED), ("password", PASSWORD)])
        .await;
    assert_eq!(back.get(&all[11]).await.status, 404);
    app.ends_clean().await;
}
