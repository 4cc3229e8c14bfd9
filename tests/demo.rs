//! The demo coalition is what it promises to be.

use std::collections::BTreeMap;

use aldgate::demo;
use aldgate::identity::credential;
use aldgate::identity::people as identity;
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::{OrganisationId, PersonId};
use aldgate::kernel::{Acting, Ctx};
use aldgate::organisations::setup;
use aldgate::pages::sign_in::demo::DEMO_PASSWORD;
use aldgate::records::lines;
use aldgate::records::lines::Stage;
use aldgate::records::publication::{Extent, store as register};
use aldgate::records::{Record, fetch};
use aldgate::settings::Settings;
use db::{args, sql};
use packs::{PromptState, Role, Severity};

use crate::support::TestApp;

sql! {
    RECORDS = "select id, title, organisation_id from records where type = 'agreement' order by title_key";
    PEOPLE = "select p.email, p.name, r.organisation_id, r.role from people p join roles r on r.person_id = p.id";
    ORGANISATIONS = "select id, name, kind, standing, fee_number from organisations";
    ONE = "select id from organisations where name = $1";
    TIMES = "select at from acts order by sequence";
}

async fn filled() -> TestApp {
    let app = TestApp::with(Settings {
        demo: true,
        ..Settings::default()
    })
    .await;
    assert!(demo::is_empty(&app.app).await.unwrap());
    demo::fill(app.app.clone(), |_| ()).await.unwrap();
    assert!(!demo::is_empty(&app.app).await.unwrap());
    app
}

/// Somebody of the organisation, who may see its records.
fn of(app: &TestApp, organisation: &str) -> Ctx {
    let mut ctx = app.operator();
    ctx.acting = Some(Acting {
        person: PersonId::from("per_test"),
        name: "Test".to_owned(),
        organisation: OrganisationId::from(organisation),
        organisation_name: String::new(),
        roles: [Role::Viewer].into(),
    });
    ctx
}

async fn agreements(app: &TestApp) -> BTreeMap<String, Record> {
    let mut found = BTreeMap::new();
    for row in app.app.db.all(&RECORDS, &[]).await.unwrap() {
        let ctx = of(app, &row.text("organisation_id").unwrap());
        let id = row.text("id").unwrap().into();
        let record = fetch(&ctx, &id, Action::See).await.unwrap();
        found.insert(row.text("title").unwrap(), record);
    }
    found
}

/// The open prompts of a record by severity.
fn open(app: &TestApp, record: &Record, severity: Severity) -> Vec<String> {
    let ctx = of(app, record.lead.as_str());
    let view = record.view(&ctx).unwrap();
    let mut rules: Vec<String> = view
        .prompts(ctx.now.today())
        .into_iter()
        .filter(|p| p.state == PromptState::Open && p.rule.severity == severity)
        .map(|p| p.rule.id.clone())
        .collect();
    rules.dedup();
    rules
}

