//! `/organisation/supported`: a lead organisation sets up others on their behalf.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Button, Cell, InsetText, Table};
use maud::{Markup, html};
use packs::Role;

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Problem, Refusal};
use crate::organisations::details::Details;
use crate::organisations::setup;
use crate::organisations::store::Organisation;
use crate::organisations::{roles, store};
use crate::pages::organisation::new_person;
use crate::pages::organisation::new_person::{Added, Invited, pass_on};
use crate::pages::organisation::overview::member;
use crate::pages::organisation::sign_up;
use crate::pages::organisation::sign_up::Supported;
use crate::pages::organisation::{fields, progress};
use crate::pages::sign_in::fields as person;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit};

const BACK: &str = "/organisation/supported";
const PAGE: usize = 50;

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let acting = match member(&visit) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(visit.refused(refusal, "/organisation")),
    };
    let query = Fields::parse(&query.unwrap_or_default());
    let after = (query.one("after"), query.one("id"));
    let lead = &acting.organisation;
    let mut found = store::supported(&visit.ctx, lead, after, PAGE as i64 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let body = html! {
        p class="govuk-body" {
            "Your organisation can set up others that need help, such as small charities. They decide and sign for \
             themselves; you can look after their details and people with them."
        }
        @if visit.holds(Role::Administrator) {
            (Button::link("Set up an organisation", "/organisation/supported/new"))
        }
        @if found.is_empty() {
            p class="govuk-body" { "You support no organisation yet." }
        } @else {
            (table(&visit, &found).await?)
        }
        @if let (true, Some(last)) = (more, found.last()) {
            p class="govuk-body" { a class="govuk-link" rel="next" href=(next(last)) { "Show more" } }
        }
    };
    Ok(visit.show(
        Sheet::new("Organisations you support", body)
            .caption(acting.organisation_name.clone())
            .back("/organisation"),
    ))
}

fn next(last: &Organisation) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("after", &last.name_key)
        .append_pair("id", last.id.as_str())
        .finish();
    format!("{BACK}?{query}")
}

async fn table(visit: &Visit, found: &[Organisation]) -> Result<Markup, Refusal> {
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok(Markup::default());
    };
    let lead = &visit.ctx.acting()?.organisation;
    let names = (first.name_key.as_str(), last.name_key.as_str());
    let setups = setup::of_supported(&visit.ctx, lead, names).await?;
    let rows = found
        .iter()
        .map(|organisation| {
            let setup = setups.get(&organisation.id);
            let missing: Vec<&str> = setup
                .into_iter()
                .flat_map(|setup| setup.missing().map(|step| step.title()))
                .collect();
            vec![
                Cell::new(html! {
                    a class="govuk-link" href={ "/organisations/" (organisation.id) } { (organisation.details.name) }
                }),
                setup.map_or_else(String::new, progress::words).into(),
                Cell::new(html! {
                    @if missing.is_empty() { "Nothing" }
                    ul class="govuk-list" { @for step in &missing { li { (step) } } }
                }),
            ]
        })
        .collect();
    Ok(html! {
        (Table {
            caption: "Set-up progress",
            caption_hidden: true,
            head: vec!["Organisation".into(), "Progress".into(), "Still to do".into()],
            rows,
            first_cell_is_header: true,
            ..Table::default()
        })
    })
}

enum Done {
    SetUp(Added),
    /// For the listed organisation of this name.
    Waits(String),
}

#[derive(Default)]
struct Typed {
    details: Details,
    person_name: String,
    email: String,
}

pub async fn form(visit: Visit) -> Result<Response, Refusal> {
    if let Err(refusal) = visit.with_role(Role::Administrator) {
        return Ok(visit.refused(refusal, BACK));
    }
    page(&visit, &Typed::default(), Vec::new()).await
}

