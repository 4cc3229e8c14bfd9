//! A page asks the database as often for a large record of a large gateway as for a small one of a small
//! gateway: no list asks once more for each of its rows.

use std::collections::BTreeMap;

use aldgate::demo::generate::{FEWEST, Order, generate};
use db::{args, sql};

use crate::support::{Client, Partner, TestApp};

sql! {
    IN_FORCE = "select r.id, r.organisation_id, o.name, count(*) as parties from records r
        join publications u on u.record_id = r.id and u.until_at is null
        join organisations o on o.id = r.organisation_id join record_parties p on p.record_id = r.id
        where r.type = 'agreement' and r.effective_version is not null
        group by r.id, r.organisation_id, o.name order by parties, r.id";
    ADMINISTRATOR = "select person_id from roles where organisation_id = $1 and role = 'administrator'";
}

/// Pages of whoever is signed in, and of one agreement.
const PAGES: &[&str] = &[
    "/in-tray",
    "/in-tray/mine",
    "/in-tray/ours",
    "/in-tray/drafts",
    "/in-tray/awaited",
    "/agreements",
    "/agreements?sort=title",
    "/agreements?state=draft&q=e",
    "/organisation",
    "/organisation/people",
    "/organisation/activity",
    "/organisation/supported",
    "/organisation/tokens",
    "/organisations",
    "/organisations?q=school",
    "/memorandum",
    "/assurance",
    "/law",
    "/law/impact",
    "/me",
    "/me/sessions",
    "/register",
    "/register?text=fire",
    "/register/{id}",
    "/api/v1/register",
    "/log/keys",
    "/api/v1/log/keys",
    "/records/{id}",
    "/records/{id}/parties",
    "/records/{id}/comments",
    "/records/{id}/law",
    "/records/{id}/history",
    "/records/{id}/versions",
    "/records/{id}/versions/1",
    "/records/{id}/check",
    "/records/{id}/publish",
    "/records/{id}/sections/purpose",
];

#[tokio::test]
async fn no_page_asks_more_of_a_larger_gateway() {
    let small = counted(
        &Order {
            organisations: FEWEST,
            people: 2 * FEWEST,
            agreements: 10,
            published: 6,
            seed: 3,
        },
        false,
    )
    .await;
    let large = counted(
        &Order {
            organisations: 3 * FEWEST,
            people: 12 * FEWEST,
            agreements: 150,
            published: 40,
            seed: 3,
        },
        true,
    )
    .await;
    let more: Vec<String> = small
        .iter()
        .filter(|(page, count)| large[*page] != **count)
        .map(|(page, count)| format!("{page}: {count} statements, then {}", large[page]))
        .collect();
    assert!(more.is_empty(), "{}", more.join("\n"));
}

/// How many statements each page takes, of the agreement with the fewest or the most parties.
async fn counted(order: &Order, most: bool) -> BTreeMap<&'static str, u64> {
    let app = TestApp::new().await;
    generate(&app.app, order, |_| ()).await.unwrap();
    let rows = app.app.db.all(&IN_FORCE, &[]).await.unwrap();
    let row = if most { rows.last() } else { rows.first() };
    let row = row.expect("an agreement in force");
    let lead = Partner {
        id: row.text("organisation_id").unwrap().into(),
        name: row.text("name").unwrap(),
    };
    let person = app
        .app
        .db
        .one(&ADMINISTRATOR, args![&lead.id])
        .await
        .unwrap();
    let person = person.text("person_id").unwrap().as_str().into();
    let client: Client = app.signed_in(&lead, &person).await;
    let id = row.text("id").unwrap();
    let mut counts = BTreeMap::new();
    for page in PAGES {
        let path = page.replace("{id}", &id);
        let before = db::asked();
        let answer = client.get(&path).await;
        counts.insert(*page, db::asked() - before);
        assert_eq!(answer.status, 200, "{path}");
    }
    counts
}
