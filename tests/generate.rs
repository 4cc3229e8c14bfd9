//! A generated coalition is what the application would have written.

use std::collections::{BTreeMap, BTreeSet};

use ::evidence::{Extent, Given};
use aldgate::demo;
use aldgate::demo::generate::{FEWEST, Order, generate};
use aldgate::kernel::access::Action;
use aldgate::kernel::ids::{OrganisationId, PersonId, RecordId};
use aldgate::kernel::{Acting, Ctx};
use aldgate::records::situation::Situation;
use aldgate::records::{evidence, versions};
use db::{args, sql};
use packs::Role;

use crate::support::TestApp;

sql! {
    AGREEMENTS = "select id, organisation_id, state, content from records where type = 'agreement' order by id";
    COUNT = "select count(*) as agreements, count(distinct state) as states from records where type = 'agreement'";
    OUT = "select count(*) as published from publications where until_at is null and withdrawn = 0";
    TIMES = "select at from acts order by sequence";
    ACTS = "select kind, act from acts order by sequence";
}

const ORDER: Order = Order {
    organisations: 2 * FEWEST,
    people: 4 * FEWEST,
    agreements: 24,
    published: 3,
    seed: 7,
};

async fn generated(order: &Order) -> TestApp {
    let app = TestApp::new().await;
    generate(&app.app, order, |_| ()).await.unwrap();
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

/// Of so many that organisations and their statements fall into several commits, in the order of their time.
#[tokio::test]
async fn as_many_organisations_as_wanted() {
    sql! { REGISTERED = "select count(*) as found from records where type = 'memorandum'"; }
    let order = Order {
        organisations: 1_200,
        people: 2_400,
        agreements: 1,
        published: 0,
        ..ORDER
    };
    let app = generated(&order).await;
    let found = app.app.db.one(&REGISTERED, &[]).await.unwrap();
    assert!(found.int("found").unwrap() > 500);
    app.ends_clean().await;
}

#[tokio::test]
async fn a_generated_coalition_holds() {
    let app = generated(&ORDER).await;
    let db = &app.app.db;
    let count = db.one(&COUNT, &[]).await.unwrap();
    assert_eq!(count.int("agreements").unwrap(), 24);
    assert!(count.int("states").unwrap() > 3);
    assert_eq!(
        db.one(&OUT, &[]).await.unwrap().int("published").unwrap(),
        3
    );

    // Acts are told in the order of time, after the log's own beginning.
    let times = db.all(&TIMES, &[]).await.unwrap();
    let times = times.iter().map(|row| row.int("at").unwrap());
    let times: Vec<i64> = times.skip_while(|at| *at == app.operator().now.0).collect();
    assert!(times.is_sorted());
    assert!(*times.last().unwrap() < app.operator().now.0);

    let mut decided = 0;
    for row in db.all(&AGREEMENTS, &[]).await.unwrap() {
        let ctx = of(&app, &row.text("organisation_id").unwrap());
        let id = RecordId::from(row.text("id").unwrap());
        let situation = Situation::load(&ctx, &id, Action::See).await.unwrap();
        // Nothing of where it was made is left.
        let content = row.text("content").unwrap();
        assert!(!content.to_lowercase().contains("slot"), "{content}");
        for version in &situation.versions {
            let (digest, text) = versions::canonical_text(&ctx, &id, version.number)
                .await
                .unwrap();
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(ledger::canonical(&value), text.as_bytes());
            assert_eq!(ledger::digest(text.as_bytes()), digest);
        }
        // What proves its decisions holds, so each seal, act and digest is right.
        if let Some(version) = situation.proved_version() {
            let bundle = evidence::bundle(&ctx, &situation, version, Extent::Parties)
                .await
                .unwrap();
            let report = ::evidence::verify(&bundle.to_bytes(), &Given::default()).unwrap();
            assert!(report.holds(), "{report:?}");
            decided += 1;
        }
    }
    assert!(decided > 5, "{decided}");
    app.ends_clean().await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_coalition() {
    let mut titles = BTreeSet::new();
    for _ in 0..2 {
        let app = generated(&Order {
            agreements: 3,
            published: 0,
            ..ORDER
        })
        .await;
        let rows = app.app.db.all(&AGREEMENTS, args![]).await.unwrap();
        let ids: Vec<String> = rows
            .iter()
            .map(|row| row.text("content").unwrap())
            .collect();
        titles.insert(ids);
    }
    assert_eq!(titles.len(), 1);
}

/// The acts of the demo, which go through the functions of the pages, by kind: which details they have.
#[tokio::test]
async fn acts_say_what_the_demos_say() {
    let made = TestApp::new().await;
    demo::fill(made.app.clone(), |_| ()).await.unwrap();
    let known = details(&made).await;
    let app = generated(&ORDER).await;
    for (kind, details) in details(&app).await {
        let known = known.get(&kind);
        assert!(
            known.is_some_and(|known| details.is_subset(known)),
            "{kind}"
        );
    }
}

async fn details(app: &TestApp) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in app.app.db.all(&ACTS, &[]).await.unwrap() {
        let act: serde_json::Value = serde_json::from_str(&row.text("act").unwrap()).unwrap();
        let keys = act["detail"].as_object().unwrap().keys().cloned();
        let kind = row.text("kind").unwrap();
        found.entry(kind).or_default().extend(keys);
    }
    found
}
