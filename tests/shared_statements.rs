//! An assurance statement is shown to those its owner shares an agreement with by its own doing: a draft that
//! names the owner opens nothing.

use aldgate::features::organisations::trust;
use aldgate::kernel::Act;
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::records::decisions;
use aldgate::records::fetch;
use aldgate::records::lines::{Advice, Stage};
use db::{args, sql};
use jiff::SignedDuration;

use crate::support::TestApp;
use crate::support::journey::{self, Party};

sql! {
    STATEMENT = "select id from records where type = 'assurance' and organisation_id = $1";
}

async fn statement(app: &TestApp, owner: &Party) -> String {
    let row = app.app.db.one(&STATEMENT, args![owner.id()]).await.unwrap();
    row.text("id").unwrap()
}

/// What the reader gets of the owner's statement: by its page, its record and the API.
async fn read(app: &TestApp, reader: &Party, owner: &Party) -> [u16; 3] {
    let client = reader.author_client(app).await;
    let id = statement(app, owner).await;
    let page = client
        .get(&format!("/organisations/{}/assurance", owner.id()))
        .await;
    let entry = client.get(&format!("/organisations/{}", owner.id())).await;
    assert_eq!(
        entry.says("Read the assurance statement"),
        page.status == 200,
        "the directory leads to it when it can be read"
    );
    let record = client.get(&format!("/records/{id}")).await;
    let api = client.get(&format!("/api/v1/records/{id}")).await;
    [page.status, record.status, api.status]
}

async fn advise(app: &TestApp, party: &Party, id: &RecordId, advice: Advice) {
    let line = journey::open_line(app, party, id, Stage::Review).await;
    let ctx = party.as_dpo(app);
    let proof = decisions::password_proof(&ctx);
    let why = "See our letter";
    decisions::review(&ctx, id, &line.id, &line.digest, advice, why, &proof)
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}"));
}

const NOT_FOUND: [u16; 3] = [404; 3];

#[tokio::test]
async fn naming_an_organisation_in_a_draft_shows_nothing_of_its_statement() {
    let app = TestApp::new().await;
    let nosy = Party::new(&app, "Nosy Ltd", "borough").await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let police = Party::new(&app, "Metropolitan Police", "police").await;
    assert_eq!(read(&app, &nosy, &camden).await, NOT_FOUND);

    // A draft, and then a version that only its lead made.
    let all = [&nosy, &camden, &police];
    let id = journey::draft(&app, &all, &journey::complete(&all)).await;
    assert_eq!(read(&app, &nosy, &camden).await, NOT_FOUND);
    journey::ask_for_review(&app, &nosy, &id).await;
    assert_eq!(read(&app, &nosy, &camden).await, NOT_FOUND);
    let line = journey::line_page(&app, &nosy, &id, Stage::Review).await;
    let line = nosy.dpo_client(&app).await.get(&line).await;
    let shown = |words: String| words.matches("Cyber Essentials").count();
    assert!(
        line.says("once Camden Council has decided something"),
        "{}",
        line.words()
    );
    assert_eq!(shown(line.words()), 1, "its own only");
    assert!(!line.says("No one has confirmed"), "{}", line.words());
    let operator = app.operator();
    operator.commit(trust::withdraw(nosy.id())).await.unwrap();
    let line = journey::line_page(&app, &camden, &id, Stage::Review).await;
    let line = camden.dpo_client(&app).await.get(&line).await;
    assert!(
        line.says("No one has confirmed who acts for Nosy Ltd"),
        "{}",
        line.words()
    );
    // Who leads took the others in, so they read the lead's.
    assert_eq!(read(&app, &camden, &nosy).await[0], 200);
    // The police have decided nothing either.
    assert_eq!(read(&app, &police, &camden).await, NOT_FOUND);

    // Advice against is no consent; advice to go on is.
    advise(&app, &police, &id, Advice::Against).await;
    assert_eq!(read(&app, &nosy, &police).await, NOT_FOUND);
    advise(&app, &camden, &id, Advice::Agrees).await;
    assert_eq!(read(&app, &nosy, &camden).await[0], 200);
    assert_eq!(read(&app, &police, &camden).await[0], 200);
    let line = journey::line_page(&app, &nosy, &id, Stage::Review).await;
    let line = nosy.dpo_client(&app).await.get(&line).await;
    assert_eq!(shown(line.words()), 2, "its own and Camden's");
    app.ends_clean().await;
}

#[tokio::test]
async fn who_is_taken_in_afterwards_is_named_by_nothing_the_others_decided() {
    let app = TestApp::new().await;
    let nosy = Party::new(&app, "Nosy Ltd", "borough").await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let sock = Party::new(&app, "Sock Ltd", "fire").await;
    let id = journey::in_force(&app, &[&nosy, &camden]).await;
    assert_eq!(read(&app, &nosy, &camden).await[0], 200);
    app.app.clock.advance(SignedDuration::from_secs(1));

    let ctx = nosy.as_author(&app);
    let record = fetch(&ctx, &id, Action::AddLateParty).await.unwrap();
    let act = Act::new("party.added", &id);
    let change = record.save(&ctx, &record.content, act).unwrap();
    let joins = record.add_party(&ctx, sock.id(), true, change).await;
    ctx.commit(joins.unwrap()).await.unwrap();
    assert_eq!(read(&app, &sock, &camden).await, NOT_FOUND);
    assert_eq!(
        read(&app, &sock, &nosy).await[0],
        200,
        "the lead took it in"
    );
    assert_eq!(read(&app, &camden, &sock).await, NOT_FOUND);

    // Gone again, what was shared is shared no more.
    let record = fetch(&ctx, &id, Action::AddLateParty).await.unwrap();
    let act = Act::new("party.removed", &id);
    let change = record.save(&ctx, &record.content, act).unwrap();
    let change = record.remove_party(&ctx, camden.id(), change);
    ctx.commit(change).await.unwrap();
    assert_eq!(read(&app, &nosy, &camden).await, NOT_FOUND);
    app.ends_clean().await;
}
