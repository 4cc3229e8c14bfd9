//! The same form sent twice, by a double click or by reloading, does one thing.

use jiff::SignedDuration;
use packs::Role;

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn the_same_form_four_times_at_once_makes_one_draft() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let author = app.client(&camden, "Aled Author", &[Role::Author]).await;
    let form = author.get("/agreements/new").await;
    let token = form.value("form_token");
    let fields = [("form_token", token.as_str()), ("title", "Four times")];
    let send = || author.post_form("/agreements/new", &fields);
    let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
    assert_eq!(a.status, 303, "{}", a.words());
    for page in [&b, &c, &d, &send().await] {
        assert_eq!((page.status, &page.location), (303, &a.location));
    }
    let list = author.get("/agreements?title=Four").await;
    assert_eq!(list.text.matches(">Four times<").count(), 1);

    // Another text in the same form is another thing, and so is the same text in a new form.
    let other = [("form_token", token.as_str()), ("title", "Five times")];
    let other = author.post_form("/agreements/new", &other).await;
    assert_ne!(other.location, a.location);
    let token = author.get("/agreements/new").await.value("form_token");
    let fields = [("form_token", token.as_str()), ("title", "Four times")];
    let meant = author.post_form("/agreements/new", &fields).await;
    assert_ne!(meant.location, a.location);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_page_that_is_shown_once_is_shown_to_the_second_click_too() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let admin = app
        .client(&camden, "Amir Admin", &[Role::Administrator])
        .await;
    let token = admin
        .get("/organisation/people/new")
        .await
        .value("form_token");
    let fields = [
        ("form_token", token.as_str()),
        ("person_name", "Asha Rai"),
        ("email", "asha@camden.example"),
        ("roles", "author"),
        ("password", PASSWORD),
    ];
    let send = || admin.post_form("/organisation/people/new", &fields);
    let (first, second) = tokio::join!(send(), send());
    assert!(
        first.says("Send this link to Asha Rai"),
        "{}",
        first.words()
    );
    assert_eq!(first.all("#invitation"), second.all("#invitation"));
    app.ends_clean().await;
}

#[tokio::test]
async fn what_was_refused_is_tried_again_and_nobody_gets_the_answer_of_another() {
    let app = TestApp::new().await;
    let camden = app.organisation("Camden Council", "borough").await;
    let author = app.client(&camden, "Aled Author", &[Role::Author]).await;
    let token = author.get("/agreements/new").await.value("form_token");
    let empty = [("form_token", token.as_str()), ("title", "")];
    for _ in 0..2 {
        assert_eq!(
            author.post_form("/agreements/new", &empty).await.status,
            422
        );
    }

    // Whoever has the form and not the session gets nothing.
    let fields = [("form_token", token.as_str()), ("title", "Mine")];
    let mine = author.post_form("/agreements/new", &fields).await;
    let stranger = app.nobody();
    assert_eq!(
        stranger.post_form("/agreements/new", &fields).await.status,
        422
    );
    let hackney = app.organisation("Hackney Council", "borough").await;
    let other = app.client(&hackney, "Olga Other", &[Role::Author]).await;
    assert_eq!(
        other.post_form("/agreements/new", &fields).await.status,
        400
    );

    // After a while it counts as meant.
    app.app.clock.advance(SignedDuration::from_mins(11));
    let again = author.post_form("/agreements/new", &fields).await;
    assert_eq!(again.status, 303);
    assert_ne!(again.location, mine.location);

    // Signing in, out, and in again with the same form works.
    let browser = app.nobody();
    let token = browser.get("/sign-in").await.value("form_token");
    let sign_in = [
        ("form_token", token.as_str()),
        ("email", "aled-author@camden-council.example"),
        ("password", PASSWORD),
    ];
    assert_eq!(
        browser.post_form("/sign-in", &sign_in).await.location,
        "/in-tray"
    );
    browser.done("/sign-out", &[]).await;
    app.app.clock.advance(SignedDuration::from_secs(11));
    assert_eq!(browser.post_form("/sign-in", &sign_in).await.status, 303);
    assert_eq!(browser.get("/in-tray").await.status, 200);
    app.ends_clean().await;
}
