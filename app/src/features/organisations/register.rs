//! `/organisations/new`: an organisation sets itself up, with its first administrator.

use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::html;
use packs::Role;

use super::details::Details;
use super::store::{self, OrganisationStanding};
use super::{alike, fields, roles};
use crate::features::identity::enter::{before, enter_as};
use crate::features::identity::{fields as person, store as identity};
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Change, Ctx, Problem, Refusal};
use crate::web::{Posted, Sheet, Visit, credential, see_other};

#[derive(Default)]
struct Typed {
    details: Details,
    person_name: String,
    email: String,
}

pub async fn show(visit: Visit) -> Response {
    page(&visit, &Typed::default(), Vec::new())
}

pub async fn save(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    let typed = Typed {
        details: fields::read(&posted.fields),
        person_name: posted.fields.one("person_name").to_owned(),
        email: posted.fields.one("email").to_owned(),
    };
    let details = typed.details.clone().tidy();
    let mut problems = details.problems(&posted.app.packs.law);
    let password = posted.fields.one("password");
    if posted.acting.is_none() {
        problems.extend(person::name_problem("person_name", &typed.person_name));
        problems.extend(person::email_problem(&typed.email));
        problems.extend(person::password_problem(password));
    }
    if !problems.is_empty() {
        return Ok(page(&posted, &typed, problems));
    }
    let done = match &posted.acting {
        Some(acting) => match with_account(&posted, &acting.person, &details).await {
            Ok(()) => return Ok(see_other("/in-tray")),
            Err(refusal) => Err(refusal),
        },
        None => {
            let hash = credential::hash(&posted.ctx, password.to_owned()).await?;
            with_new_person(&posted, &typed, &details, &hash).await
        }
    };
    match done {
        Ok((organisation, administrator)) => {
            let (change, entry) = enter_as(
                &posted,
                &administrator,
                "password",
                Some(&organisation),
                "/in-tray",
            );
            before(&posted).commit(change).await?;
            Ok(entry.answer(&posted, jar))
        }
        Err(refusal) => Ok(page(&posted, &typed, refusal.problems()?)),
    }
}

async fn with_new_person(
    posted: &Posted,
    typed: &Typed,
    details: &Details,
    hash: &str,
) -> Result<(OrganisationId, PersonId), Refusal> {
    posted
        .decide(|| async {
            if identity::by_email(&posted.ctx, &typed.email).await?.is_some() {
                return Err(Refusal::invalid(
                    "email",
                    "There is an account with this email address. Sign in first, then set up your organisation",
                ));
            }
            let (organisation, change) = registered(&posted.ctx, details, None).await?;
            let (administrator, added) = identity::add(
                &posted.ctx,
                &typed.person_name,
                &typed.email,
                Some(hash.to_owned()),
            );
            let change = change
                .and(added)
                .and(first_roles(&posted.ctx, &organisation, &administrator));
            Ok((change, (organisation, administrator)))
        })
        .await
}

async fn with_account(
    posted: &Posted,
    person: &PersonId,
    details: &Details,
) -> Result<(), Refusal> {
    let token = posted
        .decide(|| async {
            let (organisation, change) = registered(&posted.ctx, details, None).await?;
            let (token, switched) =
                identity::switch_session(posted, &posted.session.hash(), &organisation);
            let change = change
                .and(first_roles(&posted.ctx, &organisation, person))
                .and(switched);
            Ok((change, token))
        })
        .await?;
    posted.session.renewed(&posted.app, token);
    Ok(())
}

/// The organisation's entry: a new one, or the external one that it had.
pub async fn registered(
    ctx: &Ctx,
    details: &Details,
    lead: Option<&OrganisationId>,
) -> Result<(OrganisationId, Change), Refusal> {
    Ok(match alike::to_register(ctx, details).await? {
        Some(mut listed) => {
            let change = store::register_external(&listed, lead);
            listed.revision += 1;
            let change = change.and(store::change_details(&listed, details));
            (listed.id, change)
        }
        None => store::add(ctx, details, OrganisationStanding::Registered, lead),
    })
}

fn first_roles(ctx: &Ctx, organisation: &OrganisationId, person: &PersonId) -> Change {
    roles::grant(ctx, organisation, person, &Role::Administrator.into()).and(roles::grant(
        ctx,
        organisation,
        person,
        &Role::Author.into(),
    ))
}

fn page(visit: &Visit, typed: &Typed, problems: Vec<Problem>) -> Response {
    let body = html! {
        p class="govuk-body" {
            "Set up your organisation once. You become its first administrator and can add other people afterwards. \
             It takes about 10 minutes, and you can stop and come back."
        }
        p class="govuk-body" {
            "Before you start, check that "
            a class="govuk-link" href="/sign-in" { "nobody has set it up already" }
            " and that you may act for it."
        }
        (visit.form("/organisations/new", html! {
            h2 class="govuk-heading-m" { "Your organisation" }
            (fields::show(&visit.app.packs.law, &typed.details, &problems))
            h2 class="govuk-heading-m" { "You, its first administrator" }
            @match &visit.acting {
                Some(acting) => p class="govuk-body" { "You are signed in as " (acting.name) ", and become its administrator." }
                None => {
                    (person::name("person_name", "Your full name", &typed.person_name, &problems, true))
                    (person::email("Your work email address", Some("You sign in with it"), &typed.email, &problems, true))
                    (person::new_password(&problems))
                }
            }
            (Button::submit("Set up the organisation"))
        }))
    };
    visit.show(
        Sheet::new("Set up your organisation", body)
            .back("/")
            .problems(problems),
    )
}
