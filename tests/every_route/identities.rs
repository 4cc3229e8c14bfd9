//! Who tries each route: nobody, strangers, those who were once somebody here, each role of the lead and of a party,
//! programs, and the holder of a link for something else.

use aldgate::identity::api_tokens as tokens;
use aldgate::identity::api_tokens::TokenScope;
use aldgate::organisations::roles;
use db::args;
use packs::Role;

use super::world::World;
use crate::support::{Client, Partner, TestApp};
use aldgate::kernel::ids::PersonId;

db::sql! {
    EXPIRE = "update sessions set created_at = 0 where person_id = $1";
    REVOKE = "update sessions set ended_at = 0 where person_id = $1";
}

pub struct Identity {
    pub name: String,
    /// Who is signed in, for whom. None: nobody is.
    person: Option<(Partner, PersonId)>,
    pub client: Client,
    /// As it was at first.
    first: Client,
}

impl Identity {
    fn new(name: &str, person: Option<(Partner, PersonId)>, client: Client) -> Identity {
        Identity {
            name: name.to_owned(),
            person,
            first: client.again(),
            client,
        }
    }

    /// A form may have ended or changed the session, or begun one: they are again what they were.
    pub async fn renew(&mut self, app: &TestApp) {
        self.client = match &self.person {
            Some((partner, person)) => app.signed_in(partner, person).await,
            None => self.first.again(),
        };
    }
}

/// They are in a fixed order, nobody first.
pub async fn all(world: &World) -> Vec<Identity> {
    let app = &world.app;
    let every: Vec<Role> = Role::ALL.iter().map(|(_, role)| *role).collect();
    let mut all = vec![Identity::new("nobody", None, app.nobody())];
    let mut people = vec![
        ("stranger".to_owned(), &world.stranger, every.clone()),
        // Each record of these scenes had it as a party while it was drafted.
        ("former party".to_owned(), &world.former, every.clone()),
        ("ended roles".to_owned(), &world.lead.partner, every),
    ];
    for (side, party) in [("lead", &world.lead), ("party", &world.party)] {
        for (name, role) in Role::ALL {
            people.push((format!("{side} {name}"), &party.partner, vec![role]));
        }
    }
    for (name, partner, held) in people {
        let person = app.person(partner, &format!("Try {name}"), &held).await;
        if name == "ended roles" {
            end_roles(app, partner, &person).await;
        }
        let client = app.signed_in(partner, &person).await;
        let person = Some((partner.clone(), person));
        all.push(Identity::new(&name, person, client));
    }
    all.extend(without_a_session(world).await);
    all.extend(programs(world).await);
    let holder = world.holder_of_another_link().await;
    all.push(Identity::new("holder of another link", None, holder));
    all
}

async fn end_roles(app: &TestApp, partner: &Partner, person: &PersonId) {
    let ctx = app.operator();
    for holding in roles::held(&ctx, &partner.id).await.unwrap() {
        if holding.person == *person {
            let change = roles::end(&ctx, &partner.id, &holding);
            ctx.commit(change).await.unwrap();
        }
    }
}

/// A cookie whose session is over opens what nobody's opens.
async fn without_a_session(world: &World) -> Vec<Identity> {
    let app = &world.app;
    let mut all = Vec::new();
    for (name, statement) in [("expired session", &EXPIRE), ("revoked session", &REVOKE)] {
        let partner = &world.lead.partner;
        let person = app.person(partner, name, &[Role::Administrator]).await;
        let client = app.signed_in(partner, &person).await;
        let mut tx = app.app.db.begin().await.unwrap();
        tx.execute(statement, args![&person]).await.unwrap();
        tx.commit().await.unwrap();
        all.push(Identity::new(name, None, client));
    }
    all
}

/// A token reads through the API and is nothing to any page.
async fn programs(world: &World) -> Vec<Identity> {
    let app = &world.app;
    let partner = &world.lead.partner;
    let reader = app.person(partner, "Reader", &[Role::Author]).await;
    let ctx = app.acting(partner, &reader, &[Role::Author]);
    let day = ctx.now.0 + 86_400_000_000;
    let mut all = Vec::new();
    for (name, scope, until) in [
        ("token to read", TokenScope::Read, day),
        ("token of another scope", TokenScope::Prompts, day),
        ("token that has run out", TokenScope::Read, ctx.now.0),
        ("token that was ended", TokenScope::Read, day),
    ] {
        let (token, change) = tokens::add(&ctx, name, &[scope], until).unwrap();
        ctx.commit(change).await.unwrap();
        if name == "token that was ended" {
            let held = tokens::held(&ctx, &partner.id).await.unwrap();
            let last = held.iter().find(|token| token.name == name).unwrap();
            ctx.commit(tokens::end(&ctx, &partner.id, last))
                .await
                .unwrap();
        }
        all.push(Identity::new(name, None, Client::program(app, &token)));
    }
    all
}
