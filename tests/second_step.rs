//! An authenticator app as the second step, recovery codes, a new password, sessions, and limits on
//! attempts.

use aldgate::settings::Settings;
use jiff::SignedDuration;
use packs::Role;
use totp_rs::{Builder, Secret};

use crate::support::{Client, PASSWORD, Page, Partner, TestApp, settings};

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
    let shown = [("password", fresh)];
    assert_eq!(
        asha.post(&end, &shown).await.location,
        "/me/sessions?done=ended"
    );
    assert!(phone.get("/me").await.location.starts_with("/sign-in"));
    assert_eq!(give_password(&phone, EMAIL, fresh).await.status, 303);
    assert_eq!(
        asha.post("/me/sign-out-everywhere", &shown).await.location,
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
        ..settings()
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
async fn a_password_alone_opens_nothing() {
    // As it comes.
    let app = TestApp::with(Settings::default()).await;
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

/// A code counts in its own 30 seconds and a little after, never before, and once.
#[tokio::test]
async fn a_code_of_the_app_counts_for_as_long_as_it_is_shown() {
    let app = TestApp::new().await;
    let (_, asha) = person(&app).await;
    let (secret, _) = set_up(&app, &asha).await;
    let to = |second: i64| {
        let now = app.app.clock.now().0 / 1_000_000;
        let ahead = (second - now % 30).rem_euclid(30);
        app.app.clock.advance(SignedDuration::from_secs(ahead + 60));
    };
    let tries = async |code: &str| {
        let browser = app.nobody();
        let asked = give_password(&browser, EMAIL, PASSWORD).await;
        give_code(&browser, &asked, code).await.status
    };
    to(29);
    let late = code(&app, &secret);
    app.app.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(tries(&late).await, 303, "typed as it changed");
    assert_eq!(tries(&late).await, 422, "once");
    to(29);
    let late = code(&app, &secret);
    app.app.clock.advance(SignedDuration::from_secs(12));
    assert_eq!(tries(&late).await, 422, "too late");
    app.app.clock.advance(SignedDuration::from_secs(30));
    let next = code(&app, &secret);
    app.app.clock.advance(SignedDuration::from_secs(-30));
    assert_eq!(tries(&next).await, 422, "of the 30 seconds to come");
    app.ends_clean().await;
}

#[tokio::test]
async fn an_administrator_ends_the_sessions_of_one_person() {
    let app = TestApp::new().await;
    let (council, asha) = person(&app).await;
    let administrator = app
        .client(&council, "Amir Admin", &[Role::Administrator])
        .await;
    let people = administrator.get("/organisation/people").await;
    let mut own = String::new();
    for path in people.hrefs("a[href$='/roles']") {
        let page = administrator.get(&path).await;
        let end = path.replace("/roles", "/sign-out");
        if page.h1().contains("Asha") {
            assert_eq!(page.link("sign them out everywhere"), end);
            let refused = administrator.thief().post(&end, &[]).await;
            assert_eq!(refused.errors()[0].0, "password");
            assert_eq!(asha.post(&end, &[]).await.status, 403);
            let page = administrator.done(&end, &[]).await;
            assert!(page.says("Their sessions have ended."));
        } else {
            own = end;
        }
    }
    assert!(asha.get("/me").await.location.starts_with("/sign-in"));
    assert_eq!(
        administrator.get(&own).await.status,
        422,
        "one's own are at /me"
    );
    assert_eq!(give_password(&asha, EMAIL, PASSWORD).await.status, 303);
    let stranger = app.organisation("Hackney Council", "borough").await;
    let stranger = app
        .client(&stranger, "Bea Boss", &[Role::Administrator])
        .await;
    assert_eq!(stranger.post(&own, &[]).await.status, 404);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_session_alone_ends_no_session() {
    let app = TestApp::new().await;
    let (_, asha) = person(&app).await;
    let thief = asha.thief();
    let phone = app.nobody();
    assert_eq!(give_password(&phone, EMAIL, PASSWORD).await.status, 303);
    let end = asha.get("/me/sessions").await.link("the session on");
    for path in [end.as_str(), "/me/sign-out-everywhere"] {
        let page = thief.post(path, &[]).await;
        assert_eq!(
            (page.status, page.errors()[0].0.as_str()),
            (422, "password")
        );
    }
    assert_eq!(phone.get("/me").await.status, 200);
    asha.done(&end, &[]).await;
    assert!(phone.get("/me").await.location.starts_with("/sign-in"));
    app.ends_clean().await;
}

db::sql! {
    SET_HASH = "update people set password = $2 where email = $1";
}

/// One keyboard sends ŵ as one character, another as two.
#[tokio::test]
async fn a_password_fits_from_another_keyboard() {
    use argon2::{Argon2, PasswordHasher as _};

    let app = TestApp::new().await;
    let (_, mut asha) = person(&app).await;
    let composed = "g\u{175}yl otter timetable";
    let decomposed = "gw\u{302}yl otter timetable";
    let no_break = "gw\u{302}yl\u{a0}otter timetable";
    for set in [composed, decomposed, no_break] {
        let page = asha.post("/me/password", &[("new_password", set)]).await;
        assert_eq!(page.location, "/me?done=password", "{}", page.words());
        for typed in [composed, decomposed, no_break] {
            let page = give_password(&app.nobody(), EMAIL, typed).await;
            assert_eq!(page.status, 303, "set {set:?}, typed {typed:?}");
        }
        let again = [("email", EMAIL), ("password", composed)];
        asha = app.nobody();
        asha.done("/sign-in", &again).await;
    }
    assert_eq!(
        give_password(&app.nobody(), EMAIL, "gwyl otter timetable")
            .await
            .status,
        422,
        "a letter without its mark is another"
    );
    // What was hashed as it was typed, before, still fits as it was typed.
    let old = Argon2::default()
        .hash_password_with_salt(decomposed.as_bytes(), &[7; 16])
        .unwrap()
        .to_string();
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(&SET_HASH, db::args![EMAIL, old]).await.unwrap();
    tx.commit().await.unwrap();
    let page = give_password(&app.nobody(), EMAIL, decomposed).await;
    assert_eq!(page.status, 303);
    app.ends_clean().await;
}

/// What the mailbox alone cannot do for an account with a second step.
#[tokio::test]
async fn a_forgotten_password_still_asks_for_the_second_step() {
    let post = crate::support::post::Post::open();
    let app = TestApp::with(Settings {
        mail: post.setting(),
        mail_from: "Aldgate <aldgate@gateway.example>".to_owned(),
        url: "http://share.example".to_owned(),
        ..settings()
    })
    .await;
    let (_, asha) = person(&app).await;
    let (secret, codes) = set_up(&app, &asha).await;
    app.app.clock.advance(SignedDuration::from_secs(60));
    let visitor = app.nobody();
    visitor
        .post("/forgotten-password", &[("email", EMAIL)])
        .await;
    aldgate::jobs::run_due(&app.app).await.unwrap();
    let mail = post.take().remove(0);
    let (_, rest) = mail.text.split_once("http://share.example").unwrap();
    let path = rest.split_whitespace().next().unwrap();
    let fresh = "three other random words";
    for wrong in ["", "000000"] {
        let fields = [("new_password", fresh), ("code", wrong)];
        let page = visitor.post(path, &fields).await;
        assert_eq!((page.status, page.errors()[0].0.as_str()), (422, "code"));
    }
    assert_eq!(asha.get("/me").await.status, 200);
    let fields = [("new_password", fresh), ("code", &codes[0])];
    let done = visitor.post(path, &fields).await;
    assert_eq!(done.h1(), "Your password is changed", "{}", done.words());
    let asked = give_password(&visitor, EMAIL, fresh).await;
    assert_eq!(asked.h1(), "Enter your code", "the app stays");
    let page = give_code(&visitor, &asked, &code(&app, &secret)).await;
    assert_eq!(page.status, 303);
    app.ends_clean().await;
}

/// Who tries the demo out is in with one click, or with the password that the page names.
#[tokio::test]
async fn the_demo_asks_for_no_second_step() {
    let app = TestApp::with(Settings {
        demo: true,
        ..Settings::default()
    })
    .await;
    person(&app).await;
    let asha = app.nobody();
    let page = give_password(&asha, EMAIL, PASSWORD).await;
    assert_eq!((page.status, page.location.as_str()), (303, "/in-tray"));
    assert_eq!(asha.get("/in-tray").await.status, 200);
    app.ends_clean().await;
}
