//! What is another organisation's is as if it did not exist, on every way in; and a party that has
//! left keeps what it signed and loses what follows.

use aldgate::identity::api_tokens::TokenScope;
use aldgate::kernel::Act;
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::records::{fetch, moves};
use packs::Role;

use crate::support::journey::{self, Party};
use crate::support::{Client, TestApp};

const SECRET: &str = "Quillfeather";
const PDF: &[u8] = b"%PDF-1.7\nan assessment";

async fn program(app: &TestApp, party: &Party) -> Client {
    let ctx = party.as_author(app);
    let until = ctx.now.0 + 86_400_000_000;
    let (token, change) =
        aldgate::identity::api_tokens::add(&ctx, "All", &[TokenScope::Read], until).unwrap();
    ctx.commit(change).await.unwrap();
    Client::program(app, &token)
}

/// A draft with a title, an answer, a comment and a file that nobody else may learn of.
async fn secret_draft(app: &TestApp, council: &Party, fire: &Party) -> (RecordId, String) {
    let mut content = journey::complete(&[council, fire]);
    content.answers.insert("title".to_owned(), SECRET.into());
    let id = journey::draft(app, &[council, fire], &content).await;
    journey::change_answer(app, council, &id, "title", SECRET).await;
    let author = council.author_client(app).await;
    let record = format!("/records/{id}");
    let said = [("text", "Quillfeather said so"), ("about", "purpose_text:")];
    let page = author.post(&format!("{record}/comments"), &said).await;
    assert_eq!(page.status, 303, "{}", page.words());
    let page = author.get(&format!("{record}/sections/use")).await;
    let sent = author
        .submit_files(&page, &[], &[("dpia_files", "Quillfeather.pdf", PDF)])
        .await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    let file = author
        .get(&format!("{record}/sections/use"))
        .await
        .link("Quillfeather.pdf");
    (id, file)
}

#[tokio::test]
async fn another_organisations_draft_does_not_exist() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let brent = Party::new(&app, "Brent Council", "borough").await;
    let (id, file) = secret_draft(&app, &council, &fire).await;
    let record = format!("/records/{id}");

    // Somebody with every role there is, in another organisation; and a program of theirs.
    let all: Vec<Role> = Role::ALL.iter().map(|(_, role)| *role).collect();
    let stranger = app.client(&brent.partner, "Sam Stranger", &all).await;
    let theirs = program(&app, &brent).await;
    let pages = [
        String::new(),
        "/check".into(),
        "/law".into(),
        "/comments".into(),
        "/versions".into(),
        "/versions/1".into(),
        "/versions/1.json".into(),
        "/history".into(),
        "/document.pdf".into(),
        "/parties".into(),
        "/sections/use".into(),
        "/law/why-not/R004".into(),
        format!("/sections/party/{}", council.id()),
        "/moves/ask_for_review".into(),
    ];
    for page in &pages {
        let told = stranger.get(&format!("{record}{page}")).await;
        let unknown = stranger.get(&format!("/records/agr_none{page}")).await;
        assert_eq!(
            (told.status, told.words()),
            (404, unknown.words()),
            "{page}"
        );
    }
    let unknown = stranger.get("/records/agr_none/attachments/att_none").await;
    assert_eq!(stranger.get(&file).await.words(), unknown.words());
    for path in ["", "/prompts", "/why-not/R004"] {
        let told = theirs.get(&format!("/api/v1/records/{id}{path}")).await;
        let unknown = theirs.get(&format!("/api/v1/records/agr_none{path}")).await;
        assert_eq!((told.status, &told.text), (404, &unknown.text), "{path}");
    }
    // Nor does any list, search or export show it.
    for page in [
        "/agreements",
        "/agreements?q=quillfeather",
        "/in-tray",
        "/register?text=quillfeather",
        "/organisations?q=quillfeather",
        "/law/impact?provision=ukgdpr-art6",
        "/law/impact.csv?provision=ukgdpr-art6",
        "/organisation/activity",
        "/organisation/tokens",
        "/api/v1/records",
        "/api/v1/register?text=quillfeather",
    ] {
        let page = stranger.get(page).await;
        assert!(
            !page.text.contains(SECRET) && !page.text.contains(id.as_str()),
            "{page:?}",
            page = page.words()
        );
    }
    assert!(!theirs.get("/api/v1/records").await.text.contains(SECRET));

    // People and their addresses are their own organisation's.
    for page in [
        format!("/organisations/{}", council.id()),
        "/organisations".into(),
    ] {
        let page = stranger.get(&page).await;
        assert_eq!(page.status, 200);
        assert!(
            !page.text.contains("Amir Admin") && !page.text.contains("@camden-council.example")
        );
    }
    let people = stranger.get("/organisation/people").await;
    assert!(!people.text.contains("camden-council.example"));
    assert!(people.text.contains("brent-council.example"));
    let theirs = stranger
        .get(&format!("/organisation/people/{}/roles", council.author))
        .await;
    assert_eq!(theirs.status, 404);

    // Once a party, it sees all of it.
    let ctx = council.as_author(&app);
    let found = fetch(&ctx, &id, Action::Draft).await.unwrap();
    let change = found
        .save(&ctx, &found.content, Act::new("party.added", &id))
        .unwrap();
    let change = found
        .add_party(&ctx, brent.id(), false, change)
        .await
        .unwrap();
    ctx.commit(change).await.unwrap();
    let page = stranger.get(&record).await;
    assert!(page.status == 200 && page.says(SECRET));
    assert!(
        stranger
            .get(&format!("{record}/comments"))
            .await
            .says("Quillfeather said so")
    );
    assert_eq!(stranger.get(&file).await.bytes, PDF);
    app.ends_clean().await;
}

