//! E-mail: what is sent, to whom, and what happens when the mail server does not take it.

use aldgate::adapters::undelivered_mail;
use aldgate::jobs;
use aldgate::settings::Settings;
use jiff::SignedDuration;
use packs::Role;

use crate::support::journey::{Party, in_review};
use crate::support::post::{Post, Received};
use crate::support::{Client, PASSWORD, Page, TestApp};

async fn gateway(post: &Post) -> TestApp {
    TestApp::with(Settings {
        mail: post.setting(),
        mail_from: "Aldgate <aldgate@gateway.example>".to_owned(),
        url: "http://share.example".to_owned(),
        ..crate::support::settings()
    })
    .await
}

async fn administrator(app: &TestApp) -> Client {
    let camden = app.organisation("Camden Council", "borough").await;
    app.client(&camden, "Amir Admin", &[Role::Administrator])
        .await
}

/// The administrator adds an author, who is invited.
async fn add(admin: &Client, name: &str, email: &str) -> Page {
    let fields = [("person_name", name), ("email", email), ("roles", "author")];
    admin.post("/organisation/people/new", &fields).await
}

fn to(received: &[Received]) -> Vec<&str> {
    received.iter().map(|mail| mail.to.as_str()).collect()
}

fn link(text: &str) -> String {
    let at = text.find("http://share.example/").expect("a link");
    let rest = &text[at + "http://share.example".len()..];
    rest.split_whitespace().next().expect("a path").to_owned()
}

#[tokio::test]
async fn an_invitation_comes_by_e_mail_and_the_page_shows_no_link() {
    let post = Post::open();
    let app = gateway(&post).await;
    let admin = administrator(&app).await;
    let page = add(&admin, "Asha Rai", "asha@camden.example").await;
    assert!(
        page.says("We will now send Asha Rai an email"),
        "{}",
        page.words()
    );
    assert!(page.all("#invitation").is_empty());

    jobs::run_due(&app.app).await.unwrap();
    let received = post.take();
    assert_eq!(to(&received), ["asha@camden.example"]);
    assert!(received[0].text.contains("from “Camden Council”"));
    let asha = app.nobody();
    let path = link(&received[0].text);
    asha.done(&path, &[("password", PASSWORD)]).await;
    assert_eq!(asha.get("/in-tray").await.status, 200);
    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 0);
    app.ends_clean().await;
}

