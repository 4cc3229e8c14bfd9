//! Work that anybody can ask for has an end: large forms, long passwords, files to check, registrations.

use std::time::Duration;

use aldgate::pages::organisation::sign_up::REGISTRATIONS;
use aldgate::settings::Settings;
use aldgate::web::body_limits::{MAX_FORM_BYTES, MAX_FORM_FIELDS};
use aldgate::web::route_limits::CHECKS;
use axum::body::Body;
use jiff::SignedDuration;
use packs::Role;

use crate::draft_an_agreement::drafting;
use crate::support::{PASSWORD, Page, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";

fn too_large(page: &Page) {
    assert_eq!(
        (page.status, page.h1().as_str()),
        (413, "That is too large"),
        "{}",
        page.words()
    );
    assert!(page.says("Nothing was changed"), "{}", page.words());
}

#[tokio::test]
async fn a_form_of_nobody_holds_a_few_fields() {
    let app = TestApp::new().await;
    let nobody = app.nobody();
    let fields = |count: usize| vec!["a=1"; count].join("&");
    for path in [
        "/sign-in",
        "/organisations/new",
        "/links/nothing",
        "/sign-in/passkey",
    ] {
        // Eleven megabytes of two million fields; a little too long; a field too many.
        for body in [
            "abcd&".repeat(2_280_000),
            format!("email={}", "a".repeat(MAX_FORM_BYTES)),
            fields(MAX_FORM_FIELDS + 1),
        ] {
            too_large(&nobody.send("POST", path, FORM, Body::from(body)).await);
        }
        let most = fields(MAX_FORM_FIELDS);
        let page = nobody.send("POST", path, FORM, Body::from(most)).await;
        assert_ne!(page.status, 413, "{path}");
    }
    // The same in parts.
    let part = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    let kind = "multipart/form-data; boundary=x";
    for path in ["/sign-in", "/verify"] {
        let body = format!("{}--x--\r\n", part.repeat(MAX_FORM_FIELDS + 1));
        too_large(&nobody.send("POST", path, kind, Body::from(body)).await);
    }
    // What is no form at all.
    let body = Body::from(vec![b'a'; MAX_FORM_BYTES + 1]);
    let page = nobody
        .send("POST", "/log/witness/add-checkpoint", "text/plain", body)
        .await;
    assert!(matches!(page.status, 400 | 413), "{}", page.status);
    app.ends_clean().await;
}

#[tokio::test]
async fn long_answers_and_files_are_for_those_who_are_signed_in() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Long").await;
    let section = format!("{record}/sections/use");
    let long = "é".repeat(120_000);
    // The outcome is asked for when there is an assessment.
    let page = asha.get(&section).await;
    let saved = asha.submit(&page, &[("dpia", "done")]).await;
    assert_eq!(saved.status, 303, "{}", saved.words());
    let page = asha.get(&section).await;
    let refused = asha.submit(&page, &[("dpia_outcome", &long)]).await;
    // It is read, so that nothing typed is lost, and the form says how much fits.
    assert_eq!(refused.status, 422, "{}", refused.words());
    assert_eq!(refused.value("dpia_outcome").chars().count(), 120_000);
    // Beyond what anybody types.
    let endless = "a".repeat(2 * 1024 * 1024);
    let comments = format!("{record}/comments");
    too_large(&asha.post(&comments, &[("text", &endless)]).await);
    // Without a session nothing of it is read.
    let large = "a".repeat(MAX_FORM_BYTES);
    let file: (&str, &str, &[u8]) = ("dpia_files", "a.pdf", large.as_bytes());
    for nobody in [app.nobody(), app.made_up_session()] {
        too_large(&nobody.post(&section, &[("dpia_outcome", &large)]).await);
        too_large(&nobody.post_files(&section, &[], &[file]).await);
        too_large(&nobody.post(&comments, &[("text", &large)]).await);
    }
    // What somebody typed until their session ended is read.
    app.app.clock.advance(SignedDuration::from_hours(13));
    let late = asha.post(&section, &[("dpia_outcome", &large)]).await;
    assert_ne!(late.status, 413, "{}", late.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn files_are_checked_one_by_one_and_a_few_of_each_address() {
    let app = TestApp::with(Settings {
        behind_proxy: true,
        ..crate::support::settings()
    })
    .await;
    let visitor = app.from("192.0.2.1");
    let names = b"/EmbeddedFile".repeat(240);
    let unit = [b"1 0 obj".as_slice(), &names, b"stream\n{\"body\":{"].concat();
    let pdf = [
        b"%PDF-1.7\n".as_slice(),
        &unit.repeat(1024 * 1024 / unit.len()),
    ]
    .concat();
    let json = [b"[".as_slice(), &b"{\"\":0},".repeat(500_000), b"0]"].concat();
    let begun = std::time::Instant::now();
    for (name, bytes, said) in [
        ("a.pdf", &pdf, "names more attached files"),
        (
            "a.json",
            &json,
            "holds more than the evidence of an agreement",
        ),
    ] {
        let page = visitor
            .post_files("/verify", &[], &[("file", name, bytes)])
            .await;
        assert!(page.says(said), "{}", page.words());
    }
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    let huge = vec![b'{'; 12 * 1024 * 1024];
    too_large(
        &visitor
            .post_files("/verify", &[], &[("file", "a.json", &huge)])
            .await,
    );
    let small: [(&str, &str, &[u8]); 1] = [("file", "a.json", b"{}")];
    for _ in 3..CHECKS.count {
        assert_eq!(visitor.post_files("/verify", &[], &small).await.status, 422);
    }
    let page = visitor.post_files("/verify", &[], &small).await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (429, "Too many requests")
    );
    assert_eq!(visitor.get("/verify").await.status, 200);
    let other = app.from("192.0.2.2");
    assert_eq!(other.post_files("/verify", &[], &small).await.status, 422);
    app.ends_clean().await;
}

#[tokio::test]
async fn whoever_registers_holds_up_nobody_who_signs_in() {
    let app = TestApp::with(Settings {
        behind_proxy: true,
        ..crate::support::settings()
    })
    .await;
    let council = app.organisation("Camden Council", "borough").await;
    app.person(&council, "Asha Rai", &[Role::Author]).await;
    let typed = |password: &'static str| {
        [
            ("name", "Evil"),
            ("kind", "supplier"),
            ("person_name", "Eve Il"),
            ("email", "eve@il.example"),
            ("password", password),
        ]
    };
    // All turns are taken, as by a hundred who register at once.
    let turns = app.app.new_password_turns.acquire().await.unwrap();
    let stranger = app.from("192.0.2.1");
    // 128 characters whose strength is costly to tell.
    let costly = typed(
        "4@8({[<369&!1|70$5+%24@8({[<369&!1|70$5+%24@8({[<369&!1|70$5+%24@8({[<369&!1|70$5+%24@8({[<369&!1|70$5+%24@8({[<369&!1|70$5+%24@",
    );
    let waits = stranger.post("/organisations/new", &costly);
    let others = async {
        assert_eq!(app.nobody().get("/health").await.status, 200);
        let owner = app.from("198.51.100.7");
        let signed_in = owner
            .post(
                "/sign-in",
                &[
                    ("email", "asha-rai@camden-council.example"),
                    ("password", PASSWORD),
                ],
            )
            .await;
        assert_eq!(signed_in.status, 303, "{}", signed_in.words());
        drop(turns);
    };
    let (answered, ()) = tokio::join!(waits, others);
    assert!(matches!(answered.status, 303 | 422), "{}", answered.status);
    // An hour's worth of registrations from one address, however they end.
    let stranger = app.from("192.0.2.1");
    for _ in 1..REGISTRATIONS.count {
        stranger.post("/organisations/new", &typed("short")).await;
    }
    let page = stranger.post("/organisations/new", &typed("short")).await;
    assert_eq!(page.status, 429, "{}", page.words());
    let other = app.from("192.0.2.2");
    let page = other.post("/organisations/new", &typed("short")).await;
    assert_eq!(page.status, 422);
    app.ends_clean().await;
}

