//! An address that someone typed proves nothing, and a membership is an offer: who makes an account with
//! somebody else's address receives nothing, and no one is attached to an organisation without a word.

use aldgate::cli::invite;
use aldgate::organisations::roles;
use db::args;
use jiff::SignedDuration;
use packs::Role;

use crate::support::{Client, PASSWORD, Page, Partner, TestApp};

db::sql! {
    ROSA = "select id from people where email = $1";
}

const ROSA_MAIL: &str = "rosa.newcomb@camden.example";
const OTHER: &str = "three other random words";

/// A company that anyone sets up, with whatever address.
async fn sets_up(app: &TestApp, name: &str, email: &str) -> Client {
    let client = app.nobody();
    let fields = [
        ("name", name),
        ("kind", "supplier"),
        ("person_name", "Rosa Newcomb"),
        ("email", email),
        ("password", PASSWORD),
    ];
    let tray = client.done("/organisations/new", &fields).await;
    assert_eq!(tray.h1(), "In-tray", "{}", tray.words());
    client
}

async fn adds(admin: &Client, name: &str, email: &str, held: &[&str]) -> Page {
    let mut fields = vec![("person_name", name), ("email", email)];
    fields.extend(held.iter().map(|role| ("roles", *role)));
    let page = admin.post("/organisation/people/new", &fields).await;
    assert_eq!(page.status, 200, "{}", page.words());
    page
}

fn link(page: &Page) -> String {
    let link = page.all("#invitation").concat();
    let at = link.find("/invitations/").expect("a link");
    link[at..].to_owned()
}

async fn council(app: &TestApp) -> (Partner, Client) {
    let camden = app.organisation("Camden Council", "borough").await;
    let admin = app
        .client(&camden, "Amir Admin", &[Role::Administrator])
        .await;
    (camden, admin)
}

async fn signs_in(app: &TestApp, email: &str, password: &str) -> (Client, Page) {
    let client = app.nobody();
    let page = client
        .post("/sign-in", &[("email", email), ("password", password)])
        .await;
    (client, page)
}

#[tokio::test]
async fn an_account_made_with_someone_elses_address_receives_nothing_and_is_lost() {
    let app = TestApp::new().await;
    let (camden, admin) = council(&app).await;
    let squatter = sets_up(&app, "Squat Ltd", ROSA_MAIL).await;
    // With more than a password to come back with.
    let made = squatter
        .post(
            "/organisation/tokens/new",
            &[("name", "Later"), ("scope", "read"), ("life", "365")],
        )
        .await;
    let token = made.all("#token").concat();
    assert!(squatter.get("/me").await.says("No one has proved"));

    let roles = ["senior_officer", "administrator"];
    let invited = adds(&admin, "Rosa Newcomb", ROSA_MAIL, &roles).await;
    assert_eq!(invited.h1(), "Rosa Newcomb is invited");

    // Neither the session that was there nor a new one sees or can do anything there.
    let (again, entered) = signs_in(&app, ROSA_MAIL, PASSWORD).await;
    assert_eq!(entered.location, "/in-tray");
    for client in [&squatter, &again] {
        for page in ["/in-tray", "/me", "/organisation/choose"] {
            assert!(!client.get(page).await.says("Camden"), "{page}");
        }
        let chosen = client
            .post(
                "/organisation/choose",
                &[("organisation", camden.id.as_str())],
            )
            .await;
        assert_eq!(chosen.status, 422);
    }

    // Rosa opens the link, and the account is hers: nothing of the other comes with it.
    let rosa = app.nobody();
    let tray = rosa.done(&link(&invited), &[("password", OTHER)]).await;
    assert_eq!(tray.all(".govuk-caption-l"), ["Camden Council"]);
    let choice = rosa.get("/organisation/choose").await;
    assert!(choice.says("Camden Council") && !choice.says("Squat Ltd"));
    assert_eq!(rosa.get("/organisation/people/new").await.status, 200);
    for client in [&squatter, &again] {
        assert!(
            client
                .get("/in-tray")
                .await
                .location
                .starts_with("/sign-in")
        );
    }
    assert_eq!(signs_in(&app, ROSA_MAIL, PASSWORD).await.1.status, 422);
    let program = Client::program(&app, &token);
    assert_eq!(program.get("/api/v1/records").await.status, 401);
    assert_eq!(
        signs_in(&app, ROSA_MAIL, OTHER).await.1.location,
        "/in-tray"
    );
    app.ends_clean().await;
}

