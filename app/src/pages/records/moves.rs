//! Making a move: the question, what still stops it, and what comes of it.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, CharacterCount, Label, Limit, Panel, Textarea, WarningText};
use maud::{Markup, html};
use packs::{Effect, Guard, Move, Parties, RecordType, Role};

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Problem, Refusal, phrases};
use crate::records::situation::{Situation, Unmet};
use crate::records::store::OUTLIVED;
use crate::records::{Record, moves};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

/// The longest reason that is taken.
const LONGEST_REASON: usize = 2000;

pub async fn show(
    visit: Visit,
    Path((id, wanted)): Path<(RecordId, String)>,
) -> Result<Response, Refusal> {
    let situation = Situation::load(&visit, &id, Action::See).await?;
    let back = format!("/records/{id}");
    match asked(&visit, &situation, &wanted) {
        Ok(wanted) => page(&visit, &situation, wanted, "", Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, &back)),
    }
}

pub async fn save(
    Path((id, wanted)): Path<(RecordId, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let reason = posted.fields.one("reason").trim().to_owned();
    let made = if reason.chars().count() > LONGEST_REASON {
        Err(Refusal::invalid(
            "reason",
            format!("The reason must be {LONGEST_REASON} characters or fewer"),
        ))
    } else {
        make(&posted, &id, &wanted, &reason).await
    };
    match made {
        Ok(()) => Ok(see_other(format!("/records/{id}/moved/{wanted}"))),
        Err(refusal @ (Refusal::Invalid(_) | Refusal::NotNow(_))) => {
            let situation = Situation::load(&posted, &id, Action::See).await?;
            match asked(&posted, &situation, &wanted) {
                Ok(wanted) => page(&posted, &situation, wanted, &reason, refusal.problems()?).await,
                Err(refusal) => Ok(posted.refused(refusal, &format!("/records/{id}"))),
            }
        }
        Err(Refusal::NotFound) => Err(Refusal::NotFound),
        Err(refusal) => Ok(posted.refused(refusal, &format!("/records/{id}"))),
    }
}

async fn make(posted: &Posted, id: &RecordId, wanted: &str, reason: &str) -> Result<(), Refusal> {
    // Whether it can be made comes before they are asked who they are.
    let situation = Situation::load(posted, id, Action::See).await?;
    let found = moves::may_make(posted, &situation, wanted, reason).await?;
    if situation.record.record_type(posted)?.workflow.binds(found) {
        step_up::check(posted, moving(&subject(id, found))).await?;
    }
    moves::make(posted, id, wanted, reason).await
}

/// What the person confirms is this move of this record.
fn subject(id: &RecordId, wanted: &Move) -> String {
    format!("{id}/{}", wanted.id)
}

fn moving(subject: &str) -> About<'_> {
    About::Act {
        kind: "record.moved",
        subject,
    }
}

/// The move, if it leaves the record's state and the acting person may ask for it.
fn asked<'a>(
    visit: &'a Visit,
    situation: &'a Situation,
    wanted: &str,
) -> Result<&'a Move, Refusal> {
    if situation.record.is_outlived() {
        return Err(Refusal::NotNow(OUTLIVED.to_owned()));
    }
    let workflow = &situation.record.record_type(visit)?.workflow;
    let found = workflow
        .find_move(wanted)
        .filter(|m| !m.auto)
        .ok_or(Refusal::NotFound)?;
    if !found.from.contains(&situation.record.state) {
        return Err(Refusal::NotNow(format!(
            "“{}” cannot be done while this is “{}”. Perhaps someone has moved this on already. Nothing was changed.",
            found.name,
            situation.record.state_name(visit)?
        )));
    }
    if !moves::may_ask(visit, &situation.record, found) {
        let roles: Vec<&str> = found.by.iter().map(|role| Role::title(*role)).collect();
        return Err(Refusal::NotAllowed(format!(
            "“{}” is for the {} of the organisation that leads.",
            found.name,
            phrases::list(&roles).replace(" and ", " or ")
        )));
    }
    Ok(found)
}

