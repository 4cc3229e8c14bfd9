//! What one writes about others proves nothing: who has to agree before an organisation is somebody's.

use aldgate::kernel::ids::RecordId;
use aldgate::organisations::{claims, domains, store as organisations, trust};
use aldgate::records::moves;
use jiff::SignedDuration;
use packs::Role;

use crate::support::journey::{self, Party};
use crate::support::{Client, PASSWORD, Page, TestApp};

/// Somebody nobody knows, who registers an organisation under a free name.
async fn outsider(app: &TestApp, name: &str, email: &str) -> Client {
    let client = app.nobody();
    let tray = client
        .done(
            "/organisations/new",
            &[
                ("name", name),
                ("kind", "supplier"),
                ("person_name", "Mal Lory"),
                ("email", email),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(tray.h1(), "In-tray", "{}", tray.words());
    client
}

/// A draft of this client's own that names an organisation.
async fn bait(client: &Client, named: &Party) -> String {
    let made = client
        .post(
            "/agreements/new",
            &[("type", "agreement"), ("title", "Bait")],
        )
        .await;
    assert_eq!(made.status, 303, "{}", made.words());
    let id = made.location.split(['/', '?']).nth(2).unwrap().to_owned();
    client
        .done(
            &format!("/records/{id}/parties/add"),
            &[("party", named.id().as_str())],
        )
        .await;
    id
}

/// "Set up an organisation you support", with this name.
async fn support(client: &Client, name: &str) -> Page {
    client
        .post(
            "/organisation/supported/new",
            &[
                ("name", name),
                ("kind", "vcs"),
                ("person_name", "Any Body"),
                ("email", "any.body@else.example"),
                ("permission", "yes"),
            ],
        )
        .await
}

/// Somebody says that an organisation is theirs.
async fn claimed(app: &TestApp, name: &str, email: &str) -> Client {
    let client = app.nobody();
    let page = client
        .done(
            "/organisations/new",
            &[
                ("name", name),
                ("kind", "vcs"),
                ("person_name", "Hal Hand"),
                ("email", email),
                ("password", PASSWORD),
            ],
        )
        .await;
    assert_eq!(page.h1(), "Waiting for confirmation", "{}", page.words());
    client
}

async fn only_claim(app: &TestApp) -> String {
    let open = claims::open(&app.operator()).await.unwrap();
    assert_eq!(open.len(), 1);
    format!("/claims/{}", open[0].id)
}

async fn is_registered(app: &TestApp, party: &Party) -> bool {
    let operator = app.operator();
    let entry = organisations::one(&operator, party.id()).await;
    entry.unwrap().is_registered()
}

/// An agreement between three, the last of which is only listed, signed by the others.
async fn signed(app: &TestApp, lead: &Party, other: &Party, listed: &Party) -> RecordId {
    let parties = [lead, other, listed];
    let id = journey::in_review(app, &parties).await;
    for party in [lead, other] {
        journey::agree(app, party, &id).await;
    }
    moves::make(&lead.as_author(app), &id, "ask_for_sign_off", "")
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}"));
    for party in [lead, other] {
        journey::sign(app, party, &id).await;
    }
    id
}

/// It is shown to nobody else: not in the in-tray, not by its address, and no post decides it.
async fn cannot_decide(client: &Client, question: &str) {
    assert!(!client.get("/in-tray").await.says("Hal Hand"));
    assert_eq!(client.get(question).await.status, 404);
    for decision in ["confirm", "refuse"] {
        let fields = [("decision", decision), ("password", PASSWORD)];
        assert_eq!(client.post(question, &fields).await.status, 404);
    }
}

#[tokio::test]
async fn a_draft_that_names_a_listed_organisation_gives_no_power_over_it() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let police = Party::new(&app, "Metropolitan Police", "police").await;
    let peabody = Party::listed(&app, "Peabody Trust", "vcs").await;
    let hub = journey::in_review(&app, &[&camden, &police, &peabody]).await;

    let mal = outsider(&app, "Evil Ltd", "mal@evil.example").await;
    bait(&mal, &peabody).await;
    let page = support(&mal, "Peabody Trust").await;
    assert_eq!(
        (page.status, page.h1().as_str()),
        (200, "Waiting for confirmation"),
        "{}",
        page.words()
    );
    let chosen = mal
        .post(
            "/organisation/choose",
            &[("organisation", peabody.id().as_str())],
        )
        .await;
    assert_eq!(chosen.status, 422, "{}", chosen.words());
    assert_eq!(mal.get(&format!("/records/{hub}")).await.status, 404);
    assert_eq!(mal.get(&format!("/api/v1/records/{hub}")).await.status, 404);
    assert!(!is_registered(&app, &peabody).await);
    // Nor may they say yes to themselves, from the inside or through a second account of theirs.
    cannot_decide(&mal, &only_claim(&app).await).await;
    let again = support(&mal, "Peabody Trust").await;
    assert_eq!(again.errors()[0].0, "name", "asked once");

    // Who it is refuses it; then somebody asks whom an outsider's draft names as well.
    let operator = app.operator();
    let claim = claims::open(&operator).await.unwrap().remove(0);
    assert_eq!(claim.supporter_name, "Evil Ltd");
    let change = claims::decide(&operator, &claim, false).await.unwrap();
    operator.commit(change).await.unwrap();
    claimed(&app, "Peabody Trust", "hal@peabody.example").await;
    cannot_decide(&mal, &only_claim(&app).await).await;
    app.ends_clean().await;
}

