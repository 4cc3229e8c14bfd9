//! Somebody registers an organisation that others have listed: it waits until somebody who knows it
//! confirms.

use aldgate::organisations::{claims, store as organisations};
use packs::Role;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, TestApp};

/// A council's draft that names a listed charity, with a line only its parties may read.
async fn listed(app: &TestApp) -> (Party, String, String) {
    let council = Party::new(app, "Camden Council", "borough").await;
    let author = council.author_client(app).await;
    let charity = [
        ("name", "Helping Hands"),
        ("kind", "vcs"),
        ("fee_number", "ZA654321"),
    ];
    let page = author.done("/organisations/external/new", &charity).await;
    assert!(page.says("It is listed."));
    let found = author
        .get("/organisations?q=ZA654321")
        .await
        .link("Helping Hands");
    let charity = found.rsplit('/').next().unwrap().to_owned();
    let id = journey::draft(app, &[&council], &journey::complete(&[&council, &council])).await;
    let record = format!("/records/{id}");
    author
        .done(&format!("{record}/parties/add"), &[("party", &charity)])
        .await;
    (council, charity, record)
}

async fn register(app: &TestApp, name: &str, email: &str) -> Client {
    let client = app.nobody();
    let page = client
        .done(
            "/organisations/new",
            &[
                ("name", "Helping Hands Charity"),
                ("kind", "vcs"),
                ("area", "Camden"),
                ("fee_number", "ZA654321"),
                ("person_name", name),
                ("email", email),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(page.h1(), "Waiting for confirmation", "{}", page.words());
    client
}

#[tokio::test]
async fn an_unverified_address_opens_nothing() {
    let app = TestApp::new().await;
    let (council, charity, record) = listed(&app).await;
    let hal = register(&app, "Hal Hand", "hal@hands.example").await;

    // It sees itself wait, and nothing else; the entry is as it was.
    assert_eq!(hal.get("/in-tray").await.location, "/organisation/choose");
    assert_eq!(
        hal.get("/organisation/choose").await.location,
        "/organisations/waiting"
    );
    for page in [
        record.as_str(),
        "/organisations",
        "/organisation/people",
        "/agreements",
    ] {
        assert_eq!(hal.get(page).await.status, 404, "{page}");
    }
    let chosen = hal
        .post("/organisation/choose", &[("organisation", &charity)])
        .await;
    assert_eq!(chosen.location, "/organisations/waiting");
    let author = council.author_client(&app).await;
    let entry = author.get(&format!("/organisations/{charity}")).await;
    assert!(
        entry.says("Listed only") && !entry.says("Helping Hands Charity"),
        "{}",
        entry.words()
    );

    // Only administrators of those who know it can say.
    let stranger = Party::new(&app, "Brent Council", "borough").await;
    let claim = claims::open(&app.operator()).await.unwrap().remove(0);
    let question = format!("/claims/{}", claim.id);
    let other = stranger.administrator_client(&app).await;
    assert!(!other.get("/in-tray").await.says("Hal Hand"));
    for client in [&other, &author, &hal] {
        assert_eq!(client.get(&question).await.status, 404);
        let page = client
            .post(
                &question,
                &[("decision", "confirm"), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(page.status, 404);
    }

    // An impostor is refused, and somebody else can ask.
    let mallory = register(&app, "Mal Lory", "mallory@else.example").await;
    let administrator = council.administrator_client(&app).await;
    let tray = administrator.get("/in-tray").await;
    let asked = tray.link("Does Mal Lory act for Helping Hands");
    let page = administrator.get(&asked).await;
    assert!(page.says("mallory@else.example") && page.says("No one has checked this"));
    let blank = administrator.post(&asked, &[]).await;
    assert_eq!(
        (blank.status, blank.errors()[0].0.as_str()),
        (422, "decision")
    );
    let page = administrator
        .done(&asked, &[("decision", "refuse"), ("password", PASSWORD)])
        .await;
    assert!(page.says("It is refused."));
    assert!(
        mallory
            .get("/organisations/waiting")
            .await
            .says("was not confirmed")
    );
    let again = administrator
        .post(&asked, &[("decision", "confirm"), ("password", PASSWORD)])
        .await;
    assert_eq!(again.status, 422, "decided once");

    // Confirmed, it is theirs, with the drafts that name it.
    let asked = administrator.get("/in-tray").await.link("Does Hal Hand");
    administrator
        .done(&asked, &[("decision", "confirm"), ("password", PASSWORD)])
        .await;
    assert!(
        hal.get("/organisations/waiting")
            .await
            .says("It is confirmed.")
    );
    let tray = hal
        .done("/organisation/choose", &[("organisation", &charity)])
        .await;
    assert_eq!(tray.status, 200);
    assert_eq!(hal.get(&record).await.status, 200);
    let details = hal.get("/organisation").await;
    assert!(details.says("Helping Hands Charity"), "{}", details.words());
    assert_eq!(mallory.get(&record).await.status, 404);
    app.ends_clean().await;
}

#[tokio::test]
async fn the_operator_can_confirm_and_a_stranger_who_would_support_it_waits() {
    let app = TestApp::new().await;
    let (_, charity, _) = listed(&app).await;
    register(&app, "Hal Hand", "hal@hands.example").await;

    // Another council that would support the entry asks like anybody.
    let brent = Party::new(&app, "Brent Council", "borough").await;
    let administrator = brent.administrator_client(&app).await;
    let page = administrator
        .post(
            "/organisation/supported/new",
            &[
                ("name", "Helping Hands"),
                ("kind", "vcs"),
                ("person_name", "Mal Lory"),
                ("email", "mal@brent.example"),
                ("permission", "yes"),
            ],
        )
        .await;
    assert_eq!(page.h1(), "Waiting for confirmation", "{}", page.words());
    let chosen = [("organisation", charity.as_str())];
    let refused = administrator.post("/organisation/choose", &chosen).await;
    assert_eq!(refused.status, 422, "it has no role in it");

    let operator = app.operator();
    let open = claims::open(&operator).await.unwrap();
    let hal = open.iter().find(|claim| claim.supporter.is_none());
    let claim = hal.unwrap().clone();
    let change = claims::decide(&operator, &claim, true).await.unwrap();
    operator.commit(change).await.unwrap();
    let entry = organisations::one(&operator, &charity.as_str().into())
        .await
        .unwrap();
    assert!(entry.is_registered());
    assert!(claims::to_decide(&operator, &claim.id).await.is_err());
    app.ends_clean().await;
}

#[tokio::test]
async fn an_only_administrator_is_asked_for_a_second_one() {
    let app = TestApp::new().await;
    let council = Party::without_statements(&app, "Camden Council", "borough").await;
    let administrator = council.administrator_client(&app).await;
    let words = "You are the only administrator";
    assert!(administrator.get("/in-tray").await.says(words));
    app.person(&council.partner, "Second", &[Role::Administrator])
        .await;
    assert!(!administrator.get("/in-tray").await.says(words));
    app.ends_clean().await;
}