async fn page(
    visit: &Visit,
    situation: &Situation,
    wanted: &Move,
    reason: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let record = &situation.record;
    let back = format!("/records/{}", record.id);
    let unmet = situation.unmet(visit, wanted).await?;
    if !unmet.is_empty() {
        let sheet = Sheet::new(
            format!("{}: not yet", wanted.name),
            stopped(wanted, &unmet, &back),
        )
        .caption(record.title.as_str())
        .back(back);
        // What stops it is listed below; a problem that says it again would only be noise.
        let status = if problems.is_empty() {
            http::StatusCode::OK
        } else {
            http::StatusCode::UNPROCESSABLE_ENTITY
        };
        return Ok(visit.show_as(status, sheet));
    }
    let error = problems
        .iter()
        .find(|p| p.field == "reason")
        .map(|p| p.message.clone());
    let question = wanted.confirm.as_deref().unwrap_or_default();
    let record_type = record.record_type(visit)?;
    let workflow = &record_type.workflow;
    let proof = if workflow.binds(wanted) {
        step_up::fields(visit, moving(&subject(&record.id, wanted)), &problems).await?
    } else {
        Markup::default()
    };
    let warning = warning(record, record_type, wanted);
    let body = html! {
        @if question.is_empty() { p class="govuk-body" { "Do you want to go on?" } }
        @else { p class="govuk-body" { (question) } }
        @if !warning.is_empty() { (WarningText::new(warning.as_str())) }
        (visit.form(&format!("/records/{}/moves/{}", record.id, wanted.id), html! {
            @if wanted.reason {
                (CharacterCount::new(Textarea {
                    id: "reason",
                    name: "reason",
                    label: Label::sized("Reason", govuk::Size::M),
                    hint: Some(match record_type.parties {
                        Parties::Many => "Every party will see it.",
                        Parties::Owner => "It stays in the history.",
                    }),
                    error: error.as_deref(),
                    value: reason,
                    ..Textarea::default()
                }, Limit::Characters(LONGEST_REASON)))
            }
            (proof)
            div class="govuk-button-group" {
                @if !warning.is_empty() { (Button::warning(wanted.name.as_str())) }
                @else { (Button::submit(wanted.name.as_str())) }
                a class="govuk-link" href=(back) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new(wanted.name.as_str(), body)
            .caption(record.title.as_str())
            .back(back)
            .problems(problems),
    ))
}

fn ends(wanted: &Move) -> bool {
    wanted.effects.contains(&Effect::EndEffect)
}

/// What a move does that somebody may not expect: "" where it does nothing of the kind.
fn warning(record: &Record, record_type: &RecordType, wanted: &Move) -> String {
    let mut warning = Vec::new();
    if ends(wanted) && record_type.flows && record.effective_version.is_some() {
        warning.push("Sharing under this must stop.");
    }
    if record_type.workflow.ends(wanted) {
        warning.push("This cannot be undone.");
    }
    warning.join(" ")
}

fn stopped(wanted: &Move, unmet: &[Unmet], back: &str) -> Markup {
    html! {
        p class="govuk-body" {
            "This cannot be done yet. "
            @if unmet.len() == 1 { "One thing stops it:" } @else { (unmet.len()) " things stop it:" }
        }
        ul class="govuk-list govuk-list--bullet" {
            @for one in unmet { li { a class="govuk-link" href=(one.link) { (one.what) } } }
        }
        @if wanted.guards.contains(&Guard::ReviewsDecided) {
            p class="govuk-body" {
                "Nothing can go to sign-off while a review is open or the law blocks it. No one can change that, in any role."
            }
        }
        p class="govuk-body" { a class="govuk-link" href=(back) { "Go back" } }
    }
}

/// What was done, and what happens next.
pub async fn made(
    visit: Visit,
    Path((id, made)): Path<(RecordId, String)>,
) -> Result<Response, Refusal> {
    let situation = Situation::load(&visit, &id, Action::See).await?;
    let record = &situation.record;
    let done = record
        .record_type(&visit)?
        .workflow
        .find_move(&made)
        .filter(|m| m.to == record.state)
        .ok_or(Refusal::NotFound)?;
    let state = record.state_name(&visit)?;
    let next = next(&situation, done);
    let body = html! {
        (Panel::new(state.as_str(), html! { (record.title) }))
        @if !next.is_empty() {
            h2 class="govuk-heading-m" { "What happens next" }
            ul class="govuk-list govuk-list--bullet" { @for line in &next { li { (line) } } }
        }
        p class="govuk-body" { a class="govuk-link" href=(format!("/records/{id}")) { "Go to " (record.title) } }
        p class="govuk-body" { a class="govuk-link" href="/in-tray" { "Go to your in-tray" } }
    };
    Ok(visit.show(Sheet::new(state.as_str(), body).own_heading()))
}

fn next(situation: &Situation, done: &Move) -> Vec<String> {
    let waiting: Vec<String> = situation
        .lines
        .iter()
        .filter(|line| line.is_waiting() && !line.closed)
        .map(|line| format!("the {} of {}", line.role.title(), line.organisation_name))
        .collect();
    let mut next = Vec::new();
    if done.effects.contains(&Effect::OpenReviews) {
        next.push(format!(
            "Waiting for {} to review it.",
            phrases::list(&waiting)
        ));
        next.push(
            "No one can change the text meanwhile. You can take it back to draft.".to_owned(),
        );
    } else if done.effects.contains(&Effect::OpenSignOffs) {
        next.push(format!(
            "Waiting for {} to sign exactly this text.",
            phrases::list(&waiting)
        ));
    } else if done.effects.contains(&Effect::CloseLines) && !ends(done) {
        if situation.record.effective_version.is_some() {
            next.push(
                "The version in force stays in force until every party has signed a new one."
                    .to_owned(),
            );
        }
        next.push("The working text shows as not approved.".to_owned());
    } else if done.effects.contains(&Effect::TakeEffect) {
        next.push("Your partners can see it now.".to_owned());
    } else if ends(done) {
        next.push("It stays readable for every party, with its history.".to_owned());
    }
    next
}

/// Reads a text field, trimmed and within a limit.
pub(super) fn limited(
    fields: &Fields,
    name: &str,
    limit: usize,
    what: &str,
) -> Result<String, Refusal> {
    let text = fields.one(name).trim().to_owned();
    if text.chars().count() > limit {
        return Err(Refusal::invalid(
            name,
            format!("{what} must be {limit} characters or fewer"),
        ));
    }
    Ok(text)
}