/// Each form counts, whatever it is.
#[tokio::test]
async fn forms_without_files_are_counted() {
    let app = TestApp::with(Settings {
        behind_proxy: true,
        limit_address: 5,
        ..crate::support::settings()
    })
    .await;
    let visitor = app.from("192.0.2.1");
    for _ in 0..5 {
        assert_eq!(visitor.post("/sign-in", &[]).await.status, 422);
    }
    assert_eq!(visitor.post("/sign-in", &[]).await.status, 429);
    let other = visitor.post("/organisations/new", &[]).await;
    assert_eq!(other.status, 422, "each kind for itself");
    assert_eq!(
        app.from("192.0.2.2").post("/sign-in", &[]).await.status,
        422
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_clock_that_ran_ahead_keeps_nobody_waiting() {
    let app = TestApp::with(Settings {
        behind_proxy: true,
        ..crate::support::settings()
    })
    .await;
    let visitor = app.from("192.0.2.1");
    let wrong = [("email", "a@b.example"), ("password", "wrong wrong wrong")];
    assert_eq!(visitor.get("/register").await.status, 200);
    app.app.clock.set_right(SignedDuration::from_hours(3));
    assert_eq!(visitor.get("/register").await.status, 200);
    for _ in 0..10 {
        visitor.post("/sign-in", &wrong).await;
    }
    app.app.clock.set_right(SignedDuration::from_hours(-3));
    assert_eq!(visitor.get("/register").await.status, 200);
    assert_eq!(visitor.post("/sign-in", &wrong).await.status, 429);
    app.app.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(visitor.post("/sign-in", &wrong).await.status, 422);
    app.ends_clean().await;
}
