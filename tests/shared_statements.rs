//! An assurance statement is shown to those its owner shares an agreement with by its own doing: a draft that
//! names the owner opens nothing.

use aldgate::kernel::Act;
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::RecordId;
use aldgate::organisations::{claims, trust};
use aldgate::records::decisions;
use aldgate::records::fetch;
use aldgate::records::lines::{Advice, Stage};
use db::{args, sql};
use jiff::SignedDuration;

use crate::support::journey::{self, Party};
use crate::support::{PASSWORD, TestApp};

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

#[tokio::test]
async fn what_somebody_signed_whom_the_lead_named_is_not_the_partys_own_doing() {
    let app = TestApp::new().await;
    let nosy = Party::new(&app, "Nosy Ltd", "borough").await;
    let fire = Party::new(&app, "Fire Brigade", "fire").await;
    let mut shelter = Party::listed(&app, "Night Shelter", "vcs").await;
    let id = journey::in_review(&app, &[&nosy, &fire, &shelter]).await;
    journey::agree(&app, &nosy, &id).await;
    journey::agree(&app, &fire, &id).await;
    let author = nosy.author_client(&app).await;
    let moves = format!("/records/{id}/moves/ask_for_sign_off");
    author.done(&moves, &[]).await;

    // The lead names somebody of its own, who signs for the shelter.
    let ask = format!("/records/{id}/parties/{}/ask-to-sign", shelter.id());
    let asked = author.post(&ask, &[]).await.location;
    let named = [
        ("person_name", "A Friend"),
        ("email", "friend@nosy.example"),
        ("password", PASSWORD),
    ];
    let given = author.post(&asked, &named).await;
    assert_eq!(given.status, 200, "{}", given.words());
    let (link, code) = (given.all("#link").remove(0), given.all("#code").remove(0));
    let path = link[link.find("/links/").unwrap()..].to_owned();
    let friend = app.nobody();
    friend.post(&path, &[("code", &code)]).await;
    let page = friend.get(&path).await;
    let signed = [
        ("seen", page.value("seen")),
        ("decision", "sign".to_owned()),
        ("code", code),
    ];
    let signed = signed
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let done = friend.post(&format!("{path}/decision"), &signed).await;
    assert_eq!(done.status, 303, "{}", done.words());

    // Then the shelter comes itself.
    let client = app.nobody();
    let fields = [
        ("name", "Night Shelter"),
        ("kind", "vcs"),
        ("person_name", "Hal Hand"),
        ("email", "hal@shelter.example"),
        ("password", PASSWORD),
    ];
    client.done("/organisations/new", &fields).await;
    let operator = app.operator();
    let claim = claims::open(&operator).await.unwrap().remove(0);
    let change = claims::decide(&operator, &claim, true).await.unwrap();
    operator.commit(change).await.unwrap();
    shelter.administrator = claim.person.clone();
    shelter.author = claim.person;
    shelter.publish_assurance(&app).await;
    assert_eq!(read(&app, &nosy, &shelter).await, NOT_FOUND);
    assert_eq!(read(&app, &fire, &shelter).await, NOT_FOUND);
    app.ends_clean().await;
}