/// Setting up an organisation makes people its administrators.
fn setting_up(by: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "organisation.registered",
        subject: by.as_str(),
    }
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let acting = match posted.with_role(Role::Administrator) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let typed = Typed {
        details: fields::read(&posted.fields),
        person_name: posted.fields.one("person_name").to_owned(),
        email: posted.fields.one("email").to_owned(),
    };
    let details = typed.details.clone().tidy();
    let mut problems = fields::problems(&posted.fields, &details, &posted.app.packs.law);
    problems.extend(person::name_problem(&posted.fields, "person_name"));
    problems.extend(person::email_problem(&typed.email));
    if posted.fields.one("permission") != "yes" {
        problems.push(Problem::new(
            "permission",
            "Confirm that the organisation has asked you to set it up",
        ));
    }
    if problems.is_empty() {
        problems = match step_up::check(&posted, setting_up(&acting.organisation)).await {
            Err(Refusal::Invalid(problems)) => problems,
            other => other.map(|_| Vec::new())?,
        };
    }
    if !problems.is_empty() {
        return page(&posted, &typed, problems).await;
    }
    let done = posted
        .decide(|| async {
            let ctx = &posted.ctx;
            let (own, by) = (&acting.organisation, &acting.person);
            let (organisation, change) = match sign_up::supported(ctx, &details, own, by).await? {
                (Supported::New(organisation), change) => (organisation, change),
                (Supported::Waits { listed }, change) => return Ok((change, Done::Waits(listed))),
            };
            let wanted = [Role::Administrator];
            let (added_change, added) = new_person::add(
                ctx,
                &organisation,
                &typed.person_name,
                &typed.email,
                &wanted,
            )
            .await?;
            let mut change = change.and(added_change);
            if !matches!(added.invited, Invited::Oneself) {
                let own = Role::Administrator.into();
                change = change.and(roles::grant(ctx, &organisation, &acting.person, &own));
            }
            Ok((change, Done::SetUp(added)))
        })
        .await;
    match done {
        Ok(Done::Waits(listed)) => {
            let body = html! {
                p class="govuk-body" {
                    (listed) " is listed here already, so agreements may name it. Someone who knew it before you asked confirms \
                     first that your organisation may look after it: an administrator of another organisation that listed it \
                     or that leads a signed agreement with it, or the operator of this gateway."
                }
                p class="govuk-body" {
                    "Ask your contact there. Once it is confirmed, you become its administrator and can add its people. "
                    a class="govuk-link" href="/organisations/waiting" { "See how it stands" } "."
                }
            };
            Ok(posted.show(Sheet::new("Waiting for confirmation", body).back(BACK)))
        }
        Ok(Done::SetUp(added)) => {
            let body = html! {
                @if !matches!(added.invited, Invited::Oneself) { (pass_on(&posted, &added, &details.name)) }
                @if matches!(added.invited, Invited::Link(_)) {
                    (InsetText::new("You are its administrator as well until you end that role, so you can help with the set-up."))
                }
                p class="govuk-body" {
                    "To help with its set-up, "
                    a class="govuk-link" href="/organisation/choose" { "act for " (details.name) } ", or go "
                    a class="govuk-link" href=(BACK) { "back to the organisations you support" } "."
                }
            };
            Ok(posted.show(Sheet::new(format!("{} is set up", details.name), body)))
        }
        Err(refusal) => page(&posted, &typed, refusal.problems()?).await,
    }
}

async fn page(visit: &Visit, typed: &Typed, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let by = &visit.ctx.acting()?.organisation;
    let proof = step_up::fields(visit, setting_up(by), &problems).await?;
    let title = "Set up an organisation you support";
    let body = html! {
        p class="govuk-body" {
            "You and the person you name here become its administrators. It still needs its own senior officer and \
             data protection officer. If it is listed here already, someone who knows it confirms first."
        }
        (visit.form("/organisation/supported/new", html! {
            h2 class="govuk-heading-m" { "The organisation" }
            (fields::show(&visit.app.packs.law, &typed.details, &problems))
            h2 class="govuk-heading-m" { "Its administrator" }
            (person::name("person_name", "Full name", &typed.person_name, &problems, false))
            (person::email("Work email address", Some("They sign in with it"), &typed.email, &problems, false))
            (govuk::Checkboxes {
                id: "permission",
                name: "permission",
                legend: "Has it asked you?".into(),
                items: vec![govuk::Checkbox::new("yes", "The organisation has asked us to set it up")],
                error: crate::web::error_of(&problems, "permission"),
                ..govuk::Checkboxes::default()
            })
            (proof)
            (Button::submit("Set up the organisation"))
        }))
    };
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}
