//! The memorandum and the assurance statement: what an organisation says about itself.

use aldgate::organisations::setup;
use aldgate::organisations::setup::Step;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, TestApp};

#[tokio::test]
async fn the_memorandum_is_signed_once() {
    let app = TestApp::new().await;
    let camden = Party::without_statements(&app, "Camden Council", "borough").await;
    let author = camden.author_client(&app).await;
    let page = author.get("/memorandum").await;
    assert!(
        page.says(
            "This is not an information sharing agreement and does not permit sharing by itself"
        ),
        "{}",
        page.words()
    );
    assert!(page.says("Your organisation has not signed it yet"));
    assert_eq!(
        camden
            .dpo_client(&app)
            .await
            .post("/memorandum/start", &[])
            .await
            .status,
        403
    );

    let line = author.done("/memorandum/start", &[]).await;
    assert_eq!(line.h1(), "Sign-off by Camden Council");
    assert!(line.says("This decision belongs to the senior officer of Camden Council"));
    let page = author.get("/memorandum").await;
    assert!(
        page.says("It can be signed by Sol Senior"),
        "{}",
        page.words()
    );

    let officer = camden.officer_client(&app).await;
    let page = officer.get("/memorandum").await;
    let path = page.link("Read and sign");
    let page = officer.get(&path).await;
    assert!(
        page.says("This memorandum sets out how organisations"),
        "the signer reads the clauses"
    );
    let digest = page.value("seen");
    officer
        .done(
            &path,
            &[
                ("seen", &digest),
                ("decision", "sign"),
                ("password", PASSWORD),
            ],
        )
        .await;
    let page = author.get("/memorandum").await;
    assert!(
        page.says("Sol Senior signed for Camden Council"),
        "{}",
        page.words()
    );
    assert!(
        setup::of(&app.operator(), camden.id())
            .await
            .unwrap()
            .has(Step::Memorandum)
    );
    // Asking again makes nothing new.
    author.post("/memorandum/start", &[]).await;
    assert!(author.get("/memorandum").await.says("Sol Senior signed"));
    app.ends_clean().await;
}

/// Fills one section of the statement, as the form would.
async fn fill(
    client: &Client,
    section: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &str, &[u8])],
) {
    let page = client.get(section).await;
    assert_eq!(page.status, 200, "{section}: {}", page.words());
    let seen = page.values("seen");
    let mut all: Vec<(&str, &str)> = seen.iter().map(|seen| ("seen", seen.as_str())).collect();
    all.extend_from_slice(fields);
    let saved = client.post_files(section, &all, files).await;
    assert_eq!(
        saved.status,
        303,
        "{section}: {:?} {}",
        saved.errors(),
        saved.words()
    );
}

