//! Setting a prompt aside with a reason, and opening it again. What blocks signing never can be.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::{Button, CharacterCount, Label, Limit, Size, Textarea};
use maud::html;
use packs::{How, Prompt, PromptState, Scope, Settled, Severity};

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Ctx, Problem, Refusal};
use crate::pages::records::prompts::Telling;
use crate::pages::records::section_scope::{fetch_to_draft, or_refused, party_of};
use crate::records::{Record, fetch, moves};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

/// The longest reason, in characters.
const LONGEST: usize = 1000;

/// The prompt of a rule in a scope as it stands, when the acting person may deal with it.
async fn find<'c>(
    ctx: &'c Ctx,
    id: &RecordId,
    rule: &str,
    scope: &str,
) -> Result<(Record, Prompt<'c>), Refusal> {
    let seen = fetch(ctx, id, Action::See).await?;
    let known = seen.record_type(ctx)?.rule(rule);
    let place = match known.ok_or(Refusal::NotFound)?.scope {
        packs::Each::Record => Scope::Record,
        packs::Each::Party => Scope::Party(scope.to_owned()),
        packs::Each::Flow => Scope::Flow(scope.to_owned()),
    };
    let record = fetch_to_draft(ctx, id, party_of(&place)).await?;
    let record_type = crate::records::store::record_type(ctx, &record.type_id)?;
    let view = record_type.view(&ctx.app.packs.law, &record.content, &record.rule_parties());
    let prompt = view
        .prompts(ctx.now.today())
        .into_iter()
        .find(|p| p.rule.id == rule && p.scope.as_str() == scope);
    let prompt = prompt.ok_or(Refusal::NotFound)?;
    Ok((record, prompt))
}

/// How this prompt is set aside.
fn how(prompt: &Prompt<'_>) -> Result<How, Refusal> {
    match prompt.rule.severity {
        Severity::Must => Ok(How::NotApplicable),
        Severity::Consider => Ok(How::Dismissed),
        Severity::Block => Err(Refusal::NotAllowed(
            "This blocks signing. No one can set it aside; only an answer clears it.".to_owned(),
        )),
        Severity::Info => Err(Refusal::NotNow(
            "This is for information. There is nothing to set aside.".to_owned(),
        )),
    }
}

pub async fn ask(
    visit: Visit,
    Path((id, rule)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = page(
        &visit,
        &id.as_str().into(),
        &rule,
        query.one("scope"),
        "",
        Vec::new(),
    )
    .await;
    or_refused(&visit, &format!("/records/{id}/law"), page)
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    rule: &str,
    scope: &str,
    typed: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let (record, prompt) = find(visit, id, rule, scope).await?;
    let (title, button) = match how(&prompt)? {
        How::NotApplicable => ("Why does this not apply?", "It does not apply"),
        How::Dismissed => ("Why do you set this aside?", "Set it aside"),
    };
    let telling = Telling::of(&record, record.record_type(visit)?, record.law(visit));
    let error = problems.iter().find(|p| p.field == "reason");
    let body = html! {
        (telling.card(&prompt, None, 2, html! {}))
        (visit.form(&format!("/records/{id}/law/{rule}/settle?scope={scope}"), html! {
            (CharacterCount::new(
                Textarea {
                    id: "reason",
                    name: "reason",
                    label: Label::sized("Your reason", Size::S),
                    hint: Some("Everyone who reviews or signs sees it, with your name."),
                    error: error.map(|p| p.message.as_str()),
                    value: typed,
                    ..Textarea::default()
                },
                Limit::Characters(LONGEST),
            ))
            (Button::submit(button))
        }))
    };
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(record.title.clone())
            .back(format!("/records/{id}/law#{rule}"))
            .problems(problems),
    ))
}

