//! `/organisation/tokens`: with which tokens programs read for people of the organisation.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Action, Button, SummaryCard, SummaryList, SummaryRow};
use maud::{Markup, html};
use packs::Role;

use crate::identity::api_tokens;
use crate::identity::api_tokens::Token;
use crate::kernel::Refusal;
use crate::kernel::clock::{Now, day};
use crate::web::{Fields, Sheet, Visit};

pub const BACK: &str = "/organisation/tokens";

/// One's own tokens, and for administrators everybody's.
pub async fn mine(visit: &Visit) -> Result<Vec<Token>, Refusal> {
    let acting = visit.ctx.member()?;
    let mut held = api_tokens::held(&visit.ctx, &acting.organisation).await?;
    let all = acting.holds(Role::Administrator) || acting.holds(Role::Auditor);
    held.retain(|token| all || token.person == acting.person);
    Ok(held)
}

/// One of them that the acting person may end: auditors see all tokens and end only their own.
pub async fn to_end(visit: &Visit, id: &str) -> Result<Token, Refusal> {
    let acting = visit.ctx.member()?;
    let token = mine(visit).await?.into_iter().find(|token| token.id == id);
    token
        .filter(|token| acting.holds(Role::Administrator) || token.person == acting.person)
        .ok_or(Refusal::NotFound)
}

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let held = match mine(&visit).await {
        Ok(held) => held,
        Err(refusal) => return Ok(visit.refused(refusal, "/organisation")),
    };
    let acting = visit.ctx.member()?;
    let done = match Fields::parse(&query.unwrap_or_default()).one("done") {
        "ended" => Some("The token has ended. Programs that use it are refused.".to_owned()),
        _ => None,
    };
    let body = html! {
        p class="govuk-body" {
            "A token lets a program read through the API what you can read here. It can change nothing: it decides, \
             signs and gives no roles. What the API offers is described in "
            a class="govuk-link" href="/api/openapi.json" { "its description (OpenAPI)" } "."
        }
        (Button::link("Make a token", "/organisation/tokens/new"))
        @if held.is_empty() { p class="govuk-body" { "There is no token." } }
        @for token in &held {
            (card(token, acting.holds(Role::Administrator) || token.person == acting.person))
        }
    };
    Ok(visit.show(
        Sheet::new("Tokens for programs", body)
            .caption(acting.organisation_name.clone())
            .back("/organisation")
            .done(done),
    ))
}

fn card(token: &Token, may_end: bool) -> Markup {
    let on = |moment: i64| day(Now(moment).today());
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.words()).collect();
    let actions = if may_end {
        let href = format!("{BACK}/{}/end", token.id);
        vec![Action::new(
            "End",
            href,
            format!("the token {}", token.name),
        )]
    } else {
        Vec::new()
    };
    html! {
        (SummaryList {
            card: Some(SummaryCard {
                title: token.name.as_str().into(),
                heading_level: 2,
                actions,
                ..SummaryCard::default()
            }),
            rows: vec![
                SummaryRow::new("Of", token.person_name.clone()),
                SummaryRow::new("May read", scopes.join("; ")),
                SummaryRow::new("Made", on(token.created_at)),
                SummaryRow::new("Ends", on(token.expires_at)),
                SummaryRow::new("Last used", token.used_at.map_or_else(|| "Never".to_owned(), on)),
            ],
            ..SummaryList::default()
        })
    }
}
