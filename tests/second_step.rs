//! An authenticator app as the second step, recovery codes, a new password, sessions, and limits on
//! attempts.

use aldgate::settings::Settings;
use jiff::SignedDuration;
use packs::Role;
use totp_rs::{Builder, Secret};

use crate::support::{Client, PASSWORD, Page, Partner, TestApp};

/// What the app shows at this moment of the story.
fn code(app: &TestApp, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let at = u64::try_from(app.app.clock.now().0 / 1_000_000).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(at).to_string()
}

/// Sets an app up. Gives its secret and the recovery codes.
async fn set_up(app: &TestApp, client: &Client) -> (String, Vec<String>) {
    let page = client.post("/me/authenticator", &[]).await;
    assert_eq!(page.status, 200, "{}", page.words());
    assert!(page.text.contains("<svg"), "the picture for the camera");
    let secret = page.all("#secret").concat();
    let confirm = async |page: &Page, code: &str| {
        client
            .post(
                "/me/authenticator/confirm",
                &[
                    ("nonce", page.value("nonce").as_str()),
                    ("secret", page.value("secret").as_str()),
                    ("code", code),
                ],
            )
            .await
    };
    let wrong = confirm(&page, "000000").await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (422, "code"));
    assert_eq!(
        wrong.all("#secret").concat(),
        secret,
        "the app need not start again"
    );
    let done = confirm(&wrong, &code(app, &secret)).await;
    let codes = done.all("#recovery-codes li");
    assert_eq!(codes.len(), 10, "{}", done.words());
    (secret, codes)
}

async fn person(app: &TestApp) -> (Partner, Client) {
    let council = app.organisation("Camden Council", "borough").await;
    let client = app.client(&council, "Asha Rai", &[Role::Author]).await;
    (council, client)
}

const EMAIL: &str = "asha-rai@camden-council.example";

/// Gives the password. What comes back asks for the code, or refuses.
async fn give_password(client: &Client, email: &str, password: &str) -> Page {
    client
        .post("/sign-in", &[("email", email), ("password", password)])
        .await
}

async fn give_code(client: &Client, asked: &Page, code: &str) -> Page {
    client
        .post(
            "/sign-in/code",
            &[
                ("person", asked.value("person").as_str()),
                ("nonce", asked.value("nonce").as_str()),
                ("code", code),
            ],
        )
        .await
}

