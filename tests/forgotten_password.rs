//! Where email is sent, a forgotten password is no one's business but the owner's, and an address is proved by
//! a link to it.

use aldgate::jobs;
use aldgate::settings::Settings;
use jiff::SignedDuration;
use packs::Role;

use crate::support::post::{Post, Received};
use crate::support::{Client, PASSWORD, Page, TestApp};

const FRESH: &str = "three other random words";
const MAIL: &str = "asha-rai@camden-council.example";

async fn gateway(post: &Post) -> TestApp {
    TestApp::with(Settings {
        mail: post.setting(),
        mail_from: "Aldgate <aldgate@gateway.example>".to_owned(),
        url: "http://share.example".to_owned(),
        ..crate::support::settings()
    })
    .await
}

async fn received(app: &TestApp, post: &Post) -> Vec<Received> {
    jobs::run_due(&app.app).await.unwrap();
    post.take()
}

fn link(mail: &Received) -> String {
    let text = &mail.text;
    let at = text.find("http://share.example/").expect("a link");
    let rest = &text[at + "http://share.example".len()..];
    rest.split_whitespace().next().expect("a path").to_owned()
}

async fn asks(client: &Client, email: &str) -> Page {
    let page = client
        .post("/forgotten-password", &[("email", email)])
        .await;
    assert_eq!((page.status, page.h1().as_str()), (200, "Check your email"));
    page
}

async fn signs_in(app: &TestApp, email: &str, password: &str) -> Page {
    let fields = [("email", email), ("password", password)];
    app.nobody().post("/sign-in", &fields).await
}

#[tokio::test]
async fn a_new_password_comes_by_email_once_and_ends_every_session() {
    let post = Post::open();
    let app = gateway(&post).await;
    let camden = app.organisation("Camden Council", "borough").await;
    let asha = app.client(&camden, "Asha Rai", &[Role::Author]).await;
    assert!(
        app.nobody()
            .get("/sign-in")
            .await
            .says("I have forgotten my password")
    );

    // The same answer, whether there is an account or not; only the owner gets an email.
    let visitor = app.nobody();
    let wrong = visitor
        .post("/forgotten-password", &[("email", "asha")])
        .await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (422, "email"));
    let known = asks(&visitor, MAIL).await.words().replace(MAIL, "ADDRESS");
    let unknown = asks(&visitor, "no.one@camden.example").await;
    assert_eq!(
        known,
        unknown.words().replace("no.one@camden.example", "ADDRESS")
    );
    let mail = received(&app, &post).await;
    assert_eq!(mail.len(), 1, "{mail:?}");
    assert_eq!(mail[0].to, MAIL);
    assert_eq!(
        asha.get("/in-tray").await.status,
        200,
        "nothing ends before"
    );

    let path = link(&mail[0]);
    let easy = visitor
        .post(&path, &[("new_password", "password1234")])
        .await;
    assert_eq!(easy.errors()[0].0, "new_password");
    let done = visitor.post(&path, &[("new_password", FRESH)]).await;
    assert_eq!(done.h1(), "Your password is changed", "{}", done.words());
    assert!(
        visitor
            .get("/in-tray")
            .await
            .location
            .starts_with("/sign-in")
    );
    assert!(asha.get("/in-tray").await.location.starts_with("/sign-in"));
    assert_eq!(signs_in(&app, MAIL, PASSWORD).await.status, 422);
    assert_eq!(signs_in(&app, MAIL, FRESH).await.status, 303);
    let again = visitor.post(&path, &[("new_password", PASSWORD)]).await;
    assert!(again.status == 422 && again.says("has been used"));
    let notice = received(&app, &post).await;
    assert_eq!(notice[0].subject, "Your password was changed");

    // A newer password ends links that were asked for before, and none lives longer than an hour.
    asks(&visitor, MAIL).await;
    let late = link(&received(&app, &post).await[0]);
    app.app.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(visitor.get(&late).await.status, 422);
    // Three in an hour to one address, whoever asks; the answer stays the same.
    for _ in 0..5 {
        asks(&visitor, MAIL).await;
    }
    let mail = received(&app, &post).await;
    assert_eq!(mail.len(), 3);
    let first = link(&mail[0]);
    let done = visitor
        .post(&link(&mail[1]), &[("new_password", PASSWORD)])
        .await;
    assert_eq!(done.status, 200);
    assert_eq!(visitor.get(&first).await.status, 422);
    assert_eq!(visitor.get("/account-links/made-up").await.status, 404);
    app.ends_clean().await;
}

