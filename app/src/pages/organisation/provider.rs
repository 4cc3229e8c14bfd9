//! `/organisation/sign-in`: where the people of an organisation sign in.

use axum::extract::RawQuery;
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, Input, InsetText, PasswordInput, SummaryList, SummaryRow, WarningText};
use maud::{Markup, html};
use packs::Role;

use crate::adapters::rate_limit::Rate;
use crate::identity::openid::{Provider, issuer_problem, lock_secret, return_address};
use crate::kernel::clock::moment;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Act, Change, Problem, Refusal};
use crate::organisations::domains;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, error_of, see_other};

sql! {
    ADD = "insert into providers (organisation_id, issuer, client_id, client_secret, revision, set_at)
        values ($1, $2, $3, $4, 1, $5)";
    CHANGE = "update providers set issuer = $2, client_id = $3, client_secret = $4, revision = revision + 1,
            set_at = $5
        where organisation_id = $1 and revision = $6";
    KEEP_SECRET = "update providers set revision = revision + 1, set_at = $2
        where organisation_id = $1 and revision = $3";
    REMOVE = "delete from providers where organisation_id = $1";
    END_SESSIONS = "update sessions set ended_at = $2, id_token = null
        where bound_to = $1 and ended_at is null and token_hash <> $3";
}

const BACK: &str = "/organisation";
const PAGE: &str = "/organisation/sign-in";
/// How often an organisation may have its provider asked, in a minute: it is another's machine.
pub const PER_MINUTE: Rate = Rate::per_minute(10);

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let done = match Fields::parse(&query.unwrap_or_default()).one("done") {
        "saved" => Some("It is saved. Try it by signing in yourself in another browser."),
        "tried" => Some(
            "It answers, and says where to sign in and which keys it signs with. Whether people get in shows only when \
             someone signs in.",
        ),
        "removed" => Some("It is removed."),
        _ => None,
    };
    page(&visit, &Fields::default(), done, Vec::new()).await
}

/// The organisation whose administrator this is.
fn administered(visit: &Visit) -> Result<&OrganisationId, Refusal> {
    Ok(&visit.with_role(Role::Administrator)?.organisation)
}

fn setting(organisation: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "provider.set",
        subject: organisation.as_str(),
    }
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let organisation = match administered(&posted) {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let before = Provider::of(&posted, organisation).await?;
    let fields = &posted.fields;
    let mut problems = problems(&posted, before.as_ref());
    if problems.is_empty() {
        problems.extend(tried(&posted, organisation, fields.one("issuer").trim()).await?);
    }
    if !problems.is_empty() {
        return page(&posted, fields, None, problems).await;
    }
    match step_up::check(&posted, setting(organisation)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, fields, None, problems).await,
        other => other?,
    };
    let change = set(&posted, organisation, before.as_ref());
    match posted.commit(change).await {
        Ok(()) => Ok(see_other("/organisation/sign-in?done=saved")),
        Err(refusal) => Ok(posted.refused(refusal, PAGE)),
    }
}

/// What is wrong with the form, before anybody is asked.
fn problems(posted: &Posted, before: Option<&Provider>) -> Vec<Problem> {
    let one = |name: &str| posted.fields.one(name).trim();
    let (issuer, client) = (one("issuer"), one("client_id"));
    let mut problems = Vec::new();
    if let Some(why) = issuer_problem(&posted.app, issuer) {
        problems.push(Problem::new("issuer", why));
    }
    if client.is_empty() || client.len() > 300 || client.chars().any(char::is_control) {
        let why = "Enter the client ID that your provider gave this gateway";
        problems.push(Problem::new("client_id", why));
    }
    let same = before.is_some_and(|before| before.issuer == issuer && before.client_id == client);
    if one("client_secret").is_empty() && !same {
        let why = "Enter the client secret that belongs to this address and client ID";
        problems.push(Problem::new("client_secret", why));
    } else if one("client_secret").len() > 1000 {
        problems.push(Problem::new(
            "client_secret",
            "The client secret must be 1,000 characters or fewer",
        ));
    }
    problems
}

