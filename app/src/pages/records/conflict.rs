//! Two people changed the same section: both texts side by side, and a choice for each question.

use axum::http::StatusCode;
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, InsetText, Legend, Radio, Radios, Size};
use maud::{Markup, html};
use packs::{Answers, Question};
use serde_json::Value;

use crate::kernel::clock::moment;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Problem, Refusal};
use crate::pages::records::answers::Names;
use crate::pages::records::form_input;
use crate::pages::records::section::{Given, Typed};
use crate::pages::records::section_scope::Spot;
use crate::records::answers::answers_at;
use crate::records::{Record, versions};
use crate::web::{Sheet, Visit};

sql! {
    ANSWERED = "select a.at, a.act, p.name from acts a join people p on p.id = a.person_id
        where a.subject = $1 and a.kind = 'record.answered' order by a.sequence desc limit 50";
}

/// Questions that somebody changed after they were shown, to something else than was typed.
pub fn clashes<'a>(
    spot: &Spot<'a>,
    typed: &Typed<'a>,
    stored: &Answers,
    given: &Given,
) -> Vec<&'a Question> {
    let mut changed = typed.changed_since(spot, stored);
    changed.retain(|question| is_other(question, stored, given));
    changed
}

fn is_other(question: &Question, stored: &Answers, given: &Given) -> bool {
    form_input::seen(question, stored) != form_input::seen(question, &mine(question, stored, given))
}

/// The stored answers with what was typed for one question.
fn mine(question: &Question, stored: &Answers, given: &Given) -> Answers {
    let mut answers = stored.clone();
    let own = given
        .iter()
        .filter(|(name, _)| **name == question.id || name.starts_with(&format!("{}_", question.id)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    form_input::apply(&own, &mut answers);
    answers
}

/// Questions for which the page asked to choose and nothing was chosen.
pub fn unchosen(spot: &Spot<'_>, typed: &Typed<'_>) -> Vec<Problem> {
    typed
        .fields
        .all("choose")
        .iter()
        .filter_map(|id| spot.section.questions.iter().find(|q| q.id == *id))
        .filter(|q| !typed.fields.has(&format!("keep-{}", q.id)))
        .map(|q| {
            let message = format!("Choose which answer to keep for “{}”", q.short);
            Problem::new(format!("keep-{}", q.id), message)
        })
        .collect()
}

/// The page. Nothing was saved; what was typed is on it, as fields of its form.
pub async fn show(
    visit: &Visit,
    record: &Record,
    spot: &Spot<'_>,
    typed: &Typed<'_>,
    given: &Given,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let none = Answers::new();
    let stored = answers_at(&record.content, &spot.scope).unwrap_or(&none);
    let attached = versions::attached(visit, &record.id).await?;
    let names = Names {
        law: record.law(visit),
        parties: &record.parties,
        attachments: &attached,
        record: record.id.as_str(),
    };
    let saved = last_saved(visit, &record.id, spot).await?;
    let who = saved.map_or_else(
        || "What someone else saved".to_owned(),
        |(name, at)| format!("What {name} saved on {}", moment(at)),
    );
    let clashing = clashes(spot, typed, stored, given);
    let asked_before = typed.fields.all("choose");
    let differing: Vec<&Question> = typed
        .questions(spot)
        // What only this person changed is kept without asking.
        .filter(|q| {
            clashing.iter().any(|c| c.id == q.id)
                || (asked_before.contains(&q.id) && is_other(q, stored, given))
        })
        .collect();
    let both = |question: &Question| -> Markup {
        let keep = format!("keep-{}", question.id);
        let blank = || html! { "Nothing" };
        let untouched = typed.seen[question.id.as_str()]
            == form_input::seen(question, &mine(question, stored, given));
        let chosen = match typed.fields.one(&keep) {
            "" if untouched => "theirs",
            chosen => chosen,
        };
        let typed_answer = names
            .answer(question, &mine(question, stored, given))
            .unwrap_or_else(blank);
        let stored_answer = names.answer(question, stored).unwrap_or_else(blank);
        html! {
            h2 class="govuk-heading-m" { (question.text) }
            div class="govuk-grid-row" {
                div class="govuk-grid-column-one-half" {
                    h3 class="govuk-heading-s" { "What you typed" }
                    div class="govuk-body" { (typed_answer) }
                }
                div class="govuk-grid-column-one-half" {
                    h3 class="govuk-heading-s" { (who) }
                    div class="govuk-body" { (stored_answer) }
                }
            }
            input type="hidden" name="choose" value=(question.id);
            (Radios {
                id: &keep,
                name: &keep,
                legend: Legend::sized("Which one do you want to keep?", Size::S),
                error: problems.iter().find(|p| p.field == keep).map(|p| p.message.as_str()),
                value: Some(chosen),
                items: vec![Radio::new("mine", "What I typed"), Radio::new("theirs", "What they saved")],
                ..Radios::default()
            })
        }
    };
    let inner = html! {
        (carried(typed))
        @for question in typed.seen.keys().filter_map(|id| spot.section.questions.iter().find(|q| q.id == *id)) {
            input type="hidden" name="seen" value=(format!("{}:{}", question.id, form_input::seen(question, stored)));
        }
        @for question in differing { (both(question)) }
        (Button::submit("Save"))
        p class="govuk-body" {
            a class="govuk-link" href=(spot.href(record)) { "Keep everything they saved, and look at the section again" }
        }
    };
    let body = html! {
        (InsetText::new(
            "While you were writing, someone else saved this section. Nothing of theirs was overwritten, and \
             what you typed is here. Choose what to keep."
        ))
        (visit.form(&spot.href(record), inner))
    };
    let status = if problems.is_empty() {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut sheet = Sheet::new("Someone else changed this section", body)
        .caption(format!("{}: {}", record.title, spot.title()))
        .back(spot.href(record))
        .problems(problems.clone());
    sheet.wide = true;
    Ok(visit.show_as(status, sheet))
}

/// Everything typed, as hidden fields.
fn carried(typed: &Typed<'_>) -> Markup {
    let ours = |name: &str| {
        matches!(name, "form_token" | "seen" | "choose" | "go") || name.starts_with("keep-")
    };
    html! {
        @for (name, values) in typed.fields.0.iter().filter(|(name, _)| !ours(name)) {
            @for value in values { input type="hidden" name=(name) value=(value); }
        }
        // Answers given up for theirs stay given up.
        @for (name, _) in typed.fields.0.iter().filter(|(name, values)| {
            name.starts_with("keep-") && values.first().is_some_and(|v| v == "theirs")
        }) { input type="hidden" name=(name) value="theirs"; }
    }
}

/// Who last saved this section, and when.
async fn last_saved(
    ctx: &Ctx,
    record: &RecordId,
    spot: &Spot<'_>,
) -> Result<Option<(String, i64)>, Refusal> {
    for row in ctx.app.db.all(&ANSWERED, args![record]).await? {
        let act: Value = serde_json::from_str(&row.text("act")?).map_err(Refusal::broken)?;
        let detail = &act["detail"];
        if detail["section"] == spot.section.id.as_str() && detail["scope"] == spot.scope.as_str() {
            return Ok(Some((row.text("name")?, row.int("at")?)));
        }
    }
    Ok(None)
}