/// Who opens their own invitation to somebody else's address has proved nothing to others.
#[tokio::test]
async fn an_invitation_handed_over_counts_for_the_organisation_that_gave_it() {
    let app = TestApp::new().await;
    let (camden, admin) = council(&app).await;
    let leech = sets_up(&app, "Leech Ltd", "le@ech.example").await;
    let own = adds(&leech, "Rosa Newcomb", ROSA_MAIL, &["viewer"]).await;
    let squatter = app.nobody();
    squatter.done(&link(&own), &[("password", PASSWORD)]).await;

    let invited = adds(&admin, "Rosa Newcomb", ROSA_MAIL, &["senior_officer"]).await;
    let (again, _) = signs_in(&app, ROSA_MAIL, PASSWORD).await;
    for client in [&squatter, &again] {
        for page in ["/in-tray", "/me", "/organisation/choose"] {
            assert!(!client.get(page).await.says("Camden"), "{page}");
        }
    }
    // Whose of the two accounts it is cannot be told here. Nobody gets in by the link alone.
    let rosa = app.nobody();
    let refused = rosa.post(&link(&invited), &[("password", OTHER)]).await;
    assert_eq!(
        (refused.status, refused.errors()[0].0.as_str()),
        (422, "password")
    );
    assert!(refused.says("Sign in to it"), "{}", refused.words());
    // The operator can: with their link Rosa begins afresh.
    let asked = invite::Asked::of(ROSA_MAIL, camden.id.as_str());
    let address = invite::link(&app.operator(), &asked).await.unwrap();
    let path = address[address.find("/invitations/").unwrap()..].to_owned();
    assert_eq!(rosa.get(&link(&invited)).await.status, 422, "replaced");
    let asked = rosa.post(&path, &[("password", OTHER)]).await;
    assert!(
        asked.says("No, the account is not mine"),
        "{}",
        asked.words()
    );
    let tray = rosa
        .done(&path, &[("password", OTHER), ("disowned", "yes")])
        .await;
    assert_eq!(tray.all(".govuk-caption-l"), ["Camden Council"]);
    assert!(!rosa.get("/organisation/choose").await.says("Leech"));
    assert!(
        squatter
            .get("/in-tray")
            .await
            .location
            .starts_with("/sign-in")
    );
    app.ends_clean().await;
}

/// With a link to somebody's address nobody ends or enters the account of who works with others.
#[tokio::test]
async fn a_link_in_the_hands_of_a_stranger_takes_nothing_from_anyone() {
    let app = TestApp::new().await;
    let asha = sets_up(&app, "Camden Council", "asha@camden.example").await;
    let bo = app.nobody();
    let invited = adds(&asha, "Bo Lee", "bo@camden.example", &["author"]).await;
    bo.done(&link(&invited), &[("password", PASSWORD)]).await;

    let leech = sets_up(&app, "Leech Ltd", "le@ech.example").await;
    for email in ["asha@camden.example", "bo@camden.example"] {
        let own = link(&adds(&leech, "Whoever", email, &["viewer"]).await);
        let thief = app.nobody();
        let refused = thief.post(&own, &[("password", OTHER)]).await;
        assert_eq!(refused.status, 422, "{}", refused.words());
        assert_eq!(signs_in(&app, email, PASSWORD).await.1.location, "/in-tray");
        // Nor as somebody else who is signed in.
        let refused = leech.post(&own, &[("decision", "accept")]).await;
        assert_eq!(refused.status, 422);
    }
    for client in [&asha, &bo] {
        assert_eq!(client.get("/in-tray").await.status, 200);
        assert!(!client.get("/organisation/choose").await.says("Leech"));
    }
    app.ends_clean().await;
}

