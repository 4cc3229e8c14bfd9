//! A line: whose decision it is, everything they need to see for it, and the decision.

use axum::extract::Path;
use axum::response::Response;
use govuk::{InsetText, Panel};
use maud::{Markup, html};

use crate::adapters::undelivered_mail;
use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Problem, Refusal};
use crate::pages::records::line_forms::{Choice, Typed, form};
use crate::pages::records::line_view::{Viewer, everything};
use crate::pages::records::{decisions_html, versions};
use crate::records::decisions;
use crate::records::document::capital;
use crate::records::lines::{Advice, Line, LineState, Stage};
use crate::records::presented_text::Reading;
use crate::records::situation::Situation;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

pub async fn show(
    visit: Visit,
    Path((id, line)): Path<(RecordId, LineId)>,
) -> Result<Response, Refusal> {
    let situation = Situation::load(&visit, &id, Action::SeeSigned).await?;
    let line = situation.line(&line)?;
    page(&visit, &situation, line, &Typed::default(), Vec::new()).await
}

pub async fn decide(
    Path((id, line)): Path<(RecordId, LineId)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let situation = Situation::load(&posted, &id, Action::See).await?;
    let line = situation.line(&line)?;
    let decided = take(&posted, &situation, line).await;
    match decided {
        Ok(()) => Ok(see_other(format!("/records/{id}/lines/{}/done", line.id))),
        Err(refusal @ (Refusal::Invalid(_) | Refusal::NotNow(_))) => {
            // What is shown again is what is true now.
            let situation = Situation::load(&posted, &id, Action::See).await?;
            let line = situation.line(&line.id)?;
            let typed = Typed::of(&posted.fields);
            page(&posted, &situation, line, &typed, refusal.problems()?).await
        }
        Err(Refusal::NotFound) => Err(Refusal::NotFound),
        Err(refusal) => Ok(posted.refused(refusal, &format!("/records/{id}/lines/{}", line.id))),
    }
}

async fn take(posted: &Posted, situation: &Situation, line: &Line) -> Result<(), Refusal> {
    let id = &situation.record.id;
    // Whether it is theirs to decide now comes before what is missing in the form, and both before who they are.
    let seen = posted.fields.one("seen");
    decisions::may_decide(posted, situation, &line.id, line.stage, seen)?;
    let choice = Choice::read(&posted.fields, line.stage)?;
    choice.may_be_taken(posted, situation, line).await?;
    let proof = step_up::check(posted, decision(line, seen, choice.outcome())).await?;
    choice.take(posted, id, &line.id, seen, &proof).await
}

/// What is confirmed with a decision: this line, the text that was seen, this outcome.
fn decision<'a>(line: &'a Line, digest: &'a str, outcome: &'a str) -> About<'a> {
    About::Decision {
        line: line.id.as_str(),
        digest,
        outcome,
    }
}

async fn page(
    visit: &Visit,
    situation: &Situation,
    line: &Line,
    typed: &Typed,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let id = &situation.record.id;
    let reading = Reading::fixed(visit, situation, line.version).await?;
    let decides = decisions::may_decide(visit, situation, &line.id, line.stage, &line.digest);
    let mine = decides.is_ok();
    let action = format!("/records/{id}/lines/{}", line.id);
    let form = if mine {
        let about = |outcome| decision(line, &line.digest, outcome);
        let choices = match line.stage {
            Stage::Review => Advice::ALL
                .map(|advice| (advice.as_str(), about(advice.as_str())))
                .to_vec(),
            Stage::SignOff => vec![("sign", about("signed")), ("decline", about("declined"))],
        };
        let proof = step_up::choice_fields(visit, &choices, &problems).await?;
        Some(visit.form(&action, form(line, typed, &problems, &proof)))
    } else {
        None
    };
    let body = html! {
        (intro(line, mine))
        (versions::about(situation, &reading, line.version))
        (unreached(visit, situation, line).await?)
        (follow_ups(visit, situation, line))
        (everything(visit, situation, line, &reading, Viewer::Member).await?)
        @if let Some(form) = form { (form) }
    };
    Ok(visit.show(
        Sheet::new(title(line), body)
            .caption(reading.title.as_str())
            .back(format!("/records/{id}"))
            .problems(problems)
            .wide(),
    ))
}

pub fn title(line: &Line) -> String {
    match line.stage {
        Stage::Review => format!("Review by {}", line.organisation_name),
        Stage::SignOff => format!("Sign-off by {}", line.organisation_name),
    }
}

fn intro(line: &Line, mine: bool) -> Markup {
    let (anchor, verb) = match line.stage {
        Stage::Review => ("#advice", "advise"),
        Stage::SignOff => ("#decision", "decide"),
    };
    html! {
        p class="govuk-body-l" {
            @if mine {
                "This decision is yours, as " (line.role.title()) " of " (line.organisation_name) ". Read everything below, then "
                a class="govuk-link" href=(anchor) { (verb) } "."
            } @else {
                "This decision belongs to the " (line.role.title()) " of " (line.organisation_name) "."
            }
        }
        @if line.closed {
            (InsetText::new("A newer version has taken the place of this one. Nothing can be decided here any more."))
        } @else if !line.is_waiting() {
            div class="govuk-inset-text" { p class="govuk-body" { (decisions_html::tag(line)) } (decisions_html::said(line)) }
        }
    }
}

