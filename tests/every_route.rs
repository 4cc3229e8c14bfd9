//! Every route called as nobody, as another organisation and as each role, and printed. Another
//! organisation's record answers as if it did not exist.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aldgate::features::programs::store as tokens;
use aldgate::kernel::ids::{OrganisationId, PersonId, RecordId};
use aldgate::records::store;
use aldgate::router::ROUTES;
use aldgate::web::program::TokenScope;
use db::args;
use packs::{Content, Flow, Role};
use serde_json::json;

use crate::support::{Client, Partner, TestApp};

db::sql! {
    ADD_PARTY = "insert into record_parties (record_id, organisation_id, position, joined_at, type, state, title_key,
            changed_at)
        select id, $2, 1, 0, type, state, title_key, changed_at from records where id = $1";
    EXPIRE = "update sessions set created_at = 0 where person_id = $1";
    REVOKE = "update sessions set ended_at = 0 where person_id = $1";
    ADD_LINE = "insert into lines (id, record_id, version, organisation_id, stage, role, digest, opened_at, lead_id)
        values ($1, $2, 1, $3, $4, $5, 'digest', 0,
            (select organisation_id from records where id = $2))";
}

/// A world in which every parameter of every route names something of the lead's.
struct World {
    app: TestApp,
    lead: Partner,
    party: Partner,
    author: PersonId,
    people: Vec<Somebody>,
    parameters: BTreeMap<&'static str, String>,
}

struct Somebody {
    name: String,
    /// None: nobody is signed in.
    person: Option<(Partner, PersonId)>,
    client: Client,
}

impl World {
    async fn make() -> World {
        let app = TestApp::new().await;
        let lead = app.organisation("Lead Council", "borough").await;
        let party = app.organisation("Party Trust", "nhs_trust").await;
        let stranger = app.organisation("Stranger Council", "borough").await;
        let author = app.person(&lead, "Founder", &[Role::Author]).await;
        let all: Vec<Role> = Role::ALL.iter().map(|(_, role)| *role).collect();
        let mut people = vec![Somebody {
            name: "nobody".to_owned(),
            person: None,
            client: app.nobody(),
        }];
        let mut roles = vec![("stranger".to_owned(), &stranger, all)];
        for (side, partner) in [("lead", &lead), ("party", &party)] {
            for (name, role) in Role::ALL {
                roles.push((format!("{side} {name}"), partner, vec![role]));
            }
        }
        for (name, partner, held) in roles {
            let person = app.person(partner, &name, &held).await;
            let client = app.signed_in(partner, &person).await;
            let person = Some((partner.clone(), person));
            people.push(Somebody {
                name,
                person,
                client,
            });
        }
        // A cookie whose session is over opens what nobody's opens.
        for (name, statement) in [("expired session", &EXPIRE), ("revoked session", &REVOKE)] {
            let person = app.person(&lead, name, &[Role::Administrator]).await;
            let client = app.signed_in(&lead, &person).await;
            let mut tx = app.app.db.begin().await.unwrap();
            tx.execute(statement, args![&person]).await.unwrap();
            tx.commit().await.unwrap();
            people.push(Somebody {
                name: name.to_owned(),
                person: None,
                client,
            });
        }
        // Programs: a token reads through the API and is nothing to any page.
        let reader = app.person(&lead, "Reader", &[Role::Author]).await;
        let ctx = app.acting(&lead, &reader, &[Role::Author]);
        let day = ctx.now.0 + 86_400_000_000;
        for (name, scope, until) in [
            ("token to read", TokenScope::Read, day),
            ("token of another scope", TokenScope::Prompts, day),
            ("token that has run out", TokenScope::Read, ctx.now.0),
            ("token that was ended", TokenScope::Read, day),
        ] {
            let (token, change) = tokens::add(&ctx, name, &[scope], until).unwrap();
            ctx.commit(change).await.unwrap();
            if name == "token that was ended" {
                let held = tokens::held(&ctx, &lead.id).await.unwrap();
                let last = held.iter().find(|token| token.name == name).unwrap();
                ctx.commit(tokens::end(&ctx, &lead.id, last)).await.unwrap();
            }
            people.push(Somebody {
                name: name.to_owned(),
                person: None,
                client: Client::program(&app, &token),
            });
        }
        let mut world = World {
            app,
            lead,
            party,
            author,
            people,
            parameters: BTreeMap::new(),
        };
        world.renew(0).await;
        world
    }