#[tokio::test]
async fn a_membership_is_an_offer_that_the_person_accepts() {
    let app = TestApp::new().await;
    let islington = app.organisation("Islington Council", "borough").await;
    let own = app
        .client(&islington, "Ivy Admin", &[Role::Administrator])
        .await;
    let carmen = app
        .person(&islington, "Carmen Highwind", &[Role::SeniorOfficer])
        .await;
    let mail = "carmen-highwind@islington-council.example";
    let leech = sets_up(&app, "Leech Ltd", "le@ech.example").await;

    // The same answer, whether there is an account or not.
    let mut seen = Vec::new();
    for (email, name) in [
        (mail, "Whatever Name"),
        ("no.one@nowhere.example", "Else Name"),
    ] {
        let page = adds(&leech, name, email, &["viewer"]).await;
        let path = link(&page);
        let opened = app.nobody().get(&path).await;
        assert_eq!(opened.status, 200);
        let neutral = |page: &Page| {
            page.words()
                .replace(path.rsplit('/').next().unwrap(), "TOKEN")
                .replace(name, "NAME")
                .replace(email, "EMAIL")
        };
        seen.push((neutral(&page), neutral(&opened)));
    }
    assert_eq!(seen[0], seen[1]);
    let people = leech.get("/organisation/people").await;
    assert!(people.says("Whatever Name") && !people.says("Carmen"));
    assert_eq!(people.all(".govuk-tag"), ["Invited, not joined yet"; 2]);

    // Nothing of it binds: her own organisation can still give her a new link, and she lands where she did.
    let fresh = format!("/organisation/people/{carmen}/invitation");
    assert_eq!(own.get(&fresh).await.status, 200);
    let (client, entered) = signs_in(&app, mail, PASSWORD).await;
    assert_eq!(entered.location, "/in-tray");
    let tray = client.get("/in-tray").await;
    assert!(
        tray.says("Viewer, asked in the last day"),
        "{}",
        tray.words()
    );
    let offer = tray.link("Leech Ltd offers you a role");
    assert_eq!(
        client.get("/me").await.link("Leech Ltd offers you a role"),
        offer
    );

    // It is hers alone to answer, and a session is not enough to accept.
    assert_eq!(own.get(&offer).await.status, 404);
    assert_eq!(
        leech.post(&offer, &[("decision", "accept")]).await.status,
        404
    );
    let thief = client.thief();
    let refused = thief.post(&offer, &[("decision", "accept")]).await;
    assert_eq!(refused.errors()[0].0, "password");
    assert_eq!(client.post(&offer, &[]).await.errors()[0].0, "decision");
    let declined = client.post(&offer, &[("decision", "decline")]).await;
    assert_eq!(declined.h1(), "You have declined the invitation");
    assert_eq!(client.get(&offer).await.status, 422);
    let people = leech.get("/organisation/people").await;
    assert!(people.says("Declined") && !people.says("Carmen"));

    // Another offer she accepts, and holds what was offered from then on.
    let (camden, admin) = council(&app).await;
    adds(&admin, "C. Highwind", mail, &["author", "viewer"]).await;
    let offer = client
        .get("/in-tray")
        .await
        .link("Camden Council offers you roles");
    let accepted = client.post(&offer, &[("decision", "accept")]).await;
    assert_eq!(accepted.location, "/organisation/choose");
    client
        .done(
            "/organisation/choose",
            &[("organisation", camden.id.as_str())],
        )
        .await;
    assert_eq!(client.get("/agreements/new").await.status, 200);
    assert!(
        admin
            .get("/organisation/people")
            .await
            .says("Carmen Highwind")
    );
    assert_eq!(
        client.post(&offer, &[("decision", "accept")]).await.status,
        422
    );
    app.ends_clean().await;
}