/// Asks the provider about itself, and says what is wrong.
async fn tried(
    visit: &Visit,
    organisation: &OrganisationId,
    issuer: &str,
) -> Result<Option<Problem>, Refusal> {
    let key = format!("provider {organisation}");
    if let Err(wait_seconds) = visit
        .app
        .limits
        .take(&key, PER_MINUTE, visit.app.clock.elapsed())
    {
        return Err(Refusal::TooMany { wait_seconds });
    }
    let about = visit.app.providers.about_now(issuer, visit.now.0).await;
    Ok(about.err().map(|why| {
        let text = format!("We asked {issuer} about itself, and it does not work: {why}");
        Problem::new("issuer", text)
    }))
}

fn set(posted: &Posted, organisation: &OrganisationId, before: Option<&Provider>) -> Change {
    let one = |name: &str| posted.fields.one(name).trim();
    let (issuer, client, secret) = (one("issuer"), one("client_id"), one("client_secret"));
    let act = Act::new("provider.set", organisation)
        .with("issuer", issuer)
        .with("client", client)
        .with("new_secret", !secret.is_empty());
    let now = posted.now.0;
    let Some(before) = before else {
        let locked = lock_secret(&posted.app, organisation, issuer, client, secret);
        return Change::new(act).write_one(&ADD, args![organisation, issuer, client, locked, now]);
    };
    let change = if secret.is_empty() {
        let kept = args![organisation, now, before.revision];
        Change::new(act).write_one(&KEEP_SECRET, kept)
    } else {
        let locked = lock_secret(&posted.app, organisation, issuer, client, secret);
        let changed = args![organisation, issuer, client, locked, now, before.revision];
        Change::new(act).write_one(&CHANGE, changed)
    };
    if before.issuer == issuer {
        change
    } else {
        // What the provider before said no longer counts.
        change.write(
            &END_SESSIONS,
            args![organisation, now, posted.session.hash()],
        )
    }
}

