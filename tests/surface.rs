//! What the gateway says to everybody who sends requests: headers, limits, refusals.

use aldgate::settings::Settings;
use axum::body::Body;
use packs::Role;

use crate::draft_an_agreement::drafting;
use crate::support::{PASSWORD, TestApp};

fn https() -> Settings {
    Settings {
        url: "https://share.example.org".to_owned(),
        ..Settings::default()
    }
}

#[tokio::test]
async fn every_answer_carries_the_safe_headers() {
    let app = TestApp::with(https()).await;
    let client = app.nobody();
    for path in [
        "/",
        "/sign-in",
        "/none",
        "/api/v1/records",
        "/assets/aldgate.css",
        "/in-tray",
        "/health",
    ] {
        let headers = client.get(path).await.headers;
        let header = |name: &str| {
            headers
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
                .to_owned()
        };
        assert!(
            header("strict-transport-security").starts_with("max-age=63072000"),
            "{path}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(
            header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!header("cache-control").is_empty(), "{path}");
    }
    // Not over plain http, where it would mean nothing.
    let plain = TestApp::new().await;
    let headers = plain.nobody().get("/").await.headers;
    assert!(!headers.contains_key("strict-transport-security"));
    plain.ends_clean().await;
    app.ends_clean().await;
}

#[tokio::test]
async fn what_is_behind_sign_in_is_not_kept_by_browsers() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Kept").await;
    for path in [
        "/in-tray",
        "/agreements",
        "/organisation",
        "/law",
        &record,
        &format!("{record}/document.pdf"),
        "/api/v1/records",
        "/none",
    ] {
        let page = asha.get(path).await;
        let cache = page.headers["cache-control"].to_str().unwrap();
        assert!(cache.contains("no-store"), "{path}: {cache}");
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn who_asks_for_too_much_is_told_to_wait() {
    let app = TestApp::with(Settings {
        limit_session: 5,
        ..Settings::default()
    })
    .await;
    let council = app.organisation("Camden Council", "borough").await;
    let asha = app.client(&council, "Asha", &[Role::Author]).await;
    for _ in 0..5 {
        assert_eq!(asha.get("/agreements").await.status, 200);
    }
    let page = asha.get("/agreements").await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (429, "Too many requests")
    );
    let wait: i64 = page.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    let page = asha.get("/api/v1/records").await;
    assert_eq!(page.status, 429);
    assert_eq!(page.headers["content-type"], "application/problem+json");
    // What costs little is answered, and so are others.
    assert_eq!(asha.get("/in-tray").await.status, 200);
    let olu = app.client(&council, "Olu", &[Role::Author]).await;
    assert_eq!(olu.get("/agreements").await.status, 200);
    app.app.clock.advance(jiff::SignedDuration::from_secs(wait));
    assert_eq!(asha.get("/agreements").await.status, 200);
    app.ends_clean().await;
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_a_page() {
    let app = TestApp::with(Settings {
        upload_limit: 100_000,
        ..Settings::default()
    })
    .await;
    let (_, asha, record) = drafting(&app, "Large").await;
    let section = format!("{record}/sections/use");
    let large = vec![b'a'; 100_000 + 1024 * 1024];
    let page = asha
        .post_files(&section, &[], &[("dpia_files", "a.txt", &large)])
        .await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (413, "That is too large"),
        "{}",
        page.words()
    );
    let large = String::from_utf8(large).unwrap();
    let page = asha.post(&section, &[("dpia_outcome", &large)]).await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (413, "That is too large")
    );

    let page = asha
        .get(&format!("/agreements?q={}", "a".repeat(9000)))
        .await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (414, "That is too large")
    );
    let page = asha
        .get(&format!("/api/v1/records?after={}", "a".repeat(9000)))
        .await;
    assert_eq!(page.status, 414);
    assert_eq!(page.headers["content-type"], "application/problem+json");
    app.ends_clean().await;
}

#[tokio::test]
async fn markup_that_people_type_is_shown_as_text() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "<script>alert(1)</script>").await;
    let nasty = "<img src=x onerror=alert(1)> \"quoted\" ]]> {{7*7}}";
    asha.filled(
        &format!("{record}/sections/purpose"),
        &[("purpose_text", nasty)],
    )
    .await;
    asha.done(
        &format!("{record}/comments"),
        &[("text", nasty), ("about", "purpose_text:")],
    )
    .await;
    for path in ["", "/sections/purpose", "/comments", "/history", "/check"] {
        let page = asha.get(&format!("{record}{path}")).await;
        assert!(
            !page.text.contains("<img src=x") && !page.text.contains("<script>alert"),
            "{path}"
        );
    }
    for page in [
        "/agreements",
        "/in-tray",
        "/sign-in?next=%22%3E%3Cscript%3Ealert(1)",
    ] {
        assert!(
            !asha.get(page).await.text.contains("<script>alert"),
            "{page}"
        );
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn a_file_is_handed_out_as_a_download_in_a_sandbox() {
    let app = TestApp::new().await;
    let (_, asha, record) = drafting(&app, "Files").await;
    let section = format!("{record}/sections/use");
    asha.filled(&section, &[("dpia", "done")]).await;
    let page = asha.get(&section).await;
    let nasty: &[u8] = b"A note <script>alert(1)</script>";
    let files: [(&str, &str, &[u8]); 1] = [("dpia_files", "note.txt", nasty)];
    asha.submit_files(&page, &[], &files).await;
    let file = asha.get(&asha.get(&section).await.link("note.txt")).await;
    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let policy = file.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("sandbox") && policy.contains("default-src 'none'"),
        "{policy}"
    );
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    app.ends_clean().await;
}

#[tokio::test]
async fn another_site_cannot_post() {
    let app = TestApp::new().await;
    let council = app.organisation("Camden Council", "borough").await;
    app.person(&council, "Asha", &[Role::Author]).await;
    let form = format!(
        "email=asha@camden-council.example&password={}",
        PASSWORD.replace(' ', "+")
    );
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = http::Request::post("/sign-in")
            .header("host", "share.example.org")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(form.clone()))
            .unwrap();
        let answer = tower::ServiceExt::oneshot(app.router.clone(), request)
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{name}: {value}");
        assert!(!answer.headers().contains_key("set-cookie"));
    }
    app.ends_clean().await;
}