/// What carries a link may end before the link is used.
#[tokio::test]
async fn an_invitation_ends_with_what_it_carries() {
    let app = TestApp::new().await;
    let (camden, admin) = council(&app).await;
    let opened = async |path: &str, words: &str| {
        let page = app.nobody().get(path).await;
        assert!(page.status == 422 && page.says(words), "{}", page.words());
        let posted = app.nobody().post(path, &[("password", OTHER)]).await;
        assert!(posted.status == 422 && posted.says(words));
    };
    // An offer that is withdrawn, replaced, declined or too old.
    let path = link(&adds(&admin, "Eve Early", "eve@camden.example", &["viewer"]).await);
    let people = admin.get("/organisation/people").await;
    admin
        .done(&people.link("the invitation to Eve Early"), &[])
        .await;
    opened(&path, "has withdrawn this invitation").await;
    let path = link(&adds(&admin, "Eve Early", "eve@camden.example", &["viewer"]).await);
    let people = admin.get("/organisation/people").await;
    let again = admin.post(&people.link("for Eve Early"), &[]).await;
    opened(&path, "a newer one has taken its place").await;
    let path = link(&again);
    let declined = app.nobody().post(&path, &[("decision", "decline")]).await;
    assert_eq!(declined.h1(), "You have declined the invitation");
    opened(&path, "was declined").await;
    let path = link(&adds(&admin, "Eve Early", "eve@camden.example", &["viewer"]).await);
    app.app
        .clock
        .advance(SignedDuration::from_hours(24 * 14 + 1));
    opened(&path, "has expired").await;

    // A link for a new password, once the role has ended, or once the person works elsewhere too.
    let admin = app
        .client(&camden, "Ada Admin", &[Role::Administrator])
        .await;
    let ended = app.person(&camden, "Ed Ended", &[Role::Viewer]).await;
    let moved = app.person(&camden, "Mo Moved", &[Role::Viewer]).await;
    let fresh = async |person: &str| {
        let path = format!("/organisation/people/{person}/invitation");
        link(&admin.post(&path, &[]).await)
    };
    let (of_ended, of_moved) = (fresh(ended.as_str()).await, fresh(moved.as_str()).await);
    let people = admin.get("/organisation/people").await;
    admin
        .done(&people.link("the role of viewer for Ed Ended"), &[])
        .await;
    opened(&of_ended, "Your role in Camden Council has ended").await;
    let trust = app.organisation("Royal Trust", "nhs_trust").await;
    let operator = app.operator();
    let role = roles::grant(&operator, &trust.id, &moved, &Role::SeniorOfficer.into());
    operator.commit(role).await.unwrap();
    opened(&of_moved, "You now work for another organisation").await;
    let mail = "mo-moved@camden-council.example";
    assert_eq!(signs_in(&app, mail, PASSWORD).await.1.status, 303);
    app.ends_clean().await;
}

/// Who made an account before their organisation invited them keeps it, by showing that it is theirs.
#[tokio::test]
async fn who_has_the_link_and_the_account_keeps_it() {
    let app = TestApp::new().await;
    let (camden, admin) = council(&app).await;
    let rosa = sets_up(&app, "Rosa’s Charity", ROSA_MAIL).await;
    let path = link(&adds(&admin, "Rosa Newcomb", ROSA_MAIL, &["author"]).await);
    let page = rosa.get(&path).await;
    assert_eq!(page.h1(), "Do you want to work for Camden Council here?");
    let thief = rosa.thief();
    let refused = thief.post(&path, &[("decision", "accept")]).await;
    assert_eq!(refused.errors()[0].0, "password", "a session is not enough");
    let accepted = rosa.post(&path, &[("decision", "accept")]).await;
    assert_eq!(accepted.location, "/organisation/choose");
    let choice = rosa.get("/organisation/choose").await;
    assert!(choice.says("Camden Council") && choice.says("Rosa’s Charity"));
    assert!(!rosa.get("/me").await.says("No one has proved"));
    let row = app.app.db.one(&ROSA, args![ROSA_MAIL]).await.unwrap();
    let held = roles::held(&app.operator(), &camden.id).await.unwrap();
    assert!(
        held.iter()
            .any(|h| h.person.as_str() == row.text("id").unwrap())
    );
    app.ends_clean().await;
}
