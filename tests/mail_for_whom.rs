//! The gateway's mail is nobody's tool: who nobody has confirmed sends none, there are only so many in a day, and
//! other people's words come in quotes after ours.

use aldgate::jobs;
use aldgate::organisations::trust;
use aldgate::settings::Settings;
use jiff::SignedDuration;
use packs::Role;

use crate::support::journey::{self, Party};
use crate::support::post::Post;
use crate::support::{Client, PASSWORD, Page, TestApp};

async fn gateway(post: &Post, by_organisation: u32, by_recipient: u32) -> TestApp {
    TestApp::with(Settings {
        mail: post.setting(),
        mail_from: "Aldgate <aldgate@gateway.example>".to_owned(),
        url: "http://share.example".to_owned(),
        mail_daily_organisation: by_organisation,
        mail_daily_recipient: by_recipient,
        ..crate::support::settings()
    })
    .await
}

async fn add(admin: &Client, name: &str, email: &str) -> Page {
    let fields = [("person_name", name), ("email", email), ("roles", "viewer")];
    admin.post("/organisation/people/new", &fields).await
}

async fn sent(app: &TestApp, post: &Post) -> usize {
    jobs::run_due(&app.app).await.unwrap();
    post.take().len()
}

#[tokio::test]
async fn an_organisation_that_nobody_has_confirmed_sends_nothing() {
    let post = Post::open();
    let app = gateway(&post, 300, 20).await;
    let mal = app.nobody();
    let register = async |name: &str, person: &str| {
        mal.post(
            "/organisations/new",
            &[
                ("name", name),
                ("kind", "supplier"),
                ("person_name", person),
                ("email", "mal@evil.example"),
                ("password", PASSWORD),
            ],
        )
        .await
    };
    for (name, person, field) in [
        ("Full mailbox: https://evil.example NHS IT", "Mal", "name"),
        ("See www.evil.example", "Mal", "name"),
        ("NHS evil.example/login", "Mal", "name"),
        ("Evil Ltd", "Act today: https://evil.example", "person_name"),
        ("Evil Ltd", "Mal\u{2028}Bcc: x", "person_name"),
        ("Evil Ltd", "Mal mal@evil.example", "person_name"),
    ] {
        let page = register(name, person).await;
        assert_eq!(page.status, 422, "{name} {person}");
        assert_eq!(page.errors()[0].0, field, "{name} {person}");
    }
    assert_eq!(register("Evil Ltd", "Mal Lory").await.status, 303);
    assert_eq!(
        sent(&app, &post).await,
        1,
        "the link that proves Mal's own address"
    );
    for number in 0..3 {
        let page = add(&mal, "A Victim", &format!("victim{number}@nhs.example")).await;
        assert!(
            page.says("no one has confirmed Evil Ltd yet") && page.says("Send this link to"),
            "{}",
            page.words()
        );
        assert_eq!(page.all("#invitation").len(), 1);
    }
    assert_eq!(sent(&app, &post).await, 0);

    // What it sets up for others it sends nothing for either.
    let page = mal
        .post(
            "/organisation/supported/new",
            &[
                ("name", "Sock"),
                ("kind", "vcs"),
                ("person_name", "A Victim"),
                ("email", "other@nhs.example"),
                ("permission", "yes"),
            ],
        )
        .await;
    assert!(page.says("no one has confirmed"), "{}", page.words());
    assert_eq!(sent(&app, &post).await, 0);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_review_that_an_unknown_lead_asks_for_waits_in_the_in_tray_only() {
    let post = Post::open();
    let app = gateway(&post, 300, 20).await;
    let evil = Party::new(&app, "Evil Ltd", "borough").await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let operator = app.operator();
    operator.commit(trust::withdraw(evil.id())).await.unwrap();
    sent(&app, &post).await;
    journey::in_review(&app, &[&evil, &camden]).await;
    assert_eq!(sent(&app, &post).await, 0);
    app.app.clock.advance(SignedDuration::from_hours(24 * 8));
    jobs::enqueue_reminders(&app.app).await.unwrap();
    assert_eq!(sent(&app, &post).await, 0);
    let tray = camden.dpo_client(&app).await.get("/in-tray").await;
    assert!(tray.says("Home fire safety visits"), "{}", tray.words());

    let operator = app.operator();
    let change = trust::confirm(&operator, evil.id());
    operator.commit(change).await.unwrap();
    app.app.clock.advance(SignedDuration::from_hours(24 * 7));
    jobs::enqueue_reminders(&app.app).await.unwrap();
    assert_eq!(sent(&app, &post).await, 2);
    app.ends_clean().await;
}

#[tokio::test]
async fn mail_is_counted_by_organisation_and_by_address() {
    let post = Post::open();
    let app = gateway(&post, 3, 2).await;
    let camden = app.organisation("Camden Council", "borough").await;
    let admin = app
        .client(&camden, "Amir Admin", &[Role::Administrator])
        .await;
    let brent = app.organisation("Brent Council", "borough").await;
    let other = app
        .client(&brent, "Bea Admin", &[Role::Administrator])
        .await;

    for number in 0..3 {
        let page = add(&admin, "New Person", &format!("new{number}@camden.example")).await;
        assert!(page.says("We will now send New Person"), "{}", page.words());
    }
    let page = add(&admin, "New Person", "new3@camden.example").await;
    assert!(
        page.says("Camden Council has sent as many as it may in 24 hours"),
        "{}",
        page.words()
    );
    assert_eq!(page.all("#invitation").len(), 1, "it can be handed over");
    assert_eq!(sent(&app, &post).await, 3);

    // Another organisation still sends; one mailbox is not written to again and again under other names.
    for (email, goes) in [
        ("pat@nhs.example", true),
        ("pat+1@nhs.example", true),
        ("PAT+2@nhs.example", false),
    ] {
        let page = add(&other, "Pat Ient", email).await;
        assert_eq!(page.says("We will now send Pat Ient"), goes, "{email}");
        assert_eq!(
            page.says("this address has been sent as many"),
            !goes,
            "{email}"
        );
    }
    assert_eq!(sent(&app, &post).await, 2);

    // A day later it may again.
    app.app.clock.advance(SignedDuration::from_hours(24));
    let admin = app
        .client(&camden, "Ann Admin", &[Role::Administrator])
        .await;
    let page = add(&admin, "New Person", "new4@camden.example").await;
    assert!(page.says("We will now send New Person"), "{}", page.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn what_others_call_themselves_stands_in_quotes_after_our_words() {
    let post = Post::open();
    let app = gateway(&post, 300, 20).await;
    let name = "Your mailbox is over its limit. NHS IT";
    let council = app.organisation(name, "borough").await;
    let admin = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    add(&admin, "Dear colleague, act today", "pat@nhs.example").await;
    jobs::run_due(&app.app).await.unwrap();
    let mail = post.take().remove(0);
    assert_eq!(mail.subject, format!("You are invited to join “{name}”"));
    assert!(mail.text.starts_with("Hello,"), "{}", mail.text);
    assert!(
        mail.text
            .contains("for “Dear colleague, act today”, from “Your mailbox")
    );
    app.ends_clean().await;
}
