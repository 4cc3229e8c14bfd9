//! `/organisation/people/new`: an administrator adds a person.

use axum::response::Response;
use govuk::{Button, Checkbox, Checkboxes, InsetText};
use maud::{Markup, html};
use packs::Role;

use super::people::{capital, meaning};
use super::roles;
use crate::features::identity::{fields as person, store as identity};
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::mailing::NoMail;
use crate::kernel::{Act, Change, Ctx, Problem, Refusal};
use crate::web::step_up::{self, About};
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

/// A person who was added, and what to pass on to them.
pub struct Added {
    pub person: PersonId,
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
    /// With the password they have.
    HasAccount,
    /// Only at the provider of another organisation, which cannot speak for this one.
    AtAnother,
    /// By the invitation another organisation gave them: a link from here would hand over what
    /// they do there.
    ByAnother,
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
    problems.extend(person::name_problem("person_name", &typed.name));
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
    let added = posted
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
        .await?;
    Ok(posted.show(Sheet::new(
        format!("{} is added", added.name),
        html! {
            (pass_on(&posted, &added, &acting.organisation_name))
            p class="govuk-body" { a class="govuk-link" href=(BACK) { "Back to people and roles" } }
        },
    )))
}

/// Gives a person these roles: somebody new by invitation, somebody known at once.
pub async fn add(
    ctx: &Ctx,
    organisation: &OrganisationId,
    name: &str,
    email: &str,
    wanted: &[Role],
) -> Result<(Change, Added), Refusal> {
    let (person, name, mut change, held, may_invite) = match identity::by_email(ctx, email).await? {
        Some(account) => {
            let act = Act::new("person.joined_organisation", organisation)
                .with("person", account.id.as_str());
            let held = roles::held(ctx, organisation).await?;
            let may = identity::may_invite(ctx, &account, organisation).await?;
            let invited = if account.password.is_some() || (account.linked && may) {
                Some(Invited::HasAccount)
            } else if account.linked {
                Some(Invited::AtAnother)
            } else {
                (!may).then_some(Invited::ByAnother)
            };
            (account.id, account.name, Change::new(act), held, invited)
        }
        None => {
            let (id, change) = identity::add(ctx, name, email, None);
            (id, name.trim().to_owned(), change, Vec::new(), None)
        }
    };
    for role in wanted {
        let has = held
            .iter()
            .any(|h| h.person == person && h.role == *role && h.deputy_for.is_none());
        if !has {
            change = change.and(roles::grant(ctx, organisation, &person, &(*role).into()));
        }
    }
    let mut no_mail = None;
    let invited = match may_invite {
        Some(invited) => invited,
        None => {
            let (token, invitation) = identity::invite(ctx, &person, organisation);
            let acting = ctx.acting()?;
            let mail =
                identity::invitation_mail(ctx, &name, email, &acting.organisation_name, &token);
            // On the word of the organisation that acts: what it sets up itself has none yet.
            let mailing = ctx.mailing(&acting.organisation, email).await?;
            no_mail = mailing.why_not();
            change = change.and(invitation).mail(ctx, &mailing, mail);
            Invited::Link(token)
        }
    };
    let added = Added {
        person,
        name,
        invited,
        no_mail,
    };
    Ok((change, added))
}

/// What the administrator tells the person, with the link that is shown only now.
pub fn pass_on(visit: &Visit, added: &Added, organisation: &str) -> Markup {
    html! {
        @match &added.invited {
            Invited::Link(_) if added.no_mail.is_none() => p class="govuk-body" {
                "We have sent " (added.name) " an e-mail with a link to join. It works once and runs out in 14 days. \
                 If it does not arrive, you can send another from the list of people."
            }
            Invited::Link(token) => {
                (no_mail(visit, added.no_mail))
                p class="govuk-body" {
                    "Send this link to " (added.name) ". It lets them choose a password and act for " (organisation) ". \
                     It is shown only now, works once and runs out in 14 days."
                }
                (InsetText::new(html! {
                    span class="app-code" id="invitation" { (visit.app.settings.address()) "/invitations/" (token) }
                }))
                p class="govuk-body" { "Send it to nobody else: whoever opens it first becomes " (added.name) " here." }
            }
            Invited::HasAccount => p class="govuk-body" {
                (added.name) " has an account already. They sign in as before, and can now choose to act for " (organisation) "."
            }
            Invited::AtAnother => p class="govuk-body" {
                (added.name) " signs in at another organisation, and that sign-in cannot speak for yours. To act for " (organisation) ", \
                 they need a password of their own: ask the people who run this gateway for a link."
            }
            Invited::ByAnother => p class="govuk-body" {
                (added.name) " was invited by another organisation and has not joined yet. Ask them to use that \
                 invitation. They can then act for " (organisation) " as well."
            }
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
            (person::email("Work email address", Some("They sign in with it"), &typed.email, &problems, false))
            (Checkboxes {
                id: "roles",
                name: "roles",
                legend: "What do they do?".into(),
                hint: Some("Choose all that apply. For somebody who only stands in for another, choose viewer now, then give the role with its dates."),
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