#[tokio::test]
async fn where_no_email_is_sent_the_page_says_who_helps() {
    let app = TestApp::new().await;
    let page = app.nobody().get("/forgotten-password").await;
    assert!(page.says("Ask an administrator of your organisation"));
    let posted = app
        .nobody()
        .post("/forgotten-password", &[("email", MAIL)])
        .await;
    assert!(posted.says("Ask an administrator of your organisation"));
    app.ends_clean().await;
}

async fn registers(app: &TestApp, name: &str, email: &str) -> Client {
    let client = app.nobody();
    let fields = [
        ("name", name),
        ("kind", "supplier"),
        ("person_name", "Rosa Newcomb"),
        ("email", email),
        ("password", PASSWORD),
    ];
    client.done("/organisations/new", &fields).await;
    client
}

#[tokio::test]
async fn an_address_is_proved_by_whoever_has_the_account_and_reads_its_mail() {
    let post = Post::open();
    let app = gateway(&post).await;
    let camden = app.organisation("Camden Council", "borough").await;
    let admin = app
        .client(&camden, "Amir Admin", &[Role::Administrator])
        .await;
    let rosa = registers(&app, "Rosa’s Charity", "rosa@charity.example").await;
    assert!(
        rosa.get("/me")
            .await
            .says("Confirm that this email address is yours")
    );
    let mail = received(&app, &post).await;
    let path = link(&mail[0]);
    let add = async |email: &str| {
        let fields = [
            ("person_name", "Rosa"),
            ("email", email),
            ("roles", "author"),
        ];
        let page = admin.post("/organisation/people/new", &fields).await;
        assert!(
            page.says("We will now send Rosa an email"),
            "{}",
            page.words()
        );
    };
    add("rosa@charity.example").await;
    assert!(
        !rosa.get("/in-tray").await.says("Camden"),
        "nothing before it is proved"
    );
    // Whoever only reads the mail is not shown the account's confirmation, and a session alone proves nothing.
    assert_eq!(app.nobody().get(&path).await.h1(), "Choose a new password");
    assert_eq!(
        rosa.thief().post(&path, &[]).await.errors()[0].0,
        "password"
    );
    let proved = rosa.post(&path, &[]).await;
    assert_eq!(proved.location, "/me?done=address", "{}", proved.words());
    assert!(
        rosa.get("/in-tray")
            .await
            .says("Camden Council offers you a role")
    );

    // Somebody else's address: its owner opens the link, and the account is theirs alone.
    let squatter = registers(&app, "Squat Ltd", "sro@camden.example").await;
    received(&app, &post).await;
    squatter.post("/me/address", &[]).await;
    let path = link(&received(&app, &post).await[0]);
    add("sro@camden.example").await;
    let owner = app.nobody();
    let page = owner.get(&path).await;
    assert!(
        page.says("the person who set it up can no longer use it"),
        "{}",
        page.words()
    );
    let done = owner.post(&path, &[("new_password", FRESH)]).await;
    assert_eq!(done.h1(), "Your password is changed");
    assert!(squatter.get("/me").await.location.starts_with("/sign-in"));
    assert_eq!(
        signs_in(&app, "sro@camden.example", PASSWORD).await.status,
        422
    );
    let fields = [("email", "sro@camden.example"), ("password", FRESH)];
    owner.done("/sign-in", &fields).await;
    assert!(
        owner
            .get("/in-tray")
            .await
            .says("Camden Council offers you a role")
    );
    app.ends_clean().await;
}
