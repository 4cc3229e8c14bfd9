//! Demonstrations: one click signs in as a made-up person. Nothing of this exists otherwise.

use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use db::{args, sql};
use maud::{Markup, html};
use packs::Role;

use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Refusal, phrases};
use crate::pages::sign_in::enter::{before, enter_as, local};
use crate::web::{Posted, Visit};

sql! {
    // Only made-up people have such addresses.
    PEOPLE = "select o.id as organisation_id, o.name as organisation_name, p.id as person_id, p.name, r.role
        from people p join roles r on r.person_id = p.id join organisations o on o.id = r.organisation_id
        where p.email like '%.demo.example' and r.ended_at is null
            and (r.from_day = '' or r.from_day <= $1) and (r.until_day = '' or r.until_day >= $1)
        order by o.name_key, o.id, p.name, p.id, r.role limit 1000";
    ONE = "select p.id from people p join roles r on r.person_id = p.id
        where p.id = $1 and p.email like '%.demo.example' and r.organisation_id = $2 and r.ended_at is null limit 1";
}

/// Everybody in the demo has this password: whoever signs is asked for it again.
pub const DEMO_PASSWORD: &str = "demo-only-password";

struct Person {
    id: String,
    name: String,
    roles: Vec<&'static str>,
}

struct Group {
    id: String,
    name: String,
    people: Vec<Person>,
}

/// Everybody who can be signed in as, by organisation.
pub async fn people(visit: &Visit, next: &str) -> Result<Markup, Refusal> {
    let today = visit.now.today().to_string();
    let mut groups: Vec<Group> = Vec::new();
    for row in visit.app.db.all(&PEOPLE, args![today]).await? {
        let organisation = row.text("organisation_id")?;
        if groups.last().is_none_or(|group| group.id != organisation) {
            groups.push(Group {
                id: organisation,
                name: row.text("organisation_name")?,
                people: Vec::new(),
            });
        }
        let Some(group) = groups.last_mut() else {
            continue;
        };
        let person = row.text("person_id")?;
        if group.people.last().is_none_or(|last| last.id != person) {
            group.people.push(Person {
                id: person,
                name: row.text("name")?,
                roles: Vec::new(),
            });
        }
        if let (Some(person), Some(role)) =
            (group.people.last_mut(), Role::parse(&row.text("role")?))
        {
            person.roles.push(role.title());
        }
    }
    Ok(html! {
        h2 class="govuk-heading-m" id="demo" { "Or try it as a made-up person" }
        p class="govuk-body" {
            "Everyone’s password is " strong { (DEMO_PASSWORD) } ". You are asked for it when you sign."
        }
        @for group in &groups {
            h3 class="govuk-heading-s" { (group.name) }
            ul class="app-lines" {
                @for person in &group.people { (line(visit, next, group, person)) }
            }
        }
    })
}

fn line(visit: &Visit, next: &str, group: &Group, person: &Person) -> Markup {
    html! {
        li class="app-lines__line" {
            span class="app-lines__who" { strong { (person.name) } ", " (phrases::list(&person.roles)) }
            (visit.form("/demo/sign-in", html! {
                input type="hidden" name="person" value=(person.id);
                input type="hidden" name="organisation" value=(group.id);
                @if !next.is_empty() { input type="hidden" name="next" value=(next); }
                button type="submit" class="govuk-button govuk-button--secondary govuk-!-margin-bottom-0" data-module="govuk-button" {
                    "Sign in" span class="govuk-visually-hidden" { " as " (person.name) " of " (group.name) }
                }
            }))
        }
    }
}

pub async fn save(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    if !posted.app.settings.demo {
        return Err(Refusal::NotFound);
    }
    let person = PersonId::from(posted.fields.one("person"));
    let organisation = OrganisationId::from(posted.fields.one("organisation"));
    posted
        .app
        .db
        .optional(&ONE, args![&person, &organisation])
        .await?
        .ok_or(Refusal::NotFound)?;
    let to = local(posted.fields.one("next")).unwrap_or("/in-tray");
    let (change, entry) = enter_as(&posted, &person, "demo", Some(&organisation), to);
    before(&posted).commit(change).await?;
    Ok(entry.answer(&posted, jar))
}