#[tokio::test]
async fn an_assurance_statement_is_written_published_and_revised() {
    let app = TestApp::new().await;
    let camden = Party::without_statements(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let administrator = camden.administrator_client(&app).await;
    assert!(
        administrator
            .get("/assurance")
            .await
            .says("Say which standards your organisation meets")
    );
    assert_eq!(
        camden
            .dpo_client(&app)
            .await
            .post("/assurance/start", &[])
            .await
            .status,
        403
    );
    let page = administrator.done("/assurance/start", &[]).await;
    let early = administrator.get(&page.link("Publish to partners")).await;
    assert!(early.says("This cannot be done yet"), "{}", early.words());
    assert_eq!(
        administrator
            .post(&page.link("Publish to partners"), &[])
            .await
            .status,
        422
    );
    assert!(
        !setup::of(&app.operator(), camden.id())
            .await
            .unwrap()
            .has(Step::Assurance)
    );

    // An administrator writes it, as an author would.
    let date = |name: &str| {
        [
            format!("{name}-day"),
            format!("{name}-month"),
            format!("{name}-year"),
        ]
    };
    let [day, month, year] = date("expires");
    let section = |title: &str| page.link(title);
    let proof = ("fee_evidence", "fee.txt", &b"The fee is paid."[..]);
    let [fee_day, fee_month, fee_year] = date("fee_expires");
    let fee = section("Data protection fee");
    fill(&administrator, &fee, &[("fee", "paid")], &[]).await;
    fill(
        &administrator,
        &fee,
        &[
            ("fee", "paid"),
            ("fee_number", "Z1234567"),
            (&fee_day, "1"),
            (&fee_month, "11"),
            (&fee_year, "2027"),
        ],
        &[proof],
    )
    .await;
    fill(
        &administrator,
        &section("NHS data security toolkit"),
        &[("dspt", "not_needed")],
        &[],
    )
    .await;
    fill(
        &administrator,
        &section("Cyber Essentials"),
        &[("cyber_essentials", "none")],
        &[],
    )
    .await;
    fill(
        &administrator,
        &section("Other security standards"),
        &[("iso27001", "no")],
        &[],
    )
    .await;
    fill(
        &administrator,
        &section("Training and policies"),
        &[("training", "yes"), ("policies", "security")],
        &[],
    )
    .await;
    fill(
        &administrator,
        &section("Contacts"),
        &[
            ("dpo_name", "The officer"),
            ("dpo_email", "dpo@camden.example"),
            ("incident_email", "alarm@camden.example"),
        ],
        &[],
    )
    .await;
    fill(
        &administrator,
        &section("This statement"),
        &[(&day, "1"), (&month, "11"), (&year, "2027")],
        &[],
    )
    .await;
    let published = administrator
        .done(&page.link("Publish to partners"), &[])
        .await;
    assert!(
        published.says("Your partners can see it now"),
        "{}",
        published.words()
    );
    assert!(
        setup::of(&app.operator(), camden.id())
            .await
            .unwrap()
            .has(Step::Assurance)
    );
    let page = administrator.get("/assurance").await;
    assert!(
        page.says("In force") && page.says("1 November 2027"),
        "{}",
        page.words()
    );

    // A partner reads it with its evidence; nobody else can take the file.
    let both = [&camden, &fire];
    journey::draft(&app, &both, &journey::complete(&both)).await;
    let partner = fire.author_client(&app).await;
    let seen = partner
        .get(&format!("/organisations/{}/assurance", camden.id()))
        .await;
    let file = seen.link("fee.txt");
    assert_eq!(partner.get(&file).await.bytes, b"The fee is paid.");
    let stranger = Party::without_statements(&app, "Elsewhere Council", "borough").await;
    assert_eq!(
        stranger.author_client(&app).await.get(&file).await.status,
        404
    );

    let revise = page.link("Update the statement");
    administrator.done(&revise, &[]).await;
    let page = administrator.get("/assurance").await;
    assert!(
        page.says("The new version you are writing") && page.says("What partners see"),
        "{}",
        page.words()
    );
    app.ends_clean().await;
}

#[tokio::test]
async fn partners_see_the_statement_in_force_and_strangers_nothing() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let fire = Party::new(&app, "London Fire Brigade", "fire").await;
    let stranger = Party::new(&app, "Elsewhere Council", "borough").await;
    let path = format!("/organisations/{}/assurance", camden.id());
    assert_eq!(
        fire.author_client(&app).await.get(&path).await.status,
        404,
        "no agreement is shared yet"
    );
    let both = [&camden, &fire];
    journey::draft(&app, &both, &journey::complete(&both)).await;
    let page = fire.author_client(&app).await.get(&path).await;
    assert_eq!(page.h1(), "Assurance statement of Camden Council");
    assert!(
        page.says("It runs out on 1 November 2027"),
        "{}",
        page.words()
    );
    assert_eq!(
        stranger.author_client(&app).await.get(&path).await.status,
        404
    );
    assert_eq!(app.nobody().get(&path).await.status, 303, "sign in first");

    // What is being rewritten is not shown, and does not lengthen what is in force.
    let ctx = camden.as_administrator(&app);
    db::sql! { STATEMENT = "select id from records where type = 'assurance' and organisation_id = $1"; }
    let row = app
        .app
        .db
        .one(&STATEMENT, db::args![camden.id()])
        .await
        .unwrap();
    let id = row.text("id").unwrap().into();
    aldgate::records::moves::make(&ctx, &id, "revise", "")
        .await
        .unwrap();
    journey::change_answer(&app, &camden, &id, "expires", "2030-01-01").await;
    let page = fire.author_client(&app).await.get(&path).await;
    assert!(page.says("It runs out on 1 November 2027") && !page.says("2030"));
    app.app
        .clock
        .advance(jiff::SignedDuration::from_hours(24 * 400));
    assert!(
        !setup::of(&app.operator(), camden.id())
            .await
            .unwrap()
            .has(Step::Assurance),
        "it has run out"
    );
    app.ends_clean().await;
}
