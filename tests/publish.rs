//! What the public sees, and what it never does.

use aldgate::kernel::ids::RecordId;

use crate::support::journey::{self, Party};
use crate::support::{Client, TestApp};

async fn world(app: &TestApp) -> (Party, Party, RecordId) {
    let camden = Party::new(app, "Camden Council", "borough").await;
    let fire = Party::new(app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(app, &[&camden, &fire]).await;
    (camden, fire, id)
}

async fn publish(author: &Client, id: &RecordId, extent: &str) {
    let path = format!("/records/{id}/publish");
    let preview = author
        .post(
            &path,
            &[("step", "choose"), ("extent", extent), ("withhold", "no")],
        )
        .await;
    assert_eq!(
        preview.h1(),
        "Check what will be published",
        "{}",
        preview.words()
    );
    let done = author
        .done(
            &path,
            &[
                ("step", "publish"),
                ("choice", &preview.value("choice")),
                ("version", &preview.value("version")),
            ],
        )
        .await;
    assert!(done.says("It is published"), "{}", done.text);
}

/// Every public way to a record, as one text.
async fn everywhere(app: &TestApp, id: &RecordId) -> String {
    let nobody = app.nobody();
    let mut all = String::new();
    for path in [
        "/register".to_owned(),
        format!("/register/{id}"),
        "/api/v1/register".to_owned(),
        format!("/api/v1/register/{id}"),
    ] {
        let page = nobody.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        all.push_str(&page.text);
    }
    let pdf = nobody.get(&format!("/register/{id}/document.pdf")).await;
    let file = lopdf::Document::load_mem(&pdf.bytes).expect("a PDF");
    let pages: Vec<u32> = file.get_pages().keys().copied().collect();
    all.push_str(&file.extract_text(&pages).expect("text"));
    all
}

#[tokio::test]
async fn in_full_or_as_a_summary() {
    let app = TestApp::new().await;
    let (camden, _, id) = world(&app).await;
    let author = camden.author_client(&app).await;
    publish(&author, &id, "full").await;
    let full = everywhere(&app, &id).await;
    assert!(
        full.contains("Counts would not show which homes to visit."),
        "a full publication shows every answer"
    );
    for never in [
        "private-mailbox@party.example",
        "Encrypted on its way and at rest.",
        "Sol Senior",
        "Dina Protect",
        "Director, Z1234567",
    ] {
        assert!(!full.contains(never), "the public saw: {never}");
    }
    publish(&author, &id, "summary").await;
    let summary = everywhere(&app, &id).await;
    assert!(summary.contains("We want to offer a fire safety visit"));
    assert!(
        !summary.contains("Counts would not show which homes to visit."),
        "a summary shows what the pack marks"
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn withheld_passages_are_named() {
    let app = TestApp::new().await;
    let (camden, _, id) = world(&app).await;
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/publish");
    let page = author
        .post(
            &path,
            &[("step", "choose"), ("extent", "full"), ("withhold", "yes")],
        )
        .await;
    assert_eq!(page.h1(), "Withhold passages");
    let choice = page.value("choice");
    let wrong = author
        .post(
            &path,
            &[
                ("step", "add"),
                ("choice", &choice),
                ("what", "question:nothing"),
                ("ground", ""),
                ("look-again-day", "31"),
                ("look-again-month", "2"),
                ("look-again-year", "2027"),
            ],
        )
        .await;
    let fields: Vec<String> = wrong.errors().into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        (wrong.status, fields),
        (
            422,
            vec![
                "what".to_owned(),
                "ground".to_owned(),
                "look-again-day".to_owned()
            ]
        )
    );
    let date = [
        ("look-again-day", "1"),
        ("look-again-month", "5"),
        ("look-again-year", "2027"),
    ];
    let mut fields = vec![
        ("step", "add"),
        ("choice", choice.as_str()),
        ("what", "question:necessity"),
        ("ground", "law_enforcement"),
        ("words", "It shows how checks are made"),
    ];
    fields.extend(date);
    let page = author.post(&path, &fields).await;
    let choice = page.value("choice");
    let mut fields = vec![
        ("step", "add"),
        ("choice", choice.as_str()),
        ("what", "section:keeping"),
        ("ground", "commercial"),
        ("words", ""),
    ];
    fields.extend(date);
    let page = author.post(&path, &fields).await;
    let choice = page.value("choice");
    let preview = author
        .post(&path, &[("step", "confirm"), ("choice", &choice)])
        .await;
    assert!(
        preview.says("It shows how checks are made"),
        "{}",
        preview.words()
    );
    author
        .done(
            &path,
            &[("step", "publish"), ("choice", &choice), ("version", "1")],
        )
        .await;

    let all = everywhere(&app, &id).await;
    assert!(
        !all.contains("Counts would not show which homes to visit.")
            && !all.contains("6 years after the visit")
    );
    let public = app.nobody().get(&format!("/register/{id}")).await;
    assert!(public.says("Withheld. It would get in the way of fighting crime: It shows how checks are made. This is looked at again on 1 May 2027."), "{}", public.words());
    assert!(public.says("Keeping and deleting"));
    // What is withheld cannot be searched for either.
    assert!(
        !app.nobody()
            .get("/register?text=Counts+would+not")
            .await
            .says("Home fire safety visits")
    );

    // A choice that no page of ours made is refused.
    for forged in [
        "{",
        r#"{"extent":"full","withheld":[{"what":"question:x","ground":"commercial","words":"","look_again":"soon"}]}"#,
    ] {
        let page = author
            .post(
                &path,
                &[("step", "publish"), ("choice", forged), ("version", "1")],
            )
            .await;
        assert_eq!(page.status, 400);
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn nothing_of_a_draft_or_of_what_is_not_published() {
    let app = TestApp::new().await;
    let (camden, fire, id) = world(&app).await;
    let both = [&camden, &fire];
    let draft = journey::draft(&app, &both, &journey::complete(&both)).await;
    let author = camden.author_client(&app).await;
    let nobody = app.nobody();
    for id in [&id, &draft] {
        for path in [
            format!("/register/{id}"),
            format!("/register/{id}/document.pdf"),
            format!("/api/v1/register/{id}"),
        ] {
            assert_eq!(nobody.get(&path).await.status, 404, "{path}");
        }
    }
    assert!(
        !nobody
            .get("/register")
            .await
            .says("Home fire safety visits")
    );
    assert_eq!(
        author
            .post(
                &format!("/records/{draft}/publish"),
                &[("step", "choose"), ("extent", "full"), ("withhold", "no")]
            )
            .await
            .status,
        422,
        "only what is in force"
    );

    // Only the lead's author or data protection officer decides.
    let path = format!("/records/{id}/publish");
    for (client, status) in [
        (camden.officer_client(&app).await, 403),
        (fire.author_client(&app).await, 403),
        (
            Party::without_statements(&app, "Elsewhere Council", "borough")
                .await
                .author_client(&app)
                .await,
            404,
        ),
    ] {
        assert_eq!(client.get(&path).await.status, status);
        assert_eq!(
            client
                .post(
                    &path,
                    &[("step", "choose"), ("extent", "full"), ("withhold", "no")]
                )
                .await
                .status,
            status
        );
    }
    publish(&camden.dpo_client(&app).await, &id, "full").await;

    // A later draft shows nowhere.
    author
        .done(
            &format!("/records/{id}/moves/change"),
            &[("reason", "New law")],
        )
        .await;
    journey::change_answer(&app, &camden, &id, "title", "A secret new title").await;
    journey::change_answer(&app, &camden, &id, "purpose_text", "A secret new purpose").await;
    let all = everywhere(&app, &id).await;
    assert!(all.contains("Home fire safety visits") && !all.contains("secret new"));
    app.ends_clean().await;
}

#[tokio::test]
async fn search_end_and_withdraw() {
    let app = TestApp::new().await;
    let (camden, _, id) = world(&app).await;
    let author = camden.author_client(&app).await;
    publish(&author, &id, "full").await;
    let found = async |query: &str| {
        app.nobody()
            .get(&format!("/register?{query}"))
            .await
            .says("Home fire safety visits")
    };
    for query in [
        "text=FIRE+safety",
        "organisation=fire+brigade",
        "purpose=service_delivery",
        "status=in_force",
        "text=high+risk&organisation=camden",
    ] {
        assert!(found(query).await, "{query}");
    }
    for query in [
        "text=immigration",
        "organisation=hackney",
        "purpose=immigration",
        "purpose=service%25",
        "purpose=%25",
        "status=ended",
        "text=%25%25zz",
    ] {
        assert!(!found(query).await, "{query}");
    }
    let openapi = app.nobody().get("/api/openapi.json").await;
    let described: serde_json::Value = serde_json::from_slice(&openapi.bytes).unwrap();
    assert!(described["paths"]["/api/v1/register/{id}"]["get"].is_object());

    let officer = camden.officer_client(&app).await;
    officer
        .done(
            &format!("/records/{id}/moves/end"),
            &[("reason", "The service closed")],
        )
        .await;
    assert!(found("status=ended").await && !found("status=in_force").await);
    let public = app.nobody().get(&format!("/register/{id}")).await;
    assert!(
        public.says("This agreement has ended"),
        "{}",
        public.words()
    );

    let withdraw = format!("/records/{id}/publish/withdraw");
    let no_reason = author.post(&withdraw, &[("reason", "")]).await;
    assert_eq!(
        (no_reason.status, no_reason.errors()[0].0.as_str()),
        (422, "reason")
    );
    author
        .done(&withdraw, &[("reason", "It named someone")])
        .await;
    assert_eq!(
        app.nobody().get(&format!("/register/{id}")).await.status,
        404
    );
    assert!(!found("").await);
    app.ends_clean().await;
}

#[tokio::test]
async fn the_register_file_tells_what_was_published_and_withdrawn() {
    let app = TestApp::new().await;
    let empty = app.nobody().get("/register.rsf").await;
    assert_eq!(empty.status, 200);
    assert_eq!(
        ledger::register::read(&empty.text).unwrap().records().len(),
        0
    );
    let (camden, _, id) = world(&app).await;
    let author = camden.author_client(&app).await;
    publish(&author, &id, "summary").await;
    let first = app.nobody().get("/register.rsf").await;
    let type_ = first.headers["content-type"].to_str().unwrap();
    assert!(type_.starts_with("application/uk-gov-rsf"), "{type_}");
    let register = ledger::register::read(&first.text).unwrap();
    let entry = register.records()[id.as_str()].clone();
    let item: serde_json::Value = serde_json::from_str(&register.items[&entry.items[0]]).unwrap();
    let page = app.nobody().get(&format!("/api/v1/register/{id}")).await;
    let shown: serde_json::Value = serde_json::from_str(&page.text).unwrap();
    for field in ["title", "lead", "digest"] {
        assert_eq!(item[field], shown[field], "{field}");
    }
    assert_eq!(item["parties"].as_array().unwrap().len(), 2);
    assert_eq!(item["extent"], "summary");

    app.app.clock.advance(jiff::SignedDuration::from_hours(24));
    // The session of the day before is over.
    let author = camden.author_client(&app).await;
    let path = format!("/records/{id}/publish/withdraw");
    author.done(&path, &[("reason", "A mistake in it")]).await;
    let second = app.nobody().get("/register.rsf").await;
    let register = ledger::register::read(&second.text).unwrap();
    let entry = register.records()[id.as_str()].clone();
    assert_eq!(entry.timestamp, "2026-11-22T10:00:00Z");
    let item: serde_json::Value = serde_json::from_str(&register.items[&entry.items[0]]).unwrap();
    assert_eq!(item["status"], "withdrawn");
    assert!(!second.text.contains("A mistake in it"));

    // It only ever grows: the entries of the first file begin the second.
    let users = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| line.starts_with("append-entry\tuser"));
        lines.map(str::to_owned).collect()
    };
    assert!(users(&second.text).starts_with(&users(&first.text)));

    publish(&author, &id, "full").await;
    let third = app.nobody().get("/register.rsf").await;
    assert_eq!(users(&third.text).len(), 3);
    assert!(ledger::register::read(&third.text).is_ok());
    let altered = third.text.replacen("\"full\"", "\"Full\"", 1);
    assert!(ledger::register::read(&altered).is_err());
    app.ends_clean().await;
}
