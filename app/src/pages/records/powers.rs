//! The search for the power or duty that a party leans on: never one endless list.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::Button;
use maud::{Markup, html};
use packs::{Question, QuestionKind, Scope};
use serde_json::{Value, json};

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Ctx, Refusal};
use crate::pages::records::power_search;
use crate::pages::records::power_search::Search;
use crate::pages::records::section_scope::{Spot, answers_mut, fetch_to_draft, or_refused};
use crate::records::answers::answers_at;
use crate::records::{Record, fetch, moves};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

/// In an address, the record's own part is called `record`.
fn scope_of(word: &str) -> &str {
    if word == "record" { "" } else { word }
}

pub async fn show(
    visit: Visit,
    Path((id, question, scope)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = page(&visit, &id.into(), &question, &scope, &query).await;
    or_refused(&visit, "/agreements", page)
}

fn find<'a>(
    ctx: &'a Ctx,
    record: &'a Record,
    question: &str,
    scope: &str,
) -> Result<(Spot<'a>, &'a Question), Refusal> {
    let record_type = record.record_type(ctx)?;
    let (spot, question) = Spot::of_question(record_type, record, question, scope_of(scope))?;
    if question.kind != QuestionKind::Gateways {
        return Err(Refusal::NotFound);
    }
    Ok((spot, question))
}

fn chosen(record: &Record, scope: &Scope, question: &Question) -> Vec<String> {
    answers_at(&record.content, scope)
        .and_then(|answers| answers.get(&question.id)?.as_array())
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    question: &str,
    scope: &str,
    query: &Fields,
) -> Result<Response, Refusal> {
    let seen = fetch(visit, id, Action::See).await?;
    let (spot, question) = find(visit, &seen, question, scope)?;
    let record = fetch_to_draft(visit, id, spot.party()).await?;
    let law = &visit.app.packs.law;
    let chosen = chosen(&record, &spot.scope, question);
    let action = format!("/records/{id}/gateways/{}/{scope}", question.id);
    let mut search = Search::of(query);
    // The first look is at what this kind of body can use.
    if query.0.is_empty()
        && let Some(party) = record.party(spot.party())
    {
        search.kind.clone_from(&party.kind);
    }
    let button = |power: &str, words: &str| -> Markup {
        let is_chosen = chosen.iter().any(|c| c == power);
        let about = html! { span class="govuk-visually-hidden" { ": " (words) } };
        visit.form(
            &action,
            html! {
                input type="hidden" name="power" value=(power);
                input type="hidden" name="back" value=(search.query());
                @if is_chosen {
                    (Button { name: "do", value: "remove", ..Button::secondary(html! { "Remove" (about) }) })
                } @else {
                    (Button { name: "do", value: "add", ..Button::secondary(html! { "Choose this" (about) }) })
                }
            },
        )
    };
    let body = html! {
        h2 class="govuk-heading-m" { "Chosen" }
        @if chosen.is_empty() { p class="govuk-body" { "None chosen yet." } }
        @for power in &chosen {
            @let title = law.power(power).map_or(power.as_str(), |(_, p)| &p.title);
            p class="govuk-body govuk-!-margin-bottom-1" { (title) }
            (button(power, title))
        }
        p class="govuk-body" { a class="govuk-link" href=(format!("{}#{}", spot.href(&record), question.id)) { "Done: go back to the questions" } }
        h2 class="govuk-heading-m" { "Search" }
        (power_search::form(visit, &search, &action))
        (power_search::results(visit, &search, &action, &|gateway| html! {
            @for power in &gateway.powers {
                @if power.title != gateway.title { p class="govuk-body govuk-!-margin-bottom-1" { (power.title) } }
                (button(&power.id, &power.title))
            }
            @if gateway.powers.is_empty() {
                p class="govuk-body" { "This limits sharing. It cannot be chosen as a power." }
            }
        }))
    };
    let done = match query.one("done") {
        "add" => Some("Chosen.".to_owned()),
        "remove" => Some("Removed.".to_owned()),
        _ => None,
    };
    let caption = match spot.name.as_str() {
        "" => record.title.clone(),
        name => format!("{}: {name}", record.title),
    };
    Ok(visit.show(
        Sheet::new(question.text.as_str(), body)
            .caption(caption)
            .back(spot.href(&record))
            .done(done),
    ))
}

pub async fn choose(
    Path((id, question, scope)): Path<(String, String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let word = match posted.fields.one("do") {
        "remove" => "remove",
        _ => "add",
    };
    let done = change(
        visit,
        &id,
        &question,
        &scope,
        posted.fields.one("power"),
        word,
    )
    .await;
    let back = Search::of(&Fields::parse(posted.fields.one("back")));
    let next = format!(
        "/records/{id}/gateways/{question}/{scope}?{}&done={word}",
        back.query()
    );
    or_refused(
        visit,
        &format!("/records/{id}"),
        done.map(|()| see_other(next)),
    )
}

async fn change(
    ctx: &Ctx,
    id: &RecordId,
    question: &str,
    scope: &str,
    power: &str,
    word: &str,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let seen = fetch(ctx, id, Action::See).await?;
        let (spot, question) = find(ctx, &seen, question, scope)?;
        let record = fetch_to_draft(ctx, id, spot.party()).await?;
        if word == "add" && ctx.app.packs.law.power(power).is_none() {
            return Err(Refusal::Malformed(
                "There is no such power. Nothing was changed.".to_owned(),
            ));
        }
        let mut powers = chosen(&record, &spot.scope, question);
        powers.retain(|known| known != power);
        if word == "add" {
            powers.push(power.to_owned());
        }
        if powers.len() > question.max {
            return Err(Refusal::NotNow(format!(
                "There are {} chosen already. Remove one first.",
                question.max
            )));
        }
        let mut content = record.content.clone();
        let value = if powers.is_empty() {
            Value::Null
        } else {
            json!(powers)
        };
        let read = [(question.id.clone(), value)].into();
        crate::pages::records::form_input::apply(&read, answers_mut(&mut content, &spot.scope)?);
        let act = Act::new("record.answered", id)
            .with("section", spot.section.id.as_str())
            .with("scope", spot.scope.as_str())
            .with("questions", vec![question.id.clone()]);
        Ok((record.save(ctx, &content, act)?, ()))
    })
    .await?;
    moves::follow(ctx, id).await
}
