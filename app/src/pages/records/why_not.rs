//! Why a rule says nothing about a record: which answers would bring it up.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use packs::{Need, Silent};

use crate::kernel::Refusal;
use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::pages::records::full_text::places;
use crate::pages::records::prompts::{Telling, severity_tag};
use crate::pages::records::section_scope::or_refused;
use crate::records::fetch;
use crate::web::{Sheet, Visit};

pub async fn show(
    visit: Visit,
    Path((id, rule)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let page = page(&visit, &id.as_str().into(), &rule).await;
    or_refused(&visit, &format!("/records/{id}/law"), page)
}

async fn page(visit: &Visit, id: &RecordId, rule: &str) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let record_type = record.record_type(visit)?;
    let rule = record_type.rule(rule).ok_or(Refusal::NotFound)?;
    let view = record.view(visit)?;
    let telling = Telling::of(&record, record_type, record.law(visit));
    let today = visit.now.today();
    let places = places(record_type, &record.content, &record.parties, rule.scope);
    let body = html! {
        p class="govuk-body" { (severity_tag(rule.severity)) " " (rule.prompt) }
        @if !rule.in_force(today) {
            p class="govuk-body" {
                "This rule does not count today"
                @if let Some(from) = rule.from.filter(|from| *from > today) { ": it starts on " (crate::kernel::clock::day(from)) }
                @if let Some(to) = rule.to.filter(|to| *to <= today) { ": it ended on " (crate::kernel::clock::day(to)) }
                "."
            }
        } @else if places.is_empty() {
            p class="govuk-body" { "It is asked of each data flow or party, and there are none yet." }
        } @else {
            @for (scope, name) in &places {
                @if !name.is_empty() { h2 class="govuk-heading-m" { (name) } }
                @match view.explain_silent(&rule.id, scope) {
                    Some(silent) => (ways(&telling, &silent)),
                    None => p class="govuk-body" {
                        "Here the answers do bring it up. "
                        a class="govuk-link" href=(format!("/records/{id}/law#{}", rule.id)) { "See what it asks" }
                    },
                }
            }
        }
    };
    Ok(visit.show(
        Sheet::new("Why does this not come up?", body)
            .caption(record.title.clone())
            .back(format!("/records/{id}/law")),
    ))
}

fn ways(telling: &Telling<'_>, silent: &Silent) -> Markup {
    html! {
        @if silent.ways.is_empty() {
            p class="govuk-body" { "No change of one answer would bring it up." }
        } @else {
            p class="govuk-body" { "It would come up if:" }
            ul class="govuk-list govuk-list--bullet" {
                @for way in &silent.ways {
                    li {
                        @for (place, need) in way.iter().enumerate() {
                            @if place > 0 { ", and " }
                            (one(telling, silent, need))
                        }
                    }
                }
            }
        }
    }
}

fn one(telling: &Telling<'_>, silent: &Silent, need: &Need) -> Markup {
    let question = need
        .question
        .as_ref()
        .and_then(|id| telling.record_type.form.question(id));
    match (question, &need.question) {
        (Some((_, question)), Some(id)) => html! {
            @match telling.question_href(id, &silent.scope) {
                Some(href) => a class="govuk-link" href=(href) { "“" (question.short) "”" },
                None => { "“" (question.short) "”" },
            }
            " " (need.test)
        },
        _ => {
            let derived = telling
                .record_type
                .derived
                .iter()
                .find(|d| d.name == need.answer);
            let what = derived.and_then(|d| d.text.as_deref());
            html! { "“" (what.unwrap_or(&need.answer)) "” " (need.test) }
        }
    }
}