    /// A new agreement of the lead's, and a new session for somebody: what a post can have used up.
    async fn renew(&mut self, number: usize) {
        let record_type = self.app.app.packs.record_type("agreement").unwrap();
        let ctx = self.app.acting(&self.lead, &self.author, &[Role::Author]);
        let flow = Flow {
            id: "flw_1".into(),
            answers: Default::default(),
        };
        let content = Content {
            answers: json!({ "title": "Tried", "data_kind": "yes" })
                .as_object()
                .unwrap()
                .clone(),
            flows: vec![flow],
            ..Content::default()
        };
        let (id, change) = store::create(&ctx, record_type, "Tried", &content).unwrap();
        ctx.commit(change).await.unwrap();
        let line = add(&self.app, &id, &self.party.id).await;
        let section = record_type
            .form
            .sections
            .iter()
            .find(|s| s.each == packs::Each::Party)
            .unwrap();
        let lead = self.lead.id.to_string();
        self.parameters = BTreeMap::from([
            ("section", section.id.clone()),
            ("record_section", record_type.form.sections[0].id.clone()),
            ("scope", lead.clone()),
            ("party", self.party.id.to_string()),
            ("flow", "flw_1".to_owned()),
            ("line", line),
            ("list", "mine".to_owned()),
            ("move", "ask_for_review".to_owned()),
            ("rule", "R004".to_owned()),
            ("question", "gateway".to_owned()),
            ("attachment", "att_none".to_owned()),
            ("file", "att_none".to_owned()),
            ("number", "1".to_owned()),
            ("person", self.author.to_string()),
            ("organisation", lead),
            ("provision", "ukgdpr-art6".to_owned()),
            ("token", "none".to_owned()),
            ("name", "aldgate.css".to_owned()),
            ("role", "rol_none".to_owned()),
            ("api_token", "tok_none".to_owned()),
            ("claim", "clm_none".to_owned()),
            ("domain", "dom_none".to_owned()),
            ("joiner", "jon_none".to_owned()),
            ("offer", "off_none".to_owned()),
            ("kept", "kept_none".to_owned()),
            ("passkey", "pky_none".to_owned()),
            ("session", "ses_none".to_owned()),
            ("record", id.to_string()),
            ("level", "0".to_owned()),
            ("*path", "000.p/1".to_owned()),
        ]);
        let somebody = &mut self.people[number];
        if let Some((partner, person)) = &somebody.person {
            somebody.client = self.app.signed_in(partner, person).await;
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
                ("id", "tokens") => "api_token",
                ("id", "claims") => "claim",
                ("id", "domains") => "domain",
                ("id", "joiners") => "joiner",
                ("id", "offers") => "offer",
                ("section", _) if !pattern.contains("{scope}") => "record_section",
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

/// Adds a party with a review line and a sign-off line. Gives the review line.
async fn add(app: &TestApp, id: &RecordId, party: &OrganisationId) -> String {
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(&ADD_PARTY, args![id, party]).await.unwrap();
    for (stage, role) in [
        ("review", "data_protection_officer"),
        ("sign_off", "senior_officer"),
    ] {
        let line = format!("lin_{stage}_{id}");
        let args = args![line, id, party, stage, role];
        tx.execute(&ADD_LINE, args).await.unwrap();
    }
    tx.commit().await.unwrap();
    format!("lin_review_{id}")
}

/// What nobody was answered, who is always asked first.
fn anonymous(outcomes: &BTreeMap<String, Vec<String>>) -> u16 {
    let nobody = outcomes
        .iter()
        .find(|(_, who)| who.contains(&"nobody".to_owned()));
    let (outcome, _) = nobody.expect("nobody is asked first");
    outcome.split(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_route_and_identity() {
    let mut world = World::make().await;
    let mut text = String::new();
    for (method, pattern) in ROUTES {
        let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for number in 0..world.people.len() {
            let path = world.path(pattern);
            let Somebody {
                name: who, client, ..
            } = &world.people[number];
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
            if who.starts_with("token") && !pattern.starts_with("/api/") {
                let told = page.status == anonymous(&outcomes);
                assert!(told, "{method} {path} as {who}: {} as nobody", page.status);
            }
            let over = who.ends_with(" session");
            if (over || who == "nobody") && pattern.starts_with("/records/{id}") {
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
                world.renew(number).await;
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
