//! An auditor reads everything of one organisation and changes nothing.

use packs::Role;

use crate::support::journey::{self, Party};
use crate::support::{Client, TestApp};

#[tokio::test]
async fn an_auditor_reads_everything_of_one_organisation() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let id = journey::draft(
        &app,
        &[&council, &fire],
        &journey::complete(&[&council, &fire]),
    )
    .await;
    journey::ask_for_review(&app, &council, &id).await;

    // An administrator gives the role as any other.
    let administrator = council.administrator_client(&app).await;
    let added = administrator
        .post(
            "/organisation/people/new",
            &[
                ("person_name", "Oriel Ledgerwood"),
                ("email", "oriel@camden.example"),
                ("roles", "auditor"),
            ],
        )
        .await;
    assert!(
        added.says("Oriel Ledgerwood is invited"),
        "{}",
        added.words()
    );
    assert!(
        administrator
            .get("/organisation/people")
            .await
            .says("Auditor")
    );
    let auditor = app
        .client(&council.partner, "Ora Audit", &[Role::Auditor])
        .await;

    let record = format!("/records/{id}");
    for page in [
        "",
        "/check",
        "/law",
        "/comments",
        "/versions",
        "/versions/1",
        "/history",
        "/parties",
    ] {
        let page = auditor.get(&format!("{record}{page}")).await;
        assert_eq!(page.status, 200, "{}", page.words());
    }
    for page in [
        "/organisation",
        "/organisation/people",
        "/agreements",
        "/assurance",
    ] {
        assert_eq!(auditor.get(page).await.status, 200, "{page}");
    }
    let activity = auditor.get("/organisation/activity").await;
    assert!(
        activity.says("Role granted: auditor") && activity.says("Amir Admin"),
        "{}",
        activity.words()
    );
    assert!(activity.says("Home fire safety visits"));

    // What others did stays theirs: of the fire brigade's own acts the list holds none.
    let theirs = app.client(&fire.partner, "Flo", &[Role::Auditor]).await;
    let theirs = theirs.get("/organisation/activity").await;
    assert!(
        !theirs.says("Oriel") && !theirs.says("Camden"),
        "{}",
        theirs.words()
    );

    // It is for auditors and administrators.
    let author = council.author_client(&app).await;
    assert_eq!(author.get("/organisation/activity").await.status, 403);
    app.ends_clean().await;
}

#[tokio::test]
async fn an_auditor_changes_nothing() {
    let app = TestApp::new().await;
    let council = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let id = journey::draft(
        &app,
        &[&council, &fire],
        &journey::complete(&[&council, &fire]),
    )
    .await;
    let auditor: Client = app
        .client(&council.partner, "Ora Audit", &[Role::Auditor])
        .await;
    let before = app.acts().await;
    for (path, fields) in [
        (
            "/agreements/new".to_owned(),
            vec![("title", "Mine"), ("theme", "emergencies")],
        ),
        (
            format!("/records/{id}/sections/purpose"),
            vec![("purpose_text", "Other")],
        ),
        (
            format!("/records/{id}/comments"),
            vec![("text", "A word"), ("about", ":")],
        ),
        (format!("/records/{id}/moves/ask_for_review"), vec![]),
        (format!("/records/{id}/flows/add"), vec![]),
        (
            format!("/records/{id}/parties/{}/remove", fire.id()),
            vec![],
        ),
        ("/organisation/details".to_owned(), vec![("name", "Mine")]),
        (
            "/organisation/people/new".to_owned(),
            vec![
                ("person_name", "A B"),
                ("email", "a@b.example"),
                ("roles", "author"),
            ],
        ),
        ("/assurance/start".to_owned(), vec![]),
        (
            "/organisations/external/new".to_owned(),
            vec![("name", "New")],
        ),
    ] {
        let page = auditor.post(&path, &fields).await;
        assert!(
            matches!(page.status, 403 | 404),
            "{path}: {} {}",
            page.status,
            page.words()
        );
    }
    assert_eq!(app.acts().await, before, "nothing was done");
    app.ends_clean().await;
}