#[tokio::test]
async fn two_outsiders_who_sign_with_each_other_know_nobody() {
    let app = TestApp::new().await;
    let evil = Party::new(&app, "Evil Ltd", "borough").await;
    let sock = Party::new(&app, "Sock Ltd", "police").await;
    for party in [&evil, &sock] {
        let operator = app.operator();
        operator.commit(trust::withdraw(party.id())).await.unwrap();
    }
    let peabody = Party::listed(&app, "Peabody Trust", "vcs").await;
    signed(&app, &evil, &sock, &peabody).await;
    claimed(&app, "Peabody Trust", "hal@peabody.example").await;
    let question = only_claim(&app).await;
    cannot_decide(&evil.administrator_client(&app).await, &question).await;

    app.app.clock.advance(SignedDuration::from_secs(1));
    // Confirmed, its word still needs somebody else's signature who was confirmed when they signed.
    let operator = app.operator();
    for party in [&evil, &sock] {
        let change = trust::confirm(&operator, party.id());
        operator.commit(change).await.unwrap();
    }
    cannot_decide(&evil.administrator_client(&app).await, &question).await;
    app.ends_clean().await;
}

#[tokio::test]
async fn who_leads_what_others_have_signed_may_say_and_nobody_else() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let police = Party::new(&app, "Metropolitan Police", "police").await;
    let peabody = Party::listed(&app, "Peabody Trust", "vcs").await;
    let record = signed(&app, &camden, &police, &peabody).await;
    let hal = claimed(&app, "Peabody Trust", "hal@peabody.example").await;
    let question = only_claim(&app).await;
    cannot_decide(&police.administrator_client(&app).await, &question).await;
    cannot_decide(&camden.author_client(&app).await, &question).await;

    // A confirmed organisation that listed it under a name of its own does not outweigh the lead.
    let administrator = camden.administrator_client(&app).await;
    let asked = administrator.get("/in-tray").await.link("Does Hal Hand");
    assert_eq!(asked, question);
    let fields = [("decision", "confirm"), ("password", PASSWORD)];
    let page = administrator.done(&asked, &fields).await;
    assert!(page.says("It is confirmed."), "{}", page.words());
    hal.done(
        "/organisation/choose",
        &[("organisation", peabody.id().as_str())],
    )
    .await;
    assert_eq!(hal.get(&format!("/records/{record}")).await.status, 200);
    app.ends_clean().await;
}