#[tokio::test]
async fn reviewers_are_asked_and_reminded_once_a_week() {
    let post = Post::open();
    let app = gateway(&post).await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let police = Party::new(&app, "Metropolitan Police", "police").await;
    let stranger = Party::new(&app, "Hackney Council", "borough").await;
    jobs::run_due(&app.app).await.unwrap();
    post.take();

    in_review(&app, &[&camden, &police]).await;
    // Two processes of one gateway: each e-mail goes once.
    let (one, two) = tokio::join!(jobs::run_due(&app.app), jobs::run_due(&app.app));
    one.unwrap();
    two.unwrap();
    let received = post.take();
    assert_eq!(
        to(&received),
        [
            "dina-protect@camden-council.example",
            "dina-protect@metropolitan-police.example"
        ]
    );
    assert!(
        received[0]
            .subject
            .contains("asked to review an agreement for “Camden Council”")
    );
    let dpo = camden.dpo_client(&app).await;
    assert_eq!(dpo.get(&link(&received[0].text)).await.status, 200);
    let elsewhere = stranger.dpo_client(&app).await;
    assert_eq!(elsewhere.get(&link(&received[0].text)).await.status, 404);

    app.app.clock.advance(SignedDuration::from_hours(24 * 8));
    for _ in 0..2 {
        jobs::enqueue_reminders(&app.app).await.unwrap();
        jobs::run_due(&app.app).await.unwrap();
    }
    let received = post.take();
    assert_eq!(received.len(), 2, "{received:?}");
    assert!(
        received
            .iter()
            .all(|mail| mail.subject.starts_with("Reminder: "))
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_refused_e_mail_is_tried_again_and_given_up_in_the_end() {
    let post = Post::open();
    let app = gateway(&post).await;
    let admin = administrator(&app).await;
    post.refuse(true);
    add(&admin, "Asha Rai", "asha@camden.example").await;
    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 1);
    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 0, "it waits first");
    post.refuse(false);
    app.app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 1);
    assert_eq!(to(&post.take()), ["asha@camden.example"]);

    post.refuse(true);
    add(&admin, "Bela Roy", "bela@camden.example").await;
    let mut attempts = 0;
    while aldgate::kernel::jobs::counts(&app.app).await.unwrap().0 > 0 {
        attempts += jobs::run_due(&app.app).await.unwrap();
        app.app.clock.advance(SignedDuration::from_hours(25));
        assert!(attempts < 20);
    }
    assert_eq!(attempts, 9);
    assert_eq!(
        aldgate::kernel::jobs::counts(&app.app).await.unwrap(),
        (0, 1)
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_refused_mailbox_is_not_tried_again_and_the_administrator_sees_it() {
    let post = Post::open();
    let app = gateway(&post).await;
    let admin = administrator(&app).await;
    post.know_nobody(true);
    add(&admin, "Asha Rai", "asha@camden.example").await;
    let people = admin.get("/organisation/people").await;
    assert!(people.says("Invited, not joined yet"), "{}", people.words());

    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 1);
    app.app.clock.advance(SignedDuration::from_mins(100));
    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 0);
    let people = admin.get("/organisation/people").await;
    assert!(people.says("Invitation could not be delivered"));
    assert!(people.says("550 Mailbox unavailable"), "{}", people.words());
    assert!(!people.says("Invited, not joined yet"));
    let since = app.app.clock.now().0 - 7 * 24 * 3_600_000_000;
    let lately = undelivered_mail::since(&app.app.db, since).await.unwrap();
    assert_eq!(lately, Some((1, "550 Mailbox unavailable".to_owned())));

    // A new link that arrives takes its place.
    post.know_nobody(false);
    let page = admin.post(&people.link("New link"), &[]).await;
    assert!(page.says("We will now send Asha Rai an email"));
    jobs::run_due(&app.app).await.unwrap();
    assert_eq!(to(&post.take()), ["asha@camden.example"]);
    let people = admin.get("/organisation/people").await;
    assert!(people.says("Invited, not joined yet"), "{}", people.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn the_page_of_a_decision_says_that_nobody_was_reached() {
    let post = Post::open();
    let app = gateway(&post).await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let police = Party::new(&app, "Metropolitan Police", "police").await;
    jobs::run_due(&app.app).await.unwrap();
    post.know_nobody(true);
    let record = in_review(&app, &[&camden, &police]).await;
    let record = format!("/records/{record}");
    let author = camden.author_client(&app).await;
    assert!(!author.get(&record).await.says("Email not delivered"));

    jobs::run_due(&app.app).await.unwrap();
    let page = author.get(&record).await;
    assert!(page.says("Email not delivered"), "{}", page.words());
    let mut said = Vec::new();
    for line in page.hrefs("ul.app-lines a[href*='/lines/']") {
        said.push(author.get(&line).await.words());
    }
    let [own, theirs] = ["Camden Council", "Metropolitan Police"].map(|party| {
        let whose = format!("Review by {party}");
        said.iter().find(|page| page.contains(&whose)).unwrap()
    });
    let why = "could not be delivered. The mail server says: 550 Mailbox unavailable";
    let unnamed = format!("asks one of the people who can decide {why}");
    assert!(theirs.contains(&unnamed), "{theirs}");
    assert!(own.contains(&format!("asks Dina Protect {why}")), "{own}");
    app.ends_clean().await;
}

#[tokio::test]
async fn an_e_mail_waits_for_a_server_that_is_away_and_the_list_says_so() {
    let post = Post::open();
    let app = gateway(&post).await;
    let admin = administrator(&app).await;
    post.refuse(true);
    add(&admin, "Asha Rai", "asha@camden.example").await;
    jobs::run_due(&app.app).await.unwrap();
    let people = admin.get("/organisation/people").await;
    assert!(
        people.says("Invitation not delivered yet"),
        "{}",
        people.words()
    );
    post.refuse(false);
    app.app.clock.advance(SignedDuration::from_secs(61));
    jobs::run_due(&app.app).await.unwrap();
    let people = admin.get("/organisation/people").await;
    assert!(people.says("Invited, not joined yet"), "{}", people.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn a_job_of_a_process_that_died_is_taken_over() {
    let post = Post::open();
    let app = gateway(&post).await;
    let admin = administrator(&app).await;
    add(&admin, "Asha Rai", "asha@camden.example").await;
    // Claimed, and never heard of again.
    let now = app.app.clock.now();
    let claimed = aldgate::kernel::jobs::claim(&app.app, now).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 0);
    app.app.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(jobs::run_due(&app.app).await.unwrap(), 1);
    assert_eq!(to(&post.take()), ["asha@camden.example"]);
    app.ends_clean().await;
}
