//! `/organisation/people/new`: an administrator adds a person.

use axum::response::Response;
use govuk::{Button, Checkbox, Checkboxes, InsetText};
use maud::{Markup, html};
use packs::Role;

use crate::adapters::mail_limits::NoMail;
use crate::identity::people as identity;
use crate::identity::proofs::LinkProof;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Act, Change, Ctx, Problem, Refusal};
use crate::organisations::{offers, roles};
use crate::pages::organisation::people::{capital, meaning};
use crate::pages::sign_in::fields as person;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, error_of, no_mail};

const BACK: &str = "/organisation/people";

#[derive(Default)]
struct Typed {
    name: String,
    email: String,
    roles: Vec<String>,
}

impl Typed {
    fn read(fields: &Fields) -> Typed {
        Typed {
            name: fields.one("person_name").to_owned(),
            email: fields.one("email").to_owned(),
            roles: fields.all("roles").to_vec(),
        }
    }
}

/// Whom an administrator named, and what to pass on to them.
pub struct Added {
    /// As the administrator typed it.
    pub name: String,
    pub invited: Invited,
    /// Why their link is handed over and not sent.
    pub no_mail: Option<NoMail>,
}

/// How the person gets in.
#[derive(Clone)]
pub enum Invited {
    /// By a link with this secret.
    Link(String),
    /// The administrator named their own address, and holds the roles.
    Oneself,
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    if let Err(refusal) = visit.with_role(Role::Administrator) {
        return Ok(visit.refused(refusal, BACK));
    }
    page(&visit, &Typed::default(), Vec::new()).await
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let acting = match posted.with_role(Role::Administrator) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let typed = Typed::read(&posted.fields);
    let wanted: Vec<Role> = typed.roles.iter().filter_map(|r| Role::parse(r)).collect();
    let mut problems = Vec::new();
    problems.extend(person::name_problem(&posted.fields, "person_name"));
    problems.extend(person::email_problem(&typed.email));
    if wanted.is_empty() || wanted.len() != typed.roles.len() {
        problems.push(Problem::new("roles", "Choose at least one role"));
    }
    if !problems.is_empty() {
        return page(&posted, &typed, problems).await;
    }
    match step_up::check(&posted, adding(&acting.organisation)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &typed, problems).await,
        other => other?,
    };
    let done = posted
        .decide(|| async {
            add(
                &posted.ctx,
                &acting.organisation,
                &typed.name,
                &typed.email,
                &wanted,
            )
            .await
        })
        .await;
    let added = match done {
        Ok(added) => added,
        Err(Refusal::Invalid(problems)) => return page(&posted, &typed, problems).await,
        Err(other) => return Err(other),
    };
    Ok(posted.show(Sheet::new(
        format!("{} is invited", added.name),
        html! {
            (pass_on(&posted, &added, &acting.organisation_name))
            p class="govuk-body" { a class="govuk-link" href=(BACK) { "Back to people and roles" } }
        },
    )))
}

/// Offers a person these roles. Whether the address has an account is not looked at, so that nothing tells
/// who has one, and nothing is given to an account that someone else made with it.
///
/// # Errors
/// [`Refusal::Invalid`] when the address is of someone with a role in the organisation.
pub async fn add(
    ctx: &Ctx,
    organisation: &OrganisationId,
    name: &str,
    email: &str,
    wanted: &[Role],
) -> Result<(Change, Added), Refusal> {
    let acting = ctx.acting()?;
    let name = name.trim().to_owned();
    let folded = identity::fold_email(email);
    let today = ctx.now.today().to_string();
    let held = roles::held(ctx, organisation).await?;
    let here = held
        .iter()
        .find(|holding| holding.email == folded && !holding.is_over(&today));
    if let Some(here) = here {
        return Err(Refusal::invalid(
            "email",
            format!(
                "{} has a role in your organisation already. Give them another one under “People and roles”",
                here.name
            ),
        ));
    }
    if identity::email_of(ctx, &acting.person).await? == folded {
        let mut change = Change::new(Act::new("person.joined", organisation));
        for role in wanted {
            let granted = roles::grant(ctx, organisation, &acting.person, &(*role).into());
            change = change.and(granted);
        }
        let added = Added {
            name,
            invited: Invited::Oneself,
            no_mail: None,
        };
        return Ok((change, added));
    }
    // On the word of the organisation that acts: what it sets up itself has none yet.
    let mailing = ctx.mailing(&acting.organisation, &folded).await?;
    let link = LinkProof::by(ctx, &mailing);
    let (token, change) = offers::make(ctx, organisation, &name, &folded, wanted, link);
    let from = &acting.organisation_name;
    let mail = identity::invitation_mail(ctx, organisation, &name, &folded, from, &token);
    let added = Added {
        name,
        invited: Invited::Link(token),
        no_mail: mailing.why_not(),
    };
    Ok((change.mail(ctx, &mailing, mail), added))
}

/// What the administrator tells the person, with the link that is shown only now.
pub fn pass_on(visit: &Visit, added: &Added, organisation: &str) -> Markup {
    html! {
        @match &added.invited {
            Invited::Link(_) if added.no_mail.is_none() => p class="govuk-body" {
                "We will now send " (added.name) " an email with a link to join. It works once and expires in 14 days. \
                 The list of people says so if it cannot be delivered; you can send another from there."
            }
            Invited::Link(token) => {
                (no_mail(visit, added.no_mail))
                p class="govuk-body" {
                    "Send this link to " (added.name) ". It lets them act for " (organisation) ", with a new account or the \
                     one they have. It is shown only now, works once and expires in 14 days."
                }
                (InsetText::new(html! {
                    span class="app-code" id="invitation" { (visit.app.settings.address()) "/invitations/" (token) }
                }))
                p class="govuk-body" { "Send it to no one else. With it, someone else could act as " (added.name) " here." }
            }
            Invited::Oneself => p class="govuk-body" { "You can now choose to act for " (organisation) "." }
        }
    }
}

fn adding(organisation: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "person.added",
        subject: organisation.as_str(),
    }
}

async fn page(visit: &Visit, typed: &Typed, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let proof =
        step_up::fields(visit, adding(&visit.ctx.acting()?.organisation), &problems).await?;
    let items = Role::ALL
        .iter()
        .map(|(word, role)| Checkbox {
            hint: Some(meaning(*role).into()),
            checked: typed.roles.iter().any(|r| r == word),
            ..Checkbox::new(*word, capital(role.title()))
        })
        .collect();
    let body = html! {
        (visit.form("/organisation/people/new", html! {
            (person::name("person_name", "Full name", &typed.name, &problems, false))
            (person::email("Work email address", Some("They sign in with it. They accept before they have a role"), &typed.email, &problems, false))
            (Checkboxes {
                id: "roles",
                name: "roles",
                legend: "What do they do?".into(),
                hint: Some("Choose all that apply. For someone who only stands in for another, choose viewer now, then give the role with its dates."),
                items,
                error: error_of(&problems, "roles"),
                ..Checkboxes::default()
            })
            (proof)
            (Button::submit("Add the person"))
        }))
    };
    Ok(visit.show(
        Sheet::new("Add a person", body)
            .back(BACK)
            .problems(problems),
    ))
}