#[tokio::test]
async fn an_organisation_that_listed_an_entry_neither_supports_nor_gives_it_away_alone() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let brent = Party::new(&app, "Brent Council", "borough").await;
    let police = Party::new(&app, "Metropolitan Police", "police").await;
    // Brent lists it; then Camden names it in what is under review.
    let listing = brent.administrator_client(&app).await;
    let fields = [("name", "Helping Hands"), ("kind", "vcs"), ("seen", "yes")];
    let page = listing.done("/organisations/external/new", &fields).await;
    assert!(page.says("It is listed."), "{}", page.words());
    let found = listing.get("/organisations?q=Helping").await;
    let id = found
        .link("Helping Hands")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let mut hands = Party::listed(&app, "Another", "vcs").await;
    hands.partner.id = id.as_str().into();

    // To support it itself, Brent asks like anybody; its second administrator cannot say yes.
    let page = support(&listing, "Helping Hands").await;
    assert_eq!(page.h1(), "Waiting for confirmation", "{}", page.words());
    let second = app
        .client(&brent.partner, "Sec Ond", &[Role::Administrator])
        .await;
    let question = only_claim(&app).await;
    cannot_decide(&second, &question).await;
    // Nor can an organisation that Brent looks after.
    let page = support(&listing, "Under Brent").await;
    assert_eq!(page.h1(), "Under Brent is set up", "{}", page.words());
    let under = listing
        .get("/organisation/supported")
        .await
        .link("Under Brent");
    let under = under.rsplit('/').next().unwrap().to_owned();
    let operator = app.operator();
    let change = trust::confirm(&operator, &under.as_str().into());
    operator.commit(change).await.unwrap();
    listing
        .done("/organisation/choose", &[("organisation", &under)])
        .await;
    cannot_decide(&listing, &question).await;

    // Its administrator is refused with it; the operator confirms, and it is looked after by Brent.
    let claim = claims::open(&operator).await.unwrap().remove(0);
    let change = claims::decide(&operator, &claim, true).await.unwrap();
    operator.commit(change).await.unwrap();
    let entry = organisations::one(&operator, &id.as_str().into()).await;
    let entry = entry.unwrap();
    assert!(entry.is_registered() && entry.is_confirmed);
    assert_eq!(entry.lead.as_ref(), Some(brent.id()));

    // An entry that Brent listed and Camden has under review: Brent's word alone opens nothing.
    let fields = [("name", "Open Door"), ("kind", "vcs"), ("seen", "yes")];
    let lister = brent.administrator_client(&app).await;
    lister.done("/organisations/external/new", &fields).await;
    let found = lister.get("/organisations?q=Open+Door").await;
    let id = found
        .link("Open Door")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    hands.partner.id = id.as_str().into();
    claimed(&app, "Open Door", "hal@door.example").await;
    let question = only_claim(&app).await;
    assert_eq!(lister.get("/in-tray").await.link("Does Hal Hand"), question);
    journey::in_review(&app, &[&camden, &police, &hands]).await;
    cannot_decide(&lister, &question).await;
    app.ends_clean().await;
}

#[tokio::test]
async fn another_name_or_kind_is_no_longer_confirmed() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let confirmed = async || {
        let operator = app.operator();
        let entry = organisations::one(&operator, camden.id()).await;
        entry.unwrap().is_confirmed
    };
    let administrator = camden.administrator_client(&app).await;
    let change = async |name: &str, kind: &str, area: &str| {
        let changed = [
            ("name", name),
            ("kind", kind),
            ("area", area),
            ("password", PASSWORD),
        ];
        let page = administrator
            .filled("/organisation/details", &changed)
            .await;
        assert!(page.says("The details are saved."), "{}", page.words());
    };
    change("camden  council", "borough", "Camden").await;
    assert!(confirmed().await, "the same name, another area");
    change("Camden Council", "police", "Camden").await;
    assert!(!confirmed().await, "another kind");
    let operator = app.operator();
    let again = trust::confirm(&operator, camden.id());
    operator.commit(again).await.unwrap();
    change("National Crime Agency", "police", "Camden").await;
    assert!(!confirmed().await, "another name");
    let entry = administrator
        .get(&format!("/organisations/{}", camden.id()))
        .await;
    assert!(entry.says("No one has confirmed"), "{}", entry.words());
    app.ends_clean().await;
}

#[tokio::test]
async fn a_domain_that_the_operator_confirmed_confirms_its_organisation() {
    let app = TestApp::new().await;
    let camden = Party::new(&app, "Camden Council", "borough").await;
    let operator = app.operator();
    operator.commit(trust::withdraw(camden.id())).await.unwrap();
    let named = domains::ask(&operator, camden.id(), "camden.gov.uk");
    operator.commit(named).await.unwrap();
    let waiting = trust::not_confirmed(&operator).await.unwrap();
    assert_eq!(waiting.len(), 1, "a name alone confirms no one");
    let domain = domains::of(&operator, camden.id()).await.unwrap().remove(0);
    let change = domains::decide(&operator, &domain, true).await.unwrap();
    operator.commit(change).await.unwrap();
    assert!(trust::not_confirmed(&operator).await.unwrap().is_empty());
    app.ends_clean().await;
}
