//! Every state × every move × every role, tried through the pages and printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aldgate::kernel::ids::{OrganisationId, RecordId};
use aldgate::records::store;
use db::args;
use packs::{Content, Parties, RecordType, Role};

use crate::support::{Client, Page, Partner, TestApp};

db::sql! {
    PUT_IN_STATE = "update records set state = $2, effective_version = null where id = $1";
    ADD_PARTY = "insert into record_parties (record_id, organisation_id, position, joined_at) values ($1, $2, 1, 0)";
}

/// Puts a record in a state without a move: only a test may.
async fn put_in_state(app: &TestApp, record: &RecordId, state: &str) {
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(&PUT_IN_STATE, args![record, state])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn record(
    app: &TestApp,
    record_type: &RecordType,
    lead: &Partner,
    party: &OrganisationId,
) -> RecordId {
    let author = app
        .person(
            lead,
            &format!("Founder of {}", record_type.id),
            &[Role::Author],
        )
        .await;
    let ctx = app.acting(lead, &author, &[Role::Author]);
    let (id, change) = store::create(&ctx, record_type, "Tried", &Content::default()).unwrap();
    ctx.commit(change).await.unwrap();
    if record_type.parties == Parties::Many {
        let mut tx = app.app.db.begin().await.unwrap();
        tx.execute(&ADD_PARTY, args![&id, party]).await.unwrap();
        tx.commit().await.unwrap();
    }
    id
}

fn outcome(page: &Page) -> &'static str {
    match page.status {
        303 if page.location.starts_with("/sign-in") => "has to sign in",
        303 => "done",
        403 => "not for them",
        404 => "not found",
        422 if page.says("has moved this on already") => "not from here",
        422 => "not yet",
        other => panic!("status {other}: {}", page.words()),
    }
}

#[tokio::test]
async fn every_state_move_and_role() {
    let app = TestApp::new().await;
    let lead = app.organisation("Lead Council", "borough").await;
    let party = app.organisation("Party Trust", "nhs_trust").await;
    let stranger = app.organisation("Stranger Council", "borough").await;
    let all: Vec<Role> = Role::ALL.iter().map(|(_, role)| *role).collect();
    let mut people: Vec<(String, Client)> = vec![("nobody".into(), app.nobody())];
    people.push((
        "a stranger with every role".into(),
        app.client(&stranger, "Sam Stranger", &all).await,
    ));
    for (name, role) in Role::ALL {
        people.push((
            format!("lead {name}"),
            app.client(&lead, &format!("Lead {name}"), &[role]).await,
        ));
        people.push((
            format!("party {name}"),
            app.client(&party, &format!("Party {name}"), &[role]).await,
        ));
    }
    let packs = app.app.packs.clone();
    let mut text = String::new();
    for record_type in packs.types.values() {
        let id = record(&app, record_type, &lead, &party.id).await;
        for state in &record_type.workflow.states {
            for wanted in &record_type.workflow.moves {
                let mut outcomes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
                for (who, client) in &people {
                    put_in_state(&app, &id, &state.id).await;
                    let path = format!("/records/{id}/moves/{}", wanted.id);
                    let page = client.post(&path, &[("reason", "Because")]).await;
                    outcomes.entry(outcome(&page)).or_default().push(who);
                }
                writeln!(
                    text,
                    "\n{}: {} from {}",
                    record_type.id, wanted.id, state.id
                )
                .unwrap();
                for (outcome, who) in outcomes {
                    writeln!(text, "  {outcome}: {}", who.join(", ")).unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!("every_move", text);
}
