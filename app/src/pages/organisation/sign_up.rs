//! `/organisations/new`: an organisation sets itself up, with its first administrator.

use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::html;

use crate::adapters::rate_limit::Rate;
use crate::identity::account_links;
use crate::identity::account_links::Kind;
use crate::identity::credential;
use crate::identity::people as identity;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Change, Ctx, Problem, Refusal};
use crate::organisations::details::Details;
use crate::organisations::store;
use crate::organisations::store::OrganisationStanding;
use crate::organisations::{claims, roles, similar_names};
use crate::pages::organisation::fields;
use crate::pages::sign_in::enter::{before, enter_as, settled};
use crate::pages::sign_in::fields as person;
use crate::web::{Posted, Sheet, Visit, origin, see_other};

/// Where those are told who wait for confirmation.
const WAITING: &str = "/organisations/waiting";

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
    if posted.bound_to.is_some() {
        return Ok(posted.refused(
            Refusal::NotNow(
                "You signed in with your organisation, so you act for it only. To set up another, sign out and sign in \
                 with your own password or passkey."
                    .to_owned(),
            ),
            "/in-tray",
        ));
    }
    let details = typed.details.clone().tidy();
    let mut problems = fields::problems(&posted.fields, &details, &posted.app.packs.law);
    let password = posted.fields.one("password");
    if posted.acting.is_none() {
        problems.extend(person::name_problem(&posted.fields, "person_name"));
        problems.extend(person::email_problem(&typed.email));
        counted(&posted)?;
        let about = [&*typed.person_name, &*typed.email, &*typed.details.name];
        problems.extend(person::password_problem(&posted, password, &about).await?);
    }
    if !problems.is_empty() {
        return Ok(page(&posted, &typed, problems));
    }
    let done = match &posted.acting {
        Some(acting) => match with_account(&posted, &acting.person, &details).await {
            Ok(to) => return Ok(see_other(to)),
            Err(refusal) => Err(refusal),
        },
        None => {
            // Whether the address is known or not: the work is the same.
            let hash = credential::hash(&posted.ctx, password.to_owned()).await?;
            with_new_person(&posted, &typed, &details, &hash).await
        }
    };
    match done {
        Ok((organisation, administrator)) => {
            // Without an organisation they wait.
            let to = if organisation.is_some() {
                "/in-tray"
            } else {
                WAITING
            };
            let (change, entry) = enter_as(
                &posted,
                &administrator,
                "password",
                organisation.as_ref(),
                to,
            );
            before(&posted).commit(change).await?;
            let jar = settled(&posted, jar, &typed.email);
            Ok(entry.answer(&posted, jar))
        }
        Err(refusal) => Ok(page(&posted, &typed, refusal.problems()?)),
    }
}

/// People who set up an organisation without an account, from one network. A room full of charities may share one.
pub const REGISTRATIONS: Rate = Rate::per_hour(60);

/// Counts a registration before anything is worked out for it.
fn counted(visit: &Visit) -> Result<(), Refusal> {
    let network = origin::network(&visit.address);
    if network.is_empty() {
        return Ok(());
    }
    let key = format!("registrations {network}");
    let taken = visit
        .app
        .limits
        .take(&key, REGISTRATIONS, visit.app.clock.elapsed());
    taken.map_err(|wait_seconds| Refusal::TooMany { wait_seconds })
}

/// The organisation they may act for at once; none where they have to wait.
async fn with_new_person(
    posted: &Posted,
    typed: &Typed,
    details: &Details,
    hash: &str,
) -> Result<(Option<OrganisationId>, PersonId), Refusal> {
    posted
        .decide(|| async {
            if identity::by_email(&posted.ctx, &typed.email).await?.is_some() {
                return Err(Refusal::invalid(
                    "email",
                    "There is an account with this email address. Sign in first, then set up your organisation",
                ));
            }
            let (administrator, added) = identity::add(
                &posted.ctx,
                &typed.person_name,
                &typed.email,
                Some(hash.to_owned()),
            );
            let (organisation, change) = begun(&posted.ctx, details, &administrator).await?;
            let mut change = added.and(change);
            if posted.app.mailer.is_on()
                && let Some(asked) =
                    account_links::ask(&posted.ctx, Kind::Prove, &typed.email).await?
            {
                change = change.and(asked);
            }
            Ok((change, (organisation, administrator)))
        })
        .await
}

/// Gives the page to look at next.
async fn with_account(
    posted: &Posted,
    person: &PersonId,
    details: &Details,
) -> Result<&'static str, Refusal> {
    let token = posted
        .decide(|| async {
            let (organisation, change) = begun(&posted.ctx, details, person).await?;
            Ok(match organisation {
                Some(organisation) => {
                    let hash = posted.session.hash();
                    let (token, switched) = identity::switch_session(posted, &hash, &organisation);
                    (change.and(switched), Some(token))
                }
                None => (change, None),
            })
        })
        .await?;
    Ok(match token {
        Some(token) => {
            posted.session.renewed(&posted.app, token);
            "/in-tray"
        }
        None => WAITING,
    })
}

/// A new organisation with its first administrator, or, where it is listed here already, the
/// question to those who know it whether it is this person's.
async fn begun(
    ctx: &Ctx,
    details: &Details,
    person: &PersonId,
) -> Result<(Option<OrganisationId>, Change), Refusal> {
    if let Some(listed) = similar_names::to_register(ctx, details).await? {
        let change = claims::ask(ctx, &listed, person, None, details).await?;
        return Ok((None, change));
    }
    let (organisation, change) = store::add(ctx, details, OrganisationStanding::Registered, None);
    let change = change.and(roles::first_roles(ctx, &organisation, person));
    Ok((Some(organisation), change))
}

/// What becomes of an organisation that another would set up and support.
pub enum Supported {
    /// It was not here: it is registered at once, and nobody has confirmed it.
    New(OrganisationId),
    /// It is listed: somebody who knew it before has to confirm.
    Waits { listed: String },
}

/// An organisation that another sets up and supports: a new entry, or a claim to a listed one, whoever
/// listed it.
///
/// # Errors
/// [`Refusal::Invalid`] when it uses the gateway already, or this person has asked for it already.
pub async fn supported(
    ctx: &Ctx,
    details: &Details,
    lead: &OrganisationId,
    person: &PersonId,
) -> Result<(Supported, Change), Refusal> {
    if let Some(listed) = similar_names::to_register(ctx, details).await? {
        let change = claims::ask(ctx, &listed, person, Some(lead), details).await?;
        let listed = listed.details.name;
        return Ok((Supported::Waits { listed }, change));
    }
    let registered = OrganisationStanding::Registered;
    let (id, change) = store::add(ctx, details, registered, Some(lead));
    Ok((Supported::New(id), change))
}

fn page(visit: &Visit, typed: &Typed, problems: Vec<Problem>) -> Response {
    let body = html! {
        p class="govuk-body" {
            "Set up your organisation once. You become its first administrator and can add other people afterwards. \
             It takes about 10 minutes, and you can stop and come back."
        }
        p class="govuk-body" {
            "Before you start, check that "
            a class="govuk-link" href="/sign-in" { "no one has set it up already" }
            " and that you may act for it. If another organisation has listed it here, someone who knows it \
             confirms first that you do."
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
