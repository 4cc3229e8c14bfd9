//! What the law asks of a record: every prompt on one page, by what it stops.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::{Details, InsetText};
use maud::{Markup, html};
use packs::{Prompt, PromptState, Severity, View};

use crate::kernel::Refusal;
use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::pages::records::prompts::Telling;
use crate::pages::records::section_scope::{or_refused, party_of};
use crate::records::fetch;
use crate::web::{Fields, Sheet, Visit};

pub async fn show(
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = page(&visit, &id.into(), query.one("done")).await;
    or_refused(&visit, "/agreements", page)
}

/// How many prompts are open: blocking, to be answered, to consider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub blocks: usize,
    pub musts: usize,
    pub considers: usize,
}

pub fn counts(view: &View<'_>, today: jiff::civil::Date) -> Counts {
    let mut counts = Counts::default();
    for prompt in view.fired(today).iter().filter(|p| p.is_open()) {
        match prompt.rule.severity {
            Severity::Block => counts.blocks += 1,
            Severity::Must => counts.musts += 1,
            Severity::Consider => counts.considers += 1,
            Severity::Info => {}
        }
    }
    counts
}

async fn page(visit: &Visit, id: &RecordId, done: &str) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let record_type = record.record_type(visit)?;
    let view = record.view(visit)?;
    let telling = Telling::of(&record, record_type, record.law(visit));
    let prompts = view.prompts(visit.now.today());
    let groups: [(&str, &str, Vec<&Prompt<'_>>); 4] = [
        (
            "What blocks signing",
            "No one can sign until an answer clears each of these. They cannot be set aside.",
            open(&prompts, Severity::Block),
        ),
        (
            "What must be answered",
            "Answer each of these, or say why it does not apply, before you ask for sign-off.",
            open(&prompts, Severity::Must),
        ),
        (
            "What to consider",
            "Think about each of these. You can set it aside with a reason; every reviewer sees the reason.",
            open(&prompts, Severity::Consider),
        ),
        ("For information", "", open(&prompts, Severity::Info)),
    ];
    let dealt_with: Vec<&Prompt<'_>> = prompts
        .iter()
        .filter(|p| !matches!(p.state, PromptState::Open | PromptState::Shown))
        .collect();
    let silent = silent(record_type, &prompts);
    let card = |prompt: &Prompt<'_>| -> Markup {
        let first = prompts.iter().find(|p| p.rule.id == prompt.rule.id);
        let anchor = if first.is_some_and(|p| p.scope == prompt.scope) {
            prompt.rule.id.clone()
        } else {
            format!("{}-{}", prompt.rule.id, prompt.scope)
        };
        telling.card(prompt, Some(&anchor), 3, actions(visit, &telling, prompt))
    };
    let body = html! {
        (InsetText::new("This is information about the law, not legal advice. Ask your data protection officer or a lawyer when you are not sure."))
        @for (heading, words, prompts) in &groups {
            @if !prompts.is_empty() {
                h2 class="govuk-heading-m" { (heading) " (" (prompts.len()) ")" }
                @if !words.is_empty() { p class="govuk-body" { (words) } }
                @for prompt in prompts { (card(prompt)) }
            }
        }
        @if groups.iter().take(3).all(|(.., prompts)| prompts.is_empty()) {
            p class="govuk-body" { "Nothing is open. The answers so far clear everything that the law asks." }
        }
        @if !dealt_with.is_empty() {
            (Details::new(
                format!("Dealt with ({})", dealt_with.len()),
                html! { h2 class="govuk-heading-m" { "Dealt with" } @for prompt in &dealt_with { (card(prompt)) } },
            ))
        }
        @if !silent.is_empty() {
            (Details::new(
                format!("Rules that the answers do not bring up ({})", silent.len()),
                html! {
                    ul class="govuk-list" {
                        @for rule in silent {
                            li {
                                (rule.prompt) " "
                                a class="govuk-link" href=(format!("/records/{id}/law/why-not/{}", rule.id)) {
                                    "Why not?" span class="govuk-visually-hidden" { " (" (rule.id) ")" }
                                }
                            }
                        }
                    }
                },
            ))
        }
    };
    let done = match done {
        "settled" => Some("Noted, with your reason."),
        "reopened" => Some("It is open again."),
        _ => None,
    };
    Ok(visit.show(
        Sheet::new(
            format!("What the law asks of this {}", short_name(record_type)),
            body,
        )
        .caption(record.title.clone())
        .back(format!("/records/{id}"))
        .done(done.map(str::to_owned)),
    ))
}

/// "agreement" for "information sharing agreement".
fn short_name(record_type: &packs::RecordType) -> &str {
    let last = record_type.name.rsplit(' ').next();
    last.unwrap_or(&record_type.name)
}

fn open<'p, 'a>(prompts: &'p [Prompt<'a>], severity: Severity) -> Vec<&'p Prompt<'a>> {
    prompts
        .iter()
        .filter(|p| p.rule.severity == severity)
        .filter(|p| matches!(p.state, PromptState::Open | PromptState::Shown))
        .collect()
}

fn silent<'t>(record_type: &'t packs::RecordType, prompts: &[Prompt<'_>]) -> Vec<&'t packs::Rule> {
    record_type
        .rules
        .iter()
        .filter(|rule| prompts.iter().all(|p| p.rule.id != rule.id))
        .collect()
}

/// Where to clear a prompt, and how to set it aside where that may be done.
fn actions(visit: &Visit, telling: &Telling<'_>, prompt: &Prompt<'_>) -> Markup {
    let rule = prompt.rule;
    let record = telling.record;
    let may = record.may_draft(visit, party_of(&prompt.scope));
    let at = |what: &str| {
        format!(
            "/records/{}/law/{}/{what}?scope={}",
            record.id, rule.id, prompt.scope
        )
    };
    let set_aside = match (&prompt.state, rule.severity) {
        (PromptState::Open, Severity::Must) => Some((at("settle"), "This does not apply")),
        (PromptState::Open, Severity::Consider) => Some((at("settle"), "Set aside with a reason")),
        (PromptState::Settled(_), _) => Some((at("reopen"), "Open it again")),
        _ => None,
    };
    let about = html! { span class="govuk-visually-hidden" { ": " (telling.title(prompt)) } };
    html! {
        p class="govuk-body" {
            @for (place, id) in rule.ask.iter().enumerate() {
                @if let (Some(href), Some((_, question))) =
                    (telling.question_href(id, &prompt.scope), telling.record_type.form.question(id))
                {
                    @if place > 0 { " · " }
                    a class="govuk-link" href=(href) {
                        "Go to “" (question.short) "”" (about)
                    }
                }
            }
            @if let Some((href, words)) = set_aside.filter(|_| may) {
                " · " a class="govuk-link" href=(href) { (words) (about) }
            }
        }
    }
}
