//! Programs read through the API with tokens that people make, and can do nothing else.

use aldgate::records::lines::Stage;
use jiff::SignedDuration;
use packs::Role;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, Page, TestApp};

async fn make(person: &Client, name: &str, scope: &str, life: &str) -> String {
    let page = person
        .post(
            "/organisation/tokens/new",
            &[
                ("name", name),
                ("scope", scope),
                ("life", life),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(page.status, 200, "{}", page.words());
    page.all("#token").remove(0)
}

fn json(page: &Page) -> serde_json::Value {
    serde_json::from_slice(&page.bytes).unwrap_or_else(|e| panic!("{e}: {}", page.text))
}

fn is_problem(page: &Page, status: u16) {
    assert_eq!(page.status, status, "{}", page.text);
    assert_eq!(page.headers["content-type"], "application/problem+json");
    assert_eq!(json(page)["status"], status);
}

#[tokio::test]
async fn a_program_reads_what_its_person_may_read() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let id = journey::in_review(&app, &[&council, &fire]).await;
    let author = council.author_client(&app).await;
    let token = make(&author, "Our register", "read", "30").await;
    assert!(token.starts_with("aldgate_"));
    let listed = author.get("/organisation/tokens").await;
    assert!(listed.says("Our register") && listed.says("Never"));
    assert!(!listed.text.contains(&token), "it is shown once");

    let program = Client::program(&app, &token);
    let page = json(&program.get("/api/v1/records").await);
    let ids: Vec<&str> = page["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&id.as_str()), "{ids:?}");
    let record = json(&program.get(&format!("/api/v1/records/{id}")).await);
    assert_eq!(record["title"], "Home fire safety visits");
    assert_eq!(record["content"]["answers"]["criminal_data"], "no");
    assert_eq!(record["parties"].as_array().unwrap().len(), 2);
    let prompts = program.get(&format!("/api/v1/records/{id}/prompts")).await;
    assert_eq!(prompts.status, 200);
    assert!(
        author
            .get("/organisation/tokens")
            .await
            .says("21 November 2026")
    );

    // Pages and decisions know no tokens.
    for page in ["/in-tray", "/agreements", &format!("/records/{id}")] {
        assert!(
            program.get(page).await.location.starts_with("/sign-in"),
            "{page}"
        );
    }
    let dpo = council.dpo_client(&app).await;
    let reviewing = Client::program(&app, &make(&dpo, "Mine", "read", "30").await);
    let line = journey::line_page(&app, &council, &id, Stage::Review).await;
    let digest = journey::open_line(&app, &council, &id, Stage::Review)
        .await
        .digest;
    let before = app.acts().await;
    let review = [
        ("seen", digest.as_str()),
        ("advice", "agrees"),
        ("password", PASSWORD),
    ];
    let another = [
        ("name", "More"),
        ("scope", "read"),
        ("life", "30"),
        ("password", PASSWORD),
    ];
    for (path, fields) in [
        (line.as_str(), &review[..]),
        ("/organisation/tokens/new", &another),
    ] {
        let page = reviewing.post(path, fields).await;
        assert_eq!(page.status, 303, "{path}: {}", page.words());
        assert!(page.location.starts_with("/sign-in"), "{}", page.location);
    }
    assert_eq!(app.acts().await, before, "nothing was done");
    // The same forms do it for the person.
    assert_eq!(dpo.post(&line, &review).await.status, 303);
    let made = dpo.post("/organisation/tokens/new", &another).await;
    assert_eq!(made.status, 200, "{}", made.words());

    // A narrower one, for less.
    let narrow = Client::program(&app, &make(&author, "Prompts", "prompts", "365").await);
    assert_eq!(
        narrow
            .get(&format!("/api/v1/records/{id}/prompts"))
            .await
            .status,
        200
    );
    is_problem(&narrow.get("/api/v1/records").await, 403);
    is_problem(&narrow.get(&format!("/api/v1/records/{id}")).await, 403);

    // Others' records are not there, for programs as for people.
    let strangers = Party::new(&app, "Stranger Council", "borough").await;
    let stranger = strangers.author_client(&app).await;
    let theirs = Client::program(&app, &make(&stranger, "Theirs", "read", "30").await);
    is_problem(&theirs.get(&format!("/api/v1/records/{id}")).await, 404);
    is_problem(
        &theirs.get(&format!("/api/v1/records/{id}/prompts")).await,
        404,
    );
    assert!(
        !theirs
            .get("/api/v1/records")
            .await
            .text
            .contains(id.as_str())
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn a_token_ends() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let author = council.author_client(&app).await;
    let administrator = council.administrator_client(&app).await;

    // By its date.
    let month = Client::program(&app, &make(&author, "A month", "read", "30").await);
    let year = Client::program(&app, &make(&author, "A year", "read", "365").await);
    assert_eq!(month.get("/api/v1/records").await.status, 200);
    app.app.clock.advance(SignedDuration::from_hours(30 * 24));
    is_problem(&month.get("/api/v1/records").await, 401);
    let refused = month.get("/api/v1/records").await;
    assert_eq!(refused.headers["www-authenticate"], "Bearer");
    assert_eq!(year.get("/api/v1/records").await.status, 200);

    // By hand, after a question: its person or an administrator.
    let author = council.author_client(&app).await;
    let viewer = app.client(&council.partner, "Vic", &[Role::Viewer]).await;
    let administrator_again = council.administrator_client(&app).await;
    drop(administrator);
    let link = administrator_again
        .get("/organisation/tokens")
        .await
        .link("End");
    assert_eq!(viewer.get(&link).await.status, 404, "not theirs");
    assert!(author.get(&link).await.h1().contains("Do you want to end"));
    administrator_again.done(&link, &[]).await;
    is_problem(&year.get("/api/v1/records").await, 401);

    // With the person's last role.
    let last = Client::program(&app, &make(&author, "Last", "read", "30").await);
    assert_eq!(last.get("/api/v1/records").await.status, 200);
    let held = aldgate::organisations::roles::held(&app.operator(), council.id())
        .await
        .unwrap();
    let role = held.iter().find(|h| h.person == council.author).unwrap();
    let ended = administrator_again
        .post(
            &format!("/organisation/roles/{}/end", role.id),
            &[("password", PASSWORD)],
        )
        .await;
    assert_eq!(ended.status, 303, "{}", ended.words());
    is_problem(&last.get("/api/v1/records").await, 401);

    // And one that never was.
    is_problem(
        &Client::program(&app, "aldgate_none")
            .get("/api/v1/records")
            .await,
        401,
    );
    is_problem(&app.nobody().get("/api/v1/records").await, 401);
    app.ends_clean().await;
}

#[tokio::test]
async fn making_one_asks_who_you_are_and_what_for() {
    let app = TestApp::new().await;
    let council = Party::without_statements(&app, "Camden Council", "borough").await;
    let author = council.author_client(&app).await;
    let page = author
        .post("/organisation/tokens/new", &[("name", "Kept")])
        .await;
    let fields: Vec<String> = page.errors().into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        (page.status, fields),
        (422, vec!["scope".to_owned(), "life".to_owned()])
    );
    assert_eq!(page.value("name"), "Kept");
    let wrong = [
        ("name", "N"),
        ("scope", "read"),
        ("life", "30"),
        ("password", "not it, surely"),
    ];
    let page = author.post("/organisation/tokens/new", &wrong).await;
    assert_eq!(
        (page.status, page.errors()[0].0.as_str()),
        (422, "password")
    );
    let forever = [
        ("name", "N"),
        ("scope", "read"),
        ("life", "9999"),
        ("password", PASSWORD),
    ];
    assert_eq!(
        author
            .post("/organisation/tokens/new", &forever)
            .await
            .status,
        422
    );
    app.ends_clean().await;
}