/// `POST /organisation/sign-in/try`: whether the provider that is set answers.
pub async fn try_it(posted: Posted) -> Result<Response, Refusal> {
    let organisation = match administered(&posted) {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let Some(provider) = Provider::of(&posted, organisation).await? else {
        return Ok(posted.refused(Refusal::NotFound, PAGE));
    };
    match tried(&posted, organisation, &provider.issuer).await? {
        None => Ok(see_other("/organisation/sign-in?done=tried")),
        Some(problem) => page(&posted, &Fields::default(), None, vec![problem]).await,
    }
}

async fn page(
    visit: &Visit,
    typed: &Fields,
    done: Option<&str>,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let organisation = match administered(visit) {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let provider = Provider::of(visit, organisation).await?;
    let proof = step_up::fields(visit, setting(organisation), &problems).await?;
    let confirmed = domains::of(visit, organisation)
        .await?
        .iter()
        .any(|domain| domain.confirmed == Some(true));
    let body = html! {
        p class="govuk-body" {
            "Your people can sign in here where they sign in for their other work, such as Entra ID, Google Workspace or \
             Keycloak. Everyone who has a password or a passkey can go on using it."
        }
        @if !confirmed {
            (InsetText::new(html! {
                "No one finds this sign-in yet: it is found by the last part of an email address. "
                a class="govuk-link" href="/organisation/domains" { "Name the domains of your addresses" } "."
            }))
        }
        h2 class="govuk-heading-m" { "What your provider has to know" }
        (to_register(visit, organisation))
        h2 class="govuk-heading-m" { "What this gateway has to know" }
        (form(visit, provider.as_ref(), typed, &problems, &proof))
        @if provider.is_some() {
            h2 class="govuk-heading-m" { "Does it still answer?" }
            (last_doubt(visit, provider.as_ref()))
            (visit.form("/organisation/sign-in/try", html! { (Button::secondary("Try it")) }))
            p class="govuk-body" { a class="govuk-link" href="/organisation/sign-in/remove" { "Remove this sign-in" } }
        }
    };
    Ok(visit.show(
        Sheet::new("Sign in with your organisation", body)
            .back(BACK)
            .done(done.map(str::to_owned))
            .problems(problems),
    ))
}

/// Why the last sign-in that went wrong did: what the person was not told.
fn last_doubt(visit: &Visit, provider: Option<&Provider>) -> Markup {
    let last = provider.and_then(|p| visit.app.providers.last_doubt(&p.issuer));
    html! {
        @if let Some((at, why)) = last {
            (InsetText::new(format!("On {} an answer of your provider did not count: {why}.", moment(at))))
        }
    }
}

fn to_register(visit: &Visit, organisation: &OrganisationId) -> Markup {
    let code = |text: String| html! { span class="app-code app-break" { (text) } };
    let rows = vec![
        SummaryRow::new(
            "Redirect address",
            code(return_address(&visit.app, organisation)),
        ),
        SummaryRow::new(
            "Address after sign-out",
            code(format!("{}/", visit.app.settings.address())),
        ),
        SummaryRow::new("Kind of client", "Web application, with a client secret"),
        SummaryRow::new("Scopes", code("openid email profile".to_owned())),
    ];
    html! { (SummaryList { rows, ..SummaryList::default() }) }
}

fn form(
    visit: &Visit,
    provider: Option<&Provider>,
    typed: &Fields,
    problems: &[Problem],
    proof: &Markup,
) -> Markup {
    let value = |name: &str, kept: fn(&Provider) -> &str| -> String {
        if typed.has(name) {
            typed.one(name).to_owned()
        } else {
            provider.map(kept).unwrap_or_default().to_owned()
        }
    };
    let issuer = value("issuer", |provider| &provider.issuer);
    let client = value("client_id", |provider| &provider.client_id);
    let secret_hint = if provider.is_some() {
        "It is kept locked and never shown. Leave it empty to keep the one you gave"
    } else {
        "It is kept locked and never shown"
    };
    visit.form(
        PAGE,
        html! {
            (Input {
                id: "issuer",
                name: "issuer",
                kind: "url",
                label: "Address of your provider (issuer)".into(),
                hint: Some("Such as https://login.microsoftonline.com/ with the ID of your tenant and /v2.0, https://accounts.google.com, or https://login.example.org/realms/council"),
                value: &issuer,
                autocomplete: "off",
                spellcheck: Some(false),
                error: error_of(problems, "issuer"),
                ..Input::default()
            })
            (Input {
                id: "client_id",
                name: "client_id",
                label: "Client ID".into(),
                value: &client,
                autocomplete: "off",
                spellcheck: Some(false),
                error: error_of(problems, "client_id"),
                ..Input::default()
            })
            (PasswordInput {
                id: "client_secret",
                name: "client_secret",
                label: "Client secret".into(),
                hint: Some(secret_hint),
                autocomplete: "off",
                error: error_of(problems, "client_secret"),
                ..PasswordInput::default()
            })
            (proof)
            (Button::submit("Save"))
        },
    )
}

fn removing(organisation: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "provider.removed",
        subject: organisation.as_str(),
    }
}

/// `/organisation/sign-in/remove`: a page with a question.
pub async fn ask_remove(visit: Visit) -> Result<Response, Refusal> {
    remove_page(&visit, Vec::new()).await
}

async fn remove_page(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let organisation = match administered(visit) {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let Some(provider) = Provider::of(visit, organisation).await? else {
        return Ok(visit.refused(Refusal::NotFound, PAGE));
    };
    let proof = step_up::fields(visit, removing(organisation), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "No one can sign in at " (provider.host()) " any more, and people signed in by it are signed out."
        }
        (WarningText::new(
            "People without a password or a passkey of their own cannot sign in then. Give them a link under “People and \
             roles”. Make sure that an administrator has a password or a passkey.",
        ))
        (visit.form("/organisation/sign-in/remove", html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("Remove it"))
                a class="govuk-link" href=(PAGE) { "Keep it" }
            }
        }))
    };
    let title = "Do you want to remove your organisation’s sign-in?";
    Ok(visit.show(Sheet::new(title, body).back(PAGE).problems(problems)))
}

pub async fn remove(posted: Posted) -> Result<Response, Refusal> {
    let organisation = match administered(&posted) {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    if Provider::of(&posted, organisation).await?.is_none() {
        return Ok(posted.refused(Refusal::NotFound, PAGE));
    }
    match step_up::check(&posted, removing(organisation)).await {
        Err(Refusal::Invalid(problems)) => return remove_page(&posted, problems).await,
        other => other?,
    };
    let change = Change::new(Act::new("provider.removed", organisation))
        .write(&REMOVE, args![organisation])
        .write(
            &END_SESSIONS,
            args![organisation, posted.now.0, posted.session.hash()],
        );
    posted.commit(change).await?;
    Ok(see_other("/organisation/sign-in?done=removed"))
}
