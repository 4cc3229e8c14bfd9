//! Every route called as nobody, as another organisation and as each role, and printed. Another
//! organisation's record answers as if it did not exist.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aldgate::kernel::ids::RecordId;
use aldgate::records::store;
use aldgate::router::ROUTES;
use db::args;
use packs::{Content, Flow, Role};
use serde_json::json;

use crate::support::{Client, TestApp};

db::sql! {
    ADD_PARTY = "insert into record_parties (record_id, organisation_id, position, joined_at) values ($1, $2, 1, 0)";
    ADD_LINE = "insert into lines (id, record_id, version, organisation_id, stage, role, digest, opened_at)
        values ($1, $2, 1, $3, $4, $5, 'digest', 0)";
}

/// A world in which every parameter of every route names something of the lead's.
struct World {
    app: TestApp,
    people: Vec<(String, Client)>,
    parameters: BTreeMap<&'static str, String>,
}

impl World {
    async fn make() -> World {
        let app = TestApp::new().await;
        let lead = app.organisation("Lead Council", "borough").await;
        let party = app.organisation("Party Trust", "nhs_trust").await;
        let stranger = app.organisation("Stranger Council", "borough").await;
        let author = app.person(&lead, "Founder", &[Role::Author]).await;
        let ctx = app.acting(&lead, &author, &[Role::Author]);
        let mut content = Content::default();
        content.answers = json!({ "title": "Tried", "data_kind": "yes" })
            .as_object()
            .unwrap()
            .clone();
        content.flows.push(Flow {
            id: "flw_1".into(),
            answers: Default::default(),
        });
        let record_type = app.app.packs.record_type("agreement").unwrap();
        let (id, change) = store::create(&ctx, record_type, "Tried", &content).unwrap();
        ctx.commit(change).await.unwrap();
        add(&app, &id, &party.id).await;
        let all: Vec<Role> = Role::ALL.iter().map(|(_, role)| *role).collect();
        let mut people = vec![
            ("nobody".to_owned(), app.nobody()),
            (
                "stranger".to_owned(),
                app.client(&stranger, "Sam Stranger", &all).await,
            ),
        ];
        for (name, role) in Role::ALL {
            people.push((
                format!("lead {name}"),
                app.client(&lead, &format!("Lead {name}"), &[role]).await,
            ));
        }
        for (name, role) in Role::ALL {
            people.push((
                format!("party {name}"),
                app.client(&party, &format!("Party {name}"), &[role]).await,
            ));
        }
        let section = record_type
            .form
            .sections
            .iter()
            .find(|s| s.each == packs::Each::Party)
            .unwrap();
        let parameters = BTreeMap::from([
            ("section", section.id.clone()),
            ("scope", lead.id.to_string()),
            ("party", party.id.to_string()),
            ("flow", "flw_1".to_owned()),
            ("line", "lin_1".to_owned()),
            ("move", "ask_for_review".to_owned()),
            ("rule", "R004".to_owned()),
            ("question", "gateway".to_owned()),
            ("attachment", "att_none".to_owned()),
            ("number", "1".to_owned()),
            ("person", author.to_string()),
            ("organisation", lead.id.to_string()),
            ("org", lead.id.to_string()),
            ("provision", "ukgdpr-art6".to_owned()),
            ("gateway", "G01".to_owned()),
            ("token", "none".to_owned()),
            ("name", "aldgate.css".to_owned()),
            ("role", "rol_none".to_owned()),
            ("record", id.to_string()),
            ("lead", lead.id.to_string()),
            ("digest", "none".to_owned()),
        ]);
        World {
            app,
            people,
            parameters,
        }
    }

    /// The path with its parameters filled in. `{id}` is whatever stands before it.
    fn path(&self, pattern: &str) -> String {
        let mut filled: Vec<String> = Vec::new();
        for part in pattern.split('/') {
            let Some(name) = part.strip_prefix('{').and_then(|p| p.split('}').next()) else {
                filled.push(part.to_owned());
                continue;
            };
            let before = filled.last().map_or("", String::as_str);
            let name = match (name, before) {
                ("id", "records" | "register" | "agreements") => "record",
                ("id", "organisations") => "organisation",
                ("id", "provisions") => "provision",
                ("id", "gateways") => "gateway",
                ("id", "roles") => "role",
                (name, _) => name,
            };
            let value = self
                .parameters
                .get(name)
                .unwrap_or_else(|| panic!("{pattern}: what is {name}?"));
            let rest = part.split_once('}').map_or("", |(_, rest)| rest);
            filled.push(format!("{value}{rest}"));
        }
        filled.join("/")
    }
}

async fn add(app: &TestApp, id: &RecordId, party: &aldgate::kernel::ids::OrganisationId) {
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(&ADD_PARTY, args![id, party]).await.unwrap();
    for (line, stage, role) in [
        ("lin_1", "review", "data_protection_officer"),
        ("lin_2", "sign_off", "senior_officer"),
    ] {
        tx.execute(&ADD_LINE, args![line, id, party, stage, role])
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn every_route_and_identity() {
    let mut world = World::make().await;
    let mut text = String::new();
    for (method, pattern) in ROUTES {
        let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for number in 0..world.people.len() {
            let path = world.path(pattern);
            let (who, client) = &world.people[number];
            let page = if *method == "get" {
                client.get(&path).await
            } else {
                client.post(&path, &[]).await
            };
            assert!(
                page.status < 500,
                "{method} {path} as {who}: {} {}",
                page.status,
                page.words()
            );
            if who == "stranger" && pattern.starts_with("/records/{id}") {
                assert_eq!(
                    page.status,
                    404,
                    "{method} {path} as a stranger: {}",
                    page.words()
                );
            }
            if who == "nobody" && pattern.starts_with("/records/{id}") {
                let told = page.location.starts_with("/sign-in") || page.status == 400;
                assert!(told, "{method} {path} as nobody: {}", page.status);
            }
            let outcome = match page.status {
                303 if page.location.starts_with("/sign-in") => "303 sign in".to_owned(),
                status => status.to_string(),
            };
            outcomes.entry(outcome).or_default().push(who.clone());
            if *method == "post" && page.status == 303 && !page.location.starts_with("/sign-in") {
                // It changed something: the next person meets the world as it was.
                world = World::make().await;
            }
        }
        writeln!(text, "\n{method} {pattern}").unwrap();
        for (outcome, who) in outcomes {
            let who = if who.len() == world.people.len() {
                "everybody".to_owned()
            } else {
                who.join(", ")
            };
            writeln!(text, "  {outcome}: {who}").unwrap();
        }
    }
    world.app.ends_clean().await;
    insta::assert_snapshot!("every_route", text);
}
