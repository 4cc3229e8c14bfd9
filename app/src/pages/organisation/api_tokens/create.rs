//! `/organisation/tokens/new`: a token is made and shown, once.

use axum::response::Response;
use govuk::{Button, Input, InsetText, Radio, Radios};
use maud::html;

use crate::identity::api_tokens;
use crate::identity::api_tokens::TokenScope;
use crate::kernel::{Problem, Refusal};
use crate::pages::organisation::api_tokens::list::{BACK, mine};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, error_of};

const DAY: i64 = 86_400_000_000;
/// How long a token may count, in days.
const LIVES: [(&str, i64, &str); 3] = [
    ("30", 30, "30 days"),
    ("90", 90, "90 days"),
    ("365", 365, "A year"),
];
/// The most tokens one person has for an organisation.
const MOST: usize = 20;
const LONGEST_NAME: usize = 80;

struct Wanted {
    name: String,
    scope: TokenScope,
    expires_at: i64,
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    match visit.ctx.member() {
        Ok(_) => page(&visit, &Fields::default(), Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, "/organisation")),
    }
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let acting = match posted.ctx.member() {
        Ok(acting) => acting,
        Err(refusal) => return Ok(posted.refused(refusal, "/organisation")),
    };
    let wanted = match read(&posted) {
        Ok(wanted) => wanted,
        Err(problems) => return page(&posted, &posted.fields, problems).await,
    };
    let own = mine(&posted).await?;
    if own
        .iter()
        .filter(|token| token.person == acting.person)
        .count()
        >= MOST
    {
        let why = format!("You have {MOST} tokens. End one first");
        return page(&posted, &posted.fields, vec![Problem::new("name", why)]).await;
    }
    // A session that somebody left open must not turn into a token that outlives it.
    match step_up::check(&posted, making(&posted)?).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &posted.fields, problems).await,
        other => other?,
    };
    let (token, change) =
        api_tokens::add(&posted, &wanted.name, &[wanted.scope], wanted.expires_at)?;
    posted.commit(change).await?;
    let body = html! {
        p class="govuk-body" { "Copy it now: it is shown only once. Keep it as you keep a password." }
        (InsetText::new(html! { span class="app-code app-break" id="token" { (token) } }))
        p class="govuk-body" { "A program sends it with each request:" }
        p class="govuk-body" { span class="app-code app-break" { "Authorization: Bearer aldgate_…" } }
        p class="govuk-body" { a class="govuk-link" href=(BACK) { "Back to the tokens" } }
    };
    Ok(posted.show(Sheet::new(
        format!("The token “{}” is made", wanted.name),
        body,
    )))
}

fn read(posted: &Posted) -> Result<Wanted, Vec<Problem>> {
    let fields = &posted.fields;
    let mut problems = Vec::new();
    let name = fields.one("name").trim().to_owned();
    if name.chars().count() > LONGEST_NAME || text::Name::new(&name).is_err() {
        let why =
            format!("Enter a name for it, of at most {LONGEST_NAME} characters that can be seen");
        problems.push(Problem::new("name", why));
    }
    let scope = TokenScope::parse(fields.one("scope"));
    if scope.is_none() {
        problems.push(Problem::new("scope", "Choose what it may read"));
    }
    let life = LIVES
        .iter()
        .find(|(value, ..)| *value == fields.one("life"));
    if life.is_none() {
        problems.push(Problem::new("life", "Choose how long it counts"));
    }
    match (scope, life) {
        (Some(scope), Some((_, days, _))) if problems.is_empty() => Ok(Wanted {
            name,
            scope,
            expires_at: posted.now.0 + days * DAY,
        }),
        _ => Err(problems),
    }
}

/// What the person shows who they are for.
fn making(visit: &Visit) -> Result<About<'_>, Refusal> {
    Ok(About::Act {
        kind: "token.made",
        subject: visit.ctx.acting()?.organisation.as_str(),
    })
}

async fn page(visit: &Visit, typed: &Fields, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, making(visit)?, &problems).await?;
    let scopes = TokenScope::ALL.map(|scope| Radio::new(scope.as_str(), scope.words()));
    let lives = LIVES.map(|(value, _, words)| Radio::new(value, words));
    let body = html! {
        p class="govuk-body" {
            "The token reads as you, for the organisation you act for now. It ends with your last role there."
        }
        (visit.form("/organisation/tokens/new", html! {
            (Input {
                id: "name",
                name: "name",
                label: "What is it for?".into(),
                hint: Some("The program that will use it, such as “Our register of agreements”."),
                value: typed.one("name"),
                error: error_of(&problems, "name"),
                ..Input::default()
            })
            (Radios {
                id: "scope",
                name: "scope",
                legend: "What may it read?".into(),
                value: Some(typed.one("scope")),
                items: scopes.into_iter().collect(),
                error: error_of(&problems, "scope"),
                ..Radios::default()
            })
            (Radios {
                id: "life",
                name: "life",
                legend: "How long does it count?".into(),
                value: Some(typed.one("life")),
                items: lives.into_iter().collect(),
                error: error_of(&problems, "life"),
                ..Radios::default()
            })
            (proof)
            (Button::submit("Make the token"))
        }))
    };
    let sheet = Sheet::new("Make a token", body).back(BACK);
    Ok(visit.show(sheet.problems(problems)))
}