/// E-mails about this decision that did not arrive. Who they were for is said to those who know them.
async fn unreached(visit: &Visit, situation: &Situation, line: &Line) -> Result<Markup, Refusal> {
    let known = visit.acting.as_ref().map(|a| &a.organisation) == Some(&line.organisation)
        || crate::identity::one_time_links::may_make(visit, situation, line).is_ok();
    let found = undelivered_mail::of_record(visit, &situation.record.id).await?;
    let of_line = found
        .iter()
        .filter(|((about, _), _)| about == line.id.as_str());
    Ok(html! {
        @for (_, e_mail) in of_line {
            div class="govuk-inset-text" {
                p class="govuk-body" {
                    "The email that asks "
                    @if known { (e_mail.name) } @else { "one of the people who can decide" }
                    @if e_mail.tried_again { " has not been delivered yet. We try again." }
                    @else { " could not be delivered." }
                    " The mail server says: " span class="app-break" { (e_mail.reason) }
                }
                @if !e_mail.tried_again {
                    p class="govuk-body" {
                        "Tell them in another way, and ask an administrator of " (line.organisation_name)
                        " to check the address."
                    }
                }
            }
        }
    })
}

/// What can still be done about a decided review.
fn follow_ups(visit: &Visit, situation: &Situation, line: &Line) -> Markup {
    let at = |what: &str| format!("/records/{}/lines/{}/{what}", situation.record.id, line.id);
    let acting_for = visit.acting.as_ref().map(|a| a.organisation.clone());
    let answers = situation.record.allows(visit, Action::AnswerConditions)
        && decisions::may_answer(situation, &line.id).is_ok();
    let overrules = situation.record.allows(visit, Action::Overrule)
        && acting_for.as_ref() == Some(&line.organisation);
    let names = crate::identity::one_time_links::may_make(visit, situation, line).is_ok();
    html! {
        @if names {
            p class="govuk-body" { a class="govuk-link" href=(at("link")) {
                "Let someone without an account decide this"
            } }
        }
        @if !line.closed {
            @match &line.state {
                LineState::Reviewed { advice: Advice::Conditions, answer, .. } => {
                    @if answers {
                        p class="govuk-body" { a class="govuk-link" href=(at("answer")) {
                            @if answer.is_some() { "Change the answer to these conditions" } @else { "Answer these conditions" }
                        } }
                    } @else if answer.is_none() {
                        p class="govuk-body" { "The author of the organisation that leads answers these conditions." }
                    }
                }
                LineState::Reviewed { advice: Advice::Against, overruled: None, .. } => {
                    @if overrules {
                        p class="govuk-body" { a class="govuk-link" href=(at("overrule")) { "Overrule this advice" } }
                    } @else {
                        p class="govuk-body" {
                            "Only a senior officer of " (line.organisation_name) " can overrule this advice, with a reason that every signer sees."
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// The confirmation.
pub async fn done(
    visit: Visit,
    Path((id, line)): Path<(RecordId, LineId)>,
) -> Result<Response, Refusal> {
    let situation = Situation::load(&visit, &id, Action::See).await?;
    let record = &situation.record;
    let line = situation.line(&line)?;
    if line.is_waiting() {
        return Ok(see_other(format!("/records/{id}/lines/{}", line.id)));
    }
    let heading = match &line.state {
        LineState::Signed { .. } => "Signed",
        LineState::Declined(_) => "Declined",
        _ => "Your advice is recorded",
    };
    let waiting: Vec<&Line> = situation
        .lines
        .iter()
        .filter(|l| {
            l.version == line.version && l.stage == line.stage && l.is_waiting() && !l.closed
        })
        .collect();
    let body = html! {
        (Panel::new(heading, html! { (record.title) ", version " (line.version) }))
        @if let LineState::Signed { .. } = line.state {
            p class="govuk-body" {
                "You signed exactly the text with this digest: " span class="app-code app-break" { (line.digest) }
            }
        }
        h2 class="govuk-heading-m" { "What happens next" }
        @if waiting.is_empty() {
            p class="govuk-body" { "No one else has to decide at this step. It is now “" (record.state_name(&visit)?) "”." }
        } @else {
            p class="govuk-body" { "Still waiting for:" }
            ul class="govuk-list govuk-list--bullet" {
                @for one in waiting { li { (one.organisation_name) ": " (one.role.title()) } }
            }
        }
        p class="govuk-body" { a class="govuk-link" href=(format!("/records/{id}")) { "Go to " (record.title) } }
        p class="govuk-body" { a class="govuk-link" href="/in-tray" { "Go to your in-tray" } }
    };
    Ok(visit.show(Sheet::new(capital(heading), body).own_heading()))
}