#[tokio::test]
async fn who_has_left_keeps_what_it_signed() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let brent = Party::new(&app, "Brent Council", "borough").await;
    let id = journey::in_force(&app, &[&council, &fire, &brent]).await;
    let record = format!("/records/{id}");
    let olu = brent.author_client(&app).await;
    let exact = olu.get(&format!("{record}/versions/1.json")).await.bytes;

    moves::make(&council.as_author(&app), &id, "change", "Brent leaves")
        .await
        .unwrap();
    let author = council.author_client(&app).await;
    author
        .done(&format!("{record}/parties/{}/remove", brent.id()), &[])
        .await;
    journey::change_answer(&app, &council, &id, "title", SECRET).await;
    journey::ask_for_review(&app, &council, &id).await;

    // What it signed: listed, the version, its exact text, its document, its lines.
    let list = olu.get("/agreements").await;
    let link = list.link("Home fire safety visits");
    assert_eq!(link, format!("{record}/versions"));
    let versions = olu.get(&link).await;
    assert!(
        versions.says("has left") && versions.says("Version 1"),
        "{}",
        versions.words()
    );
    let version = olu.get(&format!("{record}/versions/1")).await;
    assert!(
        version.status == 200 && version.says("Brent Council"),
        "{}",
        version.words()
    );
    assert_eq!(
        olu.get(&format!("{record}/versions/1.json")).await.bytes,
        exact
    );
    let document = olu.get(&format!("{record}/document.pdf")).await;
    assert!(document.bytes.starts_with(b"%PDF"), "{}", document.words());
    let line = version.link("Brent Council: senior officer");
    let line = olu.get(&line).await;
    assert!(
        line.status == 200 && !line.text.contains(SECRET),
        "{}",
        line.words()
    );

    // What follows is not theirs.
    for page in [
        "",
        "/check",
        "/law",
        "/comments",
        "/history",
        "/parties",
        "/versions/2",
        "/versions/2.json",
        "/document.pdf?version=2",
        "/sections/use",
    ] {
        assert_eq!(
            olu.get(&format!("{record}{page}")).await.status,
            404,
            "{page}"
        );
    }
    let theirs = program(&app, &brent).await;
    assert_eq!(
        theirs.get(&format!("/api/v1/records/{id}")).await.status,
        404
    );
    for page in ["/agreements", "/agreements?q=quill", "/in-tray", &link] {
        assert!(!olu.get(page).await.text.contains(SECRET), "{page}");
    }
    // Nor can it write.
    let before = app.acts().await;
    let comment = [("text", "Still here"), ("about", ":")];
    assert_eq!(
        olu.post(&format!("{record}/comments"), &comment)
            .await
            .status,
        404
    );
    assert_eq!(app.acts().await, before);
    app.ends_clean().await;
}

#[tokio::test]
async fn whoever_has_no_role_today_sees_no_titles() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let (_, file) = secret_draft(&app, &council, &fire).await;
    let gone = app.person(&council.partner, "Gone Away", &[]).await;
    let gone = app.signed_in(&council.partner, &gone).await;
    for page in [
        "/agreements",
        "/in-tray",
        "/law/impact?provision=ukgdpr-art6",
        "/organisation/people",
        "/organisation/activity",
        "/organisation/tokens",
        "/api/v1/records",
        &file,
    ] {
        let page = gone.get(page).await;
        assert!(
            !page.text.contains(SECRET) && !page.text.contains("Amir Admin"),
            "{}",
            page.words()
        );
    }
    app.ends_clean().await;
}