#[tokio::test]
async fn the_app_is_asked_after_the_password_and_each_code_works_once() {
    let app = TestApp::new().await;
    let (_, asha) = person(&app).await;
    let (secret, codes) = set_up(&app, &asha).await;
    app.app.clock.advance(SignedDuration::from_secs(60));

    let other = app.nobody();
    let asked = give_password(&other, EMAIL, PASSWORD).await;
    assert_eq!(asked.h1(), "Enter your code");
    assert!(
        other.get("/me").await.location.starts_with("/sign-in"),
        "not in yet"
    );
    let wrong = give_code(&other, &asked, "123456").await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (422, "code"));
    let now = code(&app, &secret);
    let entered = give_code(&other, &asked, &now).await;
    assert_eq!(
        (entered.status, entered.location.as_str()),
        (303, "/in-tray")
    );

    // Somebody who looked over the shoulder: the same code, the same page, an older code.
    let thief = app.nobody();
    let asked_again = give_password(&thief, EMAIL, PASSWORD).await;
    assert_eq!(give_code(&thief, &asked_again, &now).await.status, 422);
    assert_eq!(
        give_code(&thief, &asked, &codes[0]).await.location,
        "/sign-in"
    );
    assert_eq!(give_code(&thief, &asked_again, &codes[0]).await.status, 303);
    let asked_again = give_password(&thief, EMAIL, PASSWORD).await;
    assert_eq!(give_code(&thief, &asked_again, &codes[0]).await.status, 422);

    // The page for one person is no way in for another.
    let council = app.organisation("Hackney Council", "borough").await;
    let dev = app.person(&council, "Dev Patel", &[Role::Author]).await;
    let crossed = thief
        .post(
            "/sign-in/code",
            &[
                ("person", dev.as_str()),
                ("nonce", asked_again.value("nonce").as_str()),
                ("code", codes[1].as_str()),
            ],
        )
        .await;
    assert_eq!(crossed.status, 422);

    // What binds asks for both.
    app.app.clock.advance(SignedDuration::from_secs(60));
    let alone = asha
        .post("/me/recovery-codes", &[("password", PASSWORD)])
        .await;
    assert_eq!(alone.status, 422);
    let now = code(&app, &secret);
    let both = asha
        .post(
            "/me/recovery-codes",
            &[("password", PASSWORD), ("code", &now)],
        )
        .await;
    assert_eq!(both.all("#recovery-codes li").len(), 10, "{}", both.words());
    let old = give_password(&app.nobody(), EMAIL, PASSWORD).await;
    assert_eq!(
        give_code(&app.nobody(), &old, &codes[2]).await.status,
        422,
        "new codes replace the old"
    );

    app.app.clock.advance(SignedDuration::from_secs(60));
    let now = code(&app, &secret);
    let gone = asha
        .post(
            "/me/authenticator/remove",
            &[("password", PASSWORD), ("code", &now)],
        )
        .await;
    assert_eq!(gone.location, "/me?done=no-authenticator");
    assert_eq!(
        give_password(&app.nobody(), EMAIL, PASSWORD).await.status,
        303
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_new_password_and_signing_out_end_the_other_sessions() {
    let app = TestApp::new().await;
    let (council, asha) = person(&app).await;
    let phone = app.nobody();
    assert_eq!(give_password(&phone, EMAIL, PASSWORD).await.status, 303);
    let short = asha
        .post("/me/password", &[("new_password", "short")])
        .await;
    assert_eq!(short.errors()[0].0, "new_password");
    let changed = asha
        .post(
            "/me/password",
            &[("new_password", "three other random words")],
        )
        .await;
    assert_eq!(changed.location, "/me?done=password", "{}", changed.words());
    assert_eq!(asha.get("/me").await.status, 200);
    assert!(phone.get("/me").await.location.starts_with("/sign-in"));
    assert_eq!(
        give_password(&app.nobody(), EMAIL, PASSWORD).await.status,
        422
    );
    let fresh = "three other random words";
    assert_eq!(give_password(&phone, EMAIL, fresh).await.status, 303);

    // One is ended from the list, then all.
    let list = asha.get("/me/sessions").await;
    assert_eq!(list.all("tbody tr").len(), 2, "{}", list.words());
    let end = list.link("End");
    let dev = app.client(&council, "Dev Patel", &[Role::Author]).await;
    assert_eq!(dev.post(&end, &[]).await.status, 404, "only one's own");
    assert_eq!(
        asha.post(&end, &[]).await.location,
        "/me/sessions?done=ended"
    );
    assert!(phone.get("/me").await.location.starts_with("/sign-in"));
    assert_eq!(give_password(&phone, EMAIL, fresh).await.status, 303);
    assert_eq!(
        asha.post("/me/sign-out-everywhere", &[]).await.location,
        "/"
    );
    for client in [&asha, &phone] {
        assert!(client.get("/me").await.location.starts_with("/sign-in"));
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn sessions_end_when_idle_when_old_and_with_the_last_role() {
    let app = TestApp::new().await;
    let (council, asha) = person(&app).await;
    for _ in 0..3 {
        app.app.clock.advance(SignedDuration::from_mins(90));
        assert_eq!(asha.get("/me").await.status, 200, "in use");
    }
    app.app.clock.advance(SignedDuration::from_mins(125));
    assert!(
        asha.get("/me").await.location.starts_with("/sign-in"),
        "idle"
    );

    assert_eq!(give_password(&asha, EMAIL, PASSWORD).await.status, 303);
    for _ in 0..8 {
        app.app.clock.advance(SignedDuration::from_mins(89));
        assert_eq!(asha.get("/me").await.status, 200);
    }
    app.app.clock.advance(SignedDuration::from_mins(10));
    assert!(
        asha.get("/me").await.location.starts_with("/sign-in"),
        "old"
    );

    assert_eq!(give_password(&asha, EMAIL, PASSWORD).await.status, 303);
    let administrator = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    let people = administrator.get("/organisation/people").await;
    let selector = "a[href*='/organisation/roles/']";
    let ends: Vec<String> = people.hrefs(selector);
    for end in ends {
        administrator.post(&end, &[]).await;
    }
    assert!(
        asha.get("/me").await.location.starts_with("/sign-in"),
        "the last role ended"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn guessing_is_stopped_and_the_owner_still_gets_in() {
    let app = TestApp::with(Settings {
        behind_proxy: true,
        ..Default::default()
    })
    .await;
    let (_, _) = person(&app).await;
    let attacker = app.from("192.0.2.66");
    for email in [EMAIL, "nobody@camden-council.example"] {
        let mut answers = Vec::new();
        for _ in 0..12 {
            let page = give_password(&attacker, email, "guess guess guess").await;
            answers.push((page.status, page.errors()));
        }
        assert!(answers[..10].iter().all(|(status, _)| *status == 422));
        assert!(
            answers[10..].iter().all(|(status, _)| *status == 429),
            "{email}"
        );
    }
    // The right password is no use to whoever guessed too often, and no answer differs by whether
    // the account exists. Another address is not concerned, and time heals.
    assert_eq!(give_password(&attacker, EMAIL, PASSWORD).await.status, 429);
    let owner = app.from("198.51.100.7");
    assert_eq!(give_password(&owner, EMAIL, PASSWORD).await.status, 303);
    app.app.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(give_password(&attacker, EMAIL, PASSWORD).await.status, 303);

    // Whoever forges the header in front of the proxy's entry stays who they are.
    let forger = app.from("203.0.113.1, 192.0.2.77");
    for _ in 0..10 {
        give_password(&forger, EMAIL, "guess guess guess").await;
    }
    let again = app.from("203.0.113.2, 192.0.2.77");
    assert_eq!(give_password(&again, EMAIL, PASSWORD).await.status, 429);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_stolen_session_cannot_guess_the_password() {
    let app = TestApp::new().await;
    let (_, asha) = person(&app).await;
    let thief = asha.thief();
    for _ in 0..10 {
        let page = thief
            .post("/me/recovery-codes", &[("password", "guess guess guess")])
            .await;
        assert_eq!(page.status, 422);
    }
    let page = thief
        .post("/me/recovery-codes", &[("password", PASSWORD)])
        .await;
    assert_eq!(page.status, 422, "stopped, though it was right");
    assert!(
        page.errors()[0].1.contains("Too many"),
        "{:?}",
        page.errors()
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn an_administrator_gives_a_new_link_and_everything_before_it_goes() {
    let app = TestApp::new().await;
    let (council, asha) = person(&app).await;
    set_up(&app, &asha).await;
    let administrator = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    let people = administrator.get("/organisation/people").await;
    let roles = people.hrefs("a[href$='/roles']");
    let mut link = String::new();
    for path in &roles {
        let page = administrator.get(path).await;
        if page.h1().contains("Asha") {
            let made = administrator
                .post(&path.replace("/roles", "/invitation"), &[])
                .await;
            link = made.all("#invitation").concat();
        }
    }
    let (_, path) = link.split_once("/invitations/").expect("a link");
    let path = format!("/invitations/{path}");
    assert_eq!(
        asha.get("/me").await.status,
        200,
        "nothing ends before the link is used"
    );
    let other = app.nobody();
    let fresh = "three other random words";
    assert_eq!(other.post(&path, &[("password", fresh)]).await.status, 303);
    assert!(asha.get("/me").await.location.starts_with("/sign-in"));
    let plain = give_password(&app.nobody(), EMAIL, fresh).await;
    assert_eq!(plain.status, 303, "the app is gone with the rest");

    // Somebody who also works elsewhere is not handed over.
    let hackney = app.organisation("Hackney Council", "borough").await;
    let boss = app
        .client(&hackney, "Bea Boss", &[Role::Administrator])
        .await;
    let invited = boss
        .post(
            "/organisation/people/new",
            &[
                ("person_name", "Asha Rai"),
                ("email", EMAIL),
                ("roles", "viewer"),
            ],
        )
        .await;
    let offer = invited.all("#invitation").concat();
    let offer = &offer[offer.find("/invitations/").expect("a link")..];
    assert_eq!(
        other.post(offer, &[("decision", "accept")]).await.location,
        "/organisation/choose"
    );
    for path in &roles {
        let page = administrator.get(path).await;
        if page.h1().contains("Asha") {
            let refused = administrator
                .post(&path.replace("/roles", "/invitation"), &[])
                .await;
            assert_eq!(refused.status, 422);
            assert!(refused.says("another organisation") || !refused.errors().is_empty());
            assert!(refused.all("#invitation").is_empty());
        }
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn where_the_gateway_asks_for_it_a_password_alone_opens_nothing() {
    let app = TestApp::with(Settings {
        second_step: true,
        ..Settings::default()
    })
    .await;
    person(&app).await;
    let asha = app.nobody();
    let page = give_password(&asha, EMAIL, PASSWORD).await;
    assert_eq!(page.status, 303);
    for path in ["/in-tray", "/agreements", "/register", "/organisation"] {
        assert_eq!(asha.get(path).await.location, "/me", "{path}");
    }
    assert_eq!(
        asha.post("/agreements/new", &[("title", "Early")])
            .await
            .location,
        "/me"
    );
    assert_eq!(asha.get("/api/v1/records").await.status, 403);
    let page = asha.get("/me").await;
    assert!(
        page.says("This gateway asks for more than a password"),
        "{}",
        page.words()
    );

    let (secret, _) = set_up(&app, &asha).await;
    assert_eq!(asha.get("/in-tray").await.status, 200);
    app.app.clock.advance(SignedDuration::from_mins(1));
    let again = app.nobody();
    let page = give_password(&again, EMAIL, PASSWORD).await;
    assert_eq!(page.h1(), "Enter your code");
    let page = give_code(&again, &page, &code(&app, &secret)).await;
    assert_eq!(page.location, "/in-tray");
    app.ends_clean().await;
}