#[tokio::test]
async fn the_demo_holds_what_it_promises() {
    let app = filled().await;

    let rows = app.app.db.all(&ORGANISATIONS, &[]).await.unwrap();
    let boroughs = rows.iter().filter(|r| r.text("kind").unwrap() == "borough");
    assert_eq!(boroughs.count(), 33);
    for row in &rows {
        let fee = row.text("fee_number").unwrap();
        let name = row.text("name").unwrap();
        assert!(
            fee.is_empty() || fee.starts_with("Z00000"),
            "{name}: {fee} looks real"
        );
        if row.text("standing").unwrap() == "registered" {
            let ctx = app.operator();
            let id = OrganisationId::from(row.text("id").unwrap());
            assert!(setup::of(&ctx, &id).await.unwrap().is_complete(), "{name}");
        }
    }

    let agreements = agreements(&app).await;
    let states: BTreeMap<&str, (&str, usize)> = agreements
        .iter()
        .map(|(title, r)| (title.as_str(), (r.state.as_str(), r.parties.len())))
        .collect();
    assert_eq!(
        states,
        BTreeMap::from([
            ("Camden multi-agency safeguarding hub", ("review", 7)),
            (
                "Early help for households likely to lose their home",
                ("draft", 3)
            ),
            (
                "Home fire safety visits for people with care needs",
                ("review", 2)
            ),
            (
                "Map of where people most need help to get online",
                ("in_force", 3)
            ),
            (
                "Night-time noise map of Camden and Islington (pilot)",
                ("ended", 4)
            ),
            (
                "People who cannot cope alone in an emergency",
                ("sign_off", 4)
            ),
            ("Prevent and Channel panel for Camden", ("in_force", 3)),
            ("Shared record of people who sleep rough", ("in_force", 5)),
        ])
    );
    let hub = &agreements["Camden multi-agency safeguarding hub"];
    let mut kinds: Vec<&str> = hub.parties.iter().map(|p| p.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 7);

    for (title, record) in &agreements {
        let blockers = open(&app, record, Severity::Block);
        let musts = open(&app, record, Severity::Must);
        if record.state == "draft" {
            for rule in ["R010", "R061", "R062", "R100"] {
                assert!(blockers.iter().any(|b| b == rule), "{title}: {blockers:?}");
            }
        } else {
            assert!(blockers.is_empty(), "{title}: {blockers:?}");
            assert!(musts.is_empty(), "{title}: {musts:?}");
            let ctx = of(&app, record.lead.as_str());
            assert!(record.view(&ctx).unwrap().missing().is_empty(), "{title}");
        }
    }

    // One waits for the visitor: Camden's data protection officer.
    let camden = app
        .app
        .db
        .one(&ONE, args!["London Borough of Camden"])
        .await
        .unwrap();
    let camden = camden.text("id").unwrap();
    let ctx = of(&app, &camden);
    let fire = &agreements["Home fire safety visits for people with care needs"];
    let waiting = lines::of_record(&ctx, &fire.id).await.unwrap();
    assert!(waiting.iter().any(|line| {
        line.is_waiting()
            && line.stage == Stage::Review
            && line.role == Role::DataProtectionOfficer
            && line.organisation.as_str() == camden
    }));

    // And one has a party that joins.
    let sleeping = &agreements["Shared record of people who sleep rough"];
    assert!(sleeping.parties.iter().any(|p| p.joining.is_some()));

    // What the public may read: three in full, one in part.
    let camden_summary = &agreements["Prevent and Channel panel for Camden"];
    let nobody = app.nobody();
    let page = nobody.get("/register").await;
    assert_eq!(page.status, 200);
    for title in [
        "Map of where people most need help to get online",
        "Night-time noise map of Camden and Islington (pilot)",
        "Prevent and Channel panel for Camden",
        "Shared record of people who sleep rough",
    ] {
        assert!(page.says(title), "{title}: {}", page.words());
    }
    assert!(!page.says("Camden multi-agency safeguarding hub"));
    let summary = app.operator();
    let published = register::public(&summary, &camden_summary.id)
        .await
        .unwrap();
    assert_eq!(published.choice.extent, Extent::Summary);
    assert_eq!(published.choice.withheld.len(), 2);
    assert!(published.choice.look_again() > summary.now.today().to_string());

    // It happened in the order in which it is told.
    let rows = app.app.db.all(&TIMES, &[]).await.unwrap();
    let times: Vec<i64> = rows.iter().map(|row| row.int("at").unwrap()).collect();
    assert!(
        *times.last().unwrap() <= app.operator().now.0,
        "something lies in the future"
    );
    assert!(times[times.len() / 2] > times[0]);
    app.ends_clean().await;
}

#[tokio::test]
async fn everybody_in_the_demo_can_sign_in() {
    let app = filled().await;
    let ctx = app.operator();
    let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut emails = std::collections::BTreeSet::new();
    for row in app.app.db.all(&PEOPLE, &[]).await.unwrap() {
        let organisation = row.text("organisation_id").unwrap();
        roles
            .entry(organisation)
            .or_default()
            .push(row.text("role").unwrap());
        emails.insert(row.text("email").unwrap());
    }
    assert_eq!(roles.len(), 8);
    for held in roles.values() {
        for role in [
            "administrator",
            "author",
            "data_protection_officer",
            "senior_officer",
            "viewer",
        ] {
            assert!(held.iter().any(|held| held == role), "{role}");
        }
    }
    let mut hashes = std::collections::BTreeSet::new();
    for email in emails {
        assert!(
            aldgate::adapters::smtp::address(&email).is_ok() && email.ends_with(".demo.example"),
            "{email}"
        );
        let account = identity::by_email(&ctx, &email).await.unwrap().unwrap();
        hashes.insert(account.password.unwrap());
    }
    // Hashing is slow on purpose: one hash serves all of them.
    assert_eq!(hashes.len(), 1);
    let hash = hashes.pop_first();
    assert!(DEMO_PASSWORD.len() >= credential::SHORTEST);
    assert!(
        credential::verify(&ctx, DEMO_PASSWORD.to_owned(), hash)
            .await
            .unwrap()
    );
    app.ends_clean().await;
}
