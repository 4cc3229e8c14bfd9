//! Whoever guesses is stopped, over a restart too, and keeps nobody out.

use aldgate::adapters::sign_in_limits_kept;
use aldgate::kernel::App;
use aldgate::kernel::clock::Clock;
use aldgate::kernel::entropy::Entropy;
use aldgate::settings::Settings;
use db::sql;
use packs::Role;

use crate::support::{PASSWORD, Page, TestApp, packs};

const EMAIL: &str = "asha-rai@camden-council.example";
const HOME: &str = "198.51.100.7";

sql! {
    MARKS = "select mark from attempts order by mark";
    PLACES = "select mark from usual_places order by mark";
}

async fn asha() -> TestApp {
    let app = TestApp::with(Settings {
        behind_proxy: true,
        limit_address: 0,
        ..crate::support::settings()
    })
    .await;
    let council = app.organisation("Camden Council", "borough").await;
    app.person(&council, "Asha Rai", &[Role::Author]).await;
    app
}

async fn sign_in(app: &TestApp, from: &str, email: &str, password: &str) -> Page {
    let fields = [("email", email), ("password", password)];
    app.from(from).post("/sign-in", &fields).await
}

async fn guess(app: &TestApp, from: &str, email: &str) -> u16 {
    sign_in(app, from, email, "guess guess guess").await.status
}

/// The same gateway, stopped and started.
async fn restarted(app: TestApp) -> TestApp {
    sign_in_limits_kept::keep(&app.app).await.unwrap();
    let opened = App::new(
        app.app.db.clone(),
        packs(),
        Clock::held("2026-11-21T10:05:00Z".parse().unwrap()),
        Entropy::seeded(77),
        app.app.secret.clone(),
        app.app.settings.clone(),
    );
    sign_in_limits_kept::recall(&opened).await.unwrap();
    app.restarted_as(opened)
}

#[tokio::test]
async fn ten_addresses_keep_nobody_out_of_their_account() {
    let app = asha().await;
    assert_eq!(sign_in(&app, HOME, EMAIL, PASSWORD).await.status, 303);
    for address in 1..=10 {
        for _ in 0..10 {
            assert_eq!(guess(&app, &format!("192.0.2.{address}"), EMAIL).await, 422);
        }
    }
    for app in [app] {
        assert_eq!(guess(&app, "203.0.113.9", EMAIL).await, 429);
        assert_eq!(sign_in(&app, HOME, EMAIL, PASSWORD).await.status, 303);
        let app = restarted(app).await;
        assert_eq!(
            guess(&app, "203.0.113.9", EMAIL).await,
            429,
            "it is not forgotten"
        );
        assert_eq!(guess(&app, "192.0.2.1", EMAIL).await, 429);
        assert_eq!(sign_in(&app, HOME, EMAIL, PASSWORD).await.status, 303);
        app.app.clock.advance(jiff::SignedDuration::from_mins(11));
        assert_eq!(guess(&app, "203.0.113.9", EMAIL).await, 422, "time heals");
        app.ends_clean().await;
    }
}

#[tokio::test]
async fn an_office_is_never_refused_as_a_whole() {
    let app = asha().await;
    assert_eq!(sign_in(&app, HOME, EMAIL, PASSWORD).await.status, 303);
    for person in 0..200 {
        let email = format!("person-{person}@camden-council.example");
        assert_eq!(guess(&app, HOME, &email).await, 422);
    }
    assert_eq!(
        guess(&app, HOME, "stranger@camden-council.example").await,
        429
    );
    assert_eq!(sign_in(&app, HOME, EMAIL, PASSWORD).await.status, 303);
    let app = restarted(app).await;
    assert_eq!(
        guess(&app, HOME, "stranger@camden-council.example").await,
        429
    );
    assert_eq!(sign_in(&app, HOME, EMAIL, PASSWORD).await.status, 303);
    app.ends_clean().await;
}

/// In the browser they used before, even a colleague who guesses at the same address keeps nobody out.
#[tokio::test]
async fn a_known_browser_gets_in_whoever_guesses_beside_it() {
    let app = asha().await;
    let browser = app.from(HOME);
    let right = [("email", EMAIL), ("password", PASSWORD)];
    let wrong = [("email", EMAIL), ("password", "guess guess guess")];
    assert_eq!(browser.post("/sign-in", &right).await.status, 303);
    browser.get("/sign-out").await;
    browser.post("/sign-out", &[]).await;
    for _ in 0..10 {
        assert_eq!(guess(&app, HOME, EMAIL).await, 422);
    }
    assert_eq!(guess(&app, HOME, EMAIL).await, 429);
    assert_eq!(browser.post("/sign-in", &right).await.status, 303);
    browser.get("/sign-out").await;
    browser.post("/sign-out", &[]).await;
    // What is tried in that browser is counted there, and it opens no other account.
    for _ in 0..10 {
        assert_eq!(browser.post("/sign-in", &wrong).await.status, 422);
    }
    assert_eq!(browser.post("/sign-in", &right).await.status, 429);
    let other = [
        ("email", "dev@b.example"),
        ("password", "guess guess guess"),
    ];
    for _ in 0..10 {
        browser.post("/sign-in", &other).await;
    }
    assert_eq!(browser.post("/sign-in", &other).await.status, 429);
    app.ends_clean().await;
}

#[tokio::test]
async fn what_is_kept_names_nobody() {
    let app = asha().await;
    sign_in(&app, HOME, EMAIL, PASSWORD).await;
    guess(&app, "192.0.2.1", EMAIL).await;
    sign_in_limits_kept::keep(&app.app).await.unwrap();
    let mut kept = Vec::new();
    for statement in [&MARKS, &PLACES] {
        for row in app.app.db.all(statement, &[]).await.unwrap() {
            kept.push(row.text("mark").unwrap());
        }
    }
    assert_eq!(
        kept.len(),
        6,
        "two pairs, two networks, an account, a place"
    );
    for mark in kept {
        assert!(mark.len() == 32 && mark.bytes().all(|b| b.is_ascii_hexdigit()));
    }
    app.ends_clean().await;
}