pub async fn settle(
    Path((id, rule)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    posted: Posted,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let query = Fields::parse(&query.unwrap_or_default());
    let scope = query.one("scope");
    let reason = posted.fields.one("reason").trim();
    let problem = match reason.chars().count() {
        0 => Some("Give your reason".to_owned()),
        1..=LONGEST => None,
        _ => Some(format!("Your reason must be {LONGEST} characters or fewer")),
    };
    let answer = match problem {
        Some(message) => {
            let problems = vec![Problem::new("reason", message)];
            page(visit, &id, &rule, scope, reason, problems).await
        }
        None => set_aside(visit, &id, &rule, scope, reason)
            .await
            .map(|()| see_other(format!("/records/{id}/law?done=settled#{rule}"))),
    };
    or_refused(visit, &format!("/records/{id}/law"), answer)
}

async fn set_aside(
    ctx: &Ctx,
    id: &RecordId,
    rule: &str,
    scope: &str,
    reason: &str,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let (record, prompt) = find(ctx, id, rule, scope).await?;
        let how = how(&prompt)?;
        if prompt.state == PromptState::ClearedByAnswer {
            return Err(Refusal::NotNow(
                "An answer clears this already. There is nothing to set aside.".to_owned(),
            ));
        }
        let mut content = record.content.clone();
        content
            .settled
            .retain(|s| !(s.rule == rule && s.scope == scope));
        content.settled.push(Settled {
            rule: rule.to_owned(),
            scope: scope.to_owned(),
            how,
            reason: reason.to_owned(),
            by: ctx.acting()?.name.clone(),
            at: ctx.now.0,
        });
        let act = Act::new("prompt.settled", id)
            .with("rule", rule)
            .with("scope", scope)
            .with("how", serde_json::to_value(how).map_err(Refusal::broken)?)
            .with("reason", reason);
        Ok((record.save(ctx, &content, act)?, ()))
    })
    .await?;
    moves::follow(ctx, id).await
}

pub async fn ask_reopen(
    visit: Visit,
    Path((id, rule)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = reopen_page(&visit, &id.as_str().into(), &rule, query.one("scope")).await;
    or_refused(&visit, &format!("/records/{id}/law"), page)
}

async fn reopen_page(
    visit: &Visit,
    id: &RecordId,
    rule: &str,
    scope: &str,
) -> Result<Response, Refusal> {
    let (record, prompt) = find(visit, id, rule, scope).await?;
    let telling = Telling::of(&record, record.record_type(visit)?, record.law(visit));
    let body = html! {
        (telling.card(&prompt, None, 2, html! {}))
        (visit.form(&format!("/records/{id}/law/{rule}/reopen?scope={scope}"), html! {
            (Button::submit("Open it again"))
            p class="govuk-body" { a class="govuk-link" href=(format!("/records/{id}/law#{rule}")) { "Leave it as it is" } }
        }))
    };
    Ok(visit.show(
        Sheet::new("Do you want to open this again?", body)
            .caption(record.title.clone())
            .back(format!("/records/{id}/law#{rule}")),
    ))
}

pub async fn reopen(
    Path((id, rule)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    posted: Posted,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let query = Fields::parse(&query.unwrap_or_default());
    let scope = query.one("scope");
    let done = visit
        .decide(|| async {
            let (record, _) = find(visit, &id, &rule, scope).await?;
            let mut content = record.content.clone();
            content
                .settled
                .retain(|s| !(s.rule == rule && s.scope == scope));
            if content.settled.len() == record.content.settled.len() {
                return Err(Refusal::NotNow("It is open already.".to_owned()));
            }
            let act = Act::new("prompt.reopened", &id)
                .with("rule", rule.as_str())
                .with("scope", scope);
            Ok((record.save(visit, &content, act)?, ()))
        })
        .await;
    let done = moves::followed(visit, &id, done).await;
    let next = format!("/records/{id}/law?done=reopened#{rule}");
    or_refused(
        visit,
        &format!("/records/{id}/law"),
        done.map(|()| see_other(next)),
    )
}
