//! Every route, tried with things that exist. The rightful person is seen to succeed first; only then are the answers
//! to everybody else believed and printed. Another organisation's record answers as if it did not exist.
//!
//! A new route needs one line in a table (`records.rs`, `decisions.rs`, `public.rs`, `accounts.rs`, `organisations.rs`):
//! method, path, who may rightfully open it, the scene that makes what it is about, and for a post a valid form.

mod accounts;
mod case;
mod decisions;
mod identities;
mod organisations;
mod public;
mod records;
mod scenes;
mod scenes_of_accounts;
mod scenes_of_records;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use aldgate::router::ROUTES;

use self::case::{Case, OWN, Things};
use self::identities::Identity;
use self::world::World;
use crate::support::{Client, Page};

/// Nobody else's page: not a refusal, and not the way to the sign-in.
fn is_opened(page: &Page) -> bool {
    match page.status {
        200 => true,
        303 => !page.location.starts_with("/sign-in"),
        _ => false,
    }
}

/// What is printed of an answer.
fn outcome(page: &Page) -> String {
    match page.status {
        303 if page.location.starts_with("/sign-in") => "303 sign in".to_owned(),
        status => status.to_string(),
    }
}

/// What must be so of an answer to this identity, whatever the route is.
fn check(case: &Case, who: &str, page: &Page, anonymous: &str) {
    let Case { method, route, .. } = case;
    let said = || {
        format!(
            "{method} {route} as {who}: {} {}",
            page.status,
            page.words()
        )
    };
    assert!(page.status < 500, "{}", said());
    let of_a_record = route.starts_with("/records/{id}");
    if of_a_record && matches!(who, "stranger" | "former party") {
        assert_eq!(page.status, 404, "{}", said());
    }
    let without_session = who == "nobody" || who.ends_with(" session") || who.contains("link");
    if of_a_record && without_session {
        let told = page.location.starts_with("/sign-in") || page.status == 400;
        assert!(told, "{}", said());
    }
    if of_a_record && who == "ended roles" {
        assert!(!is_opened(page), "{}", said());
    }
    if who.starts_with("token") && !route.starts_with("/api/") {
        assert_eq!(outcome(page), anonymous, "{}", said());
    }
}

/// The browser of the person who may open it.
fn rightful<'a>(case: &Case, things: &'a Things, identities: &'a [Identity]) -> &'a Client {
    if case.who == OWN {
        return things.own.as_ref().expect("the scene makes a browser");
    }
    let found = identities.iter().find(|i| i.name == case.who);
    let found = found.unwrap_or_else(|| panic!("{}: there is no “{}”", case.route, case.who));
    &found.client
}

/// Tries one route. Gives what is printed, or why the rightful person could not open it.
async fn tried(world: &World, identities: &mut [Identity], case: &Case) -> Result<String, String> {
    let route = format!("{} {}", case.method, case.route);
    let mut things = case.make(world).await;
    let at = identities.iter().position(|i| i.name == case.who);
    let client = rightful(case, &things, identities);
    let mut fields = case.fields(&things, client).await;
    let page = case.send(client, &things, &fields).await;
    if !is_opened(&page) && case.leads_to != Some(page.location.as_str()) {
        let said = page.errors();
        return Err(format!(
            "{route} as {}: {} {} {said:?} {:.300}",
            case.who,
            page.status,
            page.location,
            page.words()
        ));
    }
    let mut text = format!("\n{route}\n  opened by {}: {}", case.who, page.status);
    if page.status == 303 {
        write!(text, " to {}", things.name(&page.location)).unwrap();
    }
    text.push('\n');
    let mut used_up = case.is_post() || case.scene.is_used_up_by_reading();
    if let (Some(at), true) = (at, used_up) {
        identities[at].renew(&world.app).await;
    }
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut anonymous = String::new();
    for number in 0..identities.len() {
        if used_up {
            things = case.make(world).await;
            let client = rightful(case, &things, identities);
            fields = case.fields(&things, client).await;
            used_up = false;
        }
        let who = identities[number].name.clone();
        if Some(number) == at && number > 0 {
            continue;
        }
        let page = case
            .send(&identities[number].client, &things, &fields)
            .await;
        if number == 0 {
            anonymous = outcome(&page);
        }
        check(case, &who, &page, &anonymous);
        // It may have changed something: the next one meets the scene as it was.
        if case.is_post() && is_opened(&page) {
            used_up = true;
            identities[number].renew(&world.app).await;
        }
        outcomes.entry(outcome(&page)).or_default().push(who);
    }
    let everybody = identities.len() - usize::from(at.is_some_and(|at| at > 0));
    for (outcome, who) in outcomes {
        let who = if who.len() == everybody {
            "everybody else".to_owned()
        } else {
            who.join(", ")
        };
        writeln!(text, "  {outcome}: {who}").unwrap();
    }
    Ok(text)
}

/// Tries a table. Nothing is printed while there is a route that nobody was seen to open.
async fn answers(cases: Vec<Case>) -> String {
    let world = World::make().await;
    let mut identities = identities::all(&world).await;
    let mut text = String::new();
    let mut unopened = Vec::new();
    for case in &cases {
        match tried(&world, &mut identities, case).await {
            Ok(said) => text.push_str(&said),
            Err(why) => unopened.push(why),
        }
    }
    assert!(
        unopened.is_empty(),
        "Nobody was seen to open these. Mend who, scene or form in the table:\n{}",
        unopened.join("\n")
    );
    world.app.ends_clean().await;
    text
}

#[tokio::test]
async fn drafting_answers_whom_it_should() {
    insta::assert_snapshot!("records", answers(records::table()).await);
}

#[tokio::test]
async fn decisions_answer_whom_they_should() {
    insta::assert_snapshot!("decisions", answers(decisions::table()).await);
}

#[tokio::test]
async fn what_everybody_sees_answers_whom_it_should() {
    insta::assert_snapshot!("public", answers(public::table()).await);
}

#[tokio::test]
async fn accounts_answer_whom_they_should() {
    insta::assert_snapshot!("accounts", answers(accounts::table()).await);
}

#[tokio::test]
async fn organisations_answer_whom_they_should() {
    insta::assert_snapshot!("organisations", answers(organisations::table()).await);
}

#[test]
fn every_route_is_tried() {
    let tables = [
        records::table(),
        decisions::table(),
        public::table(),
        accounts::table(),
        organisations::table(),
    ];
    let all = || tables.iter().flatten();
    let tried: BTreeSet<_> = all().map(|case| (case.method, case.route)).collect();
    let routes: BTreeSet<_> = ROUTES.iter().copied().collect();
    let missing: Vec<String> = routes
        .difference(&tried)
        .map(|(method, route)| {
            let form = if *method == "post" {
                ".sends(&[(\"field\", \"a valid value\")])"
            } else {
                ""
            };
            format!("    {method}(\"{route}\", \"who may open it\", Scene::ThatMakesIt){form},")
        })
        .collect();
    assert!(
        missing.is_empty(),
        "These routes are not tried. Add to a table in tests/every_route (records, decisions, public, accounts or \
         organisations), with the name of an identity in identities.rs or OWN, a scene of scenes.rs and a valid \
         form:\n{}\nThen run `INSTA_UPDATE=always cargo nextest run -p aldgate -E 'test(every_route)'` and read \
         what the snapshot says of it.",
        missing.join("\n")
    );
    let gone: Vec<_> = tried.difference(&routes).collect();
    assert!(gone.is_empty(), "There is no such route: {gone:?}");
}
