//! What follows a review: the author answers conditions, or a senior officer overrules advice.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, WarningText};
use maud::html;

use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Problem, Refusal};
use crate::pages::records::decisions_html::{said, tag};
use crate::pages::records::line_forms::LONGEST;
use crate::pages::records::line_forms::long_text;
use crate::pages::records::moves::limited;
use crate::records::decisions;
use crate::records::lines::{Advice, Line, LineState};
use crate::records::situation::Situation;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Answer,
    Overrule,
}

impl What {
    fn action(self) -> Action {
        match self {
            What::Answer => Action::AnswerConditions,
            What::Overrule => Action::Overrule,
        }
    }

    /// What the person confirms.
    fn about(self, line: &Line) -> About<'_> {
        About::Decision {
            line: line.id.as_str(),
            digest: &line.digest,
            outcome: match self {
                What::Answer => "answered",
                What::Overrule => "overruled",
            },
        }
    }

    fn path(self) -> &'static str {
        match self {
            What::Answer => "answer",
            What::Overrule => "overrule",
        }
    }
}

pub async fn answer(visit: Visit, at: Path<(RecordId, LineId)>) -> Result<Response, Refusal> {
    show(visit, at, What::Answer).await
}

pub async fn save_answer(
    at: Path<(RecordId, LineId)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    save(posted, at, What::Answer).await
}

pub async fn overrule(visit: Visit, at: Path<(RecordId, LineId)>) -> Result<Response, Refusal> {
    show(visit, at, What::Overrule).await
}

pub async fn save_overrule(
    at: Path<(RecordId, LineId)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    save(posted, at, What::Overrule).await
}

async fn show(
    visit: Visit,
    Path((id, line)): Path<(RecordId, LineId)>,
    what: What,
) -> Result<Response, Refusal> {
    let back = format!("/records/{id}/lines/{line}");
    match situation(&visit, &id, &line, what).await {
        Ok(situation) => {
            let line = situation.line(&line)?;
            let typed = match &line.state {
                LineState::Reviewed {
                    answer: Some(answer),
                    ..
                } if what == What::Answer => answer.text.clone(),
                _ => String::new(),
            };
            page(&visit, &situation, line, what, &typed, Vec::new()).await
        }
        Err(Refusal::NotFound) => Err(Refusal::NotFound),
        Err(refusal) => Ok(visit.refused(refusal, &back)),
    }
}

async fn save(
    posted: Posted,
    Path((id, line)): Path<(RecordId, LineId)>,
    what: What,
) -> Result<Response, Refusal> {
    let back = format!("/records/{id}/lines/{line}");
    let saved = match (
        limited(&posted.fields, "text", LONGEST, "What you write"),
        what,
    ) {
        (Err(refusal), _) => Err(refusal),
        (Ok(text), what) => follow(&posted, &id, &line, &text, what).await,
    };
    match saved {
        Ok(()) => Ok(see_other(back)),
        Err(Refusal::NotFound) => Err(Refusal::NotFound),
        Err(Refusal::Invalid(problems)) => match situation(&posted, &id, &line, what).await {
            Ok(situation) => {
                let line = situation.line(&line)?;
                page(
                    &posted,
                    &situation,
                    line,
                    what,
                    posted.fields.one("text"),
                    problems,
                )
                .await
            }
            Err(refusal) => Ok(posted.refused(refusal, &back)),
        },
        Err(refusal) => Ok(posted.refused(refusal, &back)),
    }
}

async fn follow(
    posted: &Posted,
    id: &RecordId,
    line: &LineId,
    text: &str,
    what: What,
) -> Result<(), Refusal> {
    // Whether it is theirs to do comes before they are asked who they are.
    let situation = situation(posted, id, line, what).await?;
    match what {
        What::Answer => decisions::answers(text)?,
        What::Overrule => decisions::gives_reason(text)?,
    }
    let proof = step_up::check(posted, what.about(situation.line(line)?)).await?;
    match what {
        What::Answer => decisions::answer_conditions(posted, id, line, text, &proof).await,
        What::Overrule => decisions::overrule(posted, id, line, text, &proof).await,
    }
}

/// The situation, if the line stands where this follow-up is for, and is for the acting person.
async fn situation(
    visit: &Visit,
    id: &RecordId,
    line: &LineId,
    what: What,
) -> Result<Situation, Refusal> {
    let situation = Situation::load(visit, id, what.action()).await?;
    let found = situation.line(line)?;
    if what == What::Answer {
        decisions::may_answer(&situation, line)?;
        return Ok(situation);
    }
    let is_against = matches!(
        &found.state,
        LineState::Reviewed {
            advice: Advice::Against,
            overruled: None,
            ..
        }
    );
    if !is_against || found.closed {
        return Err(Refusal::NotNow(
            "There is nothing to do here: the review says something else, or a newer version took its place.".to_owned(),
        ));
    }
    if found.organisation != visit.ctx.acting()?.organisation {
        return Err(Refusal::NotAllowed(format!(
            "Only a senior officer of {} can overrule this advice.",
            found.organisation_name
        )));
    }
    Ok(situation)
}

async fn page(
    visit: &Visit,
    situation: &Situation,
    line: &Line,
    what: What,
    typed: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let id = &situation.record.id;
    let back = format!("/records/{id}/lines/{}", line.id);
    let (title, label, button) = match what {
        What::Answer => (
            "Answer the conditions",
            "How are these conditions met?",
            "Save the answer",
        ),
        What::Overrule => (
            "Overrule this advice",
            "Why do you overrule it?",
            "Overrule the advice",
        ),
    };
    let proof = step_up::fields(visit, what.about(line), &problems).await?;
    let body = html! {
        h2 class="govuk-heading-m" { (line.organisation_name) ": " (line.role.title()) " " (tag(line)) }
        (said(line))
        @if what == What::Overrule {
            (WarningText::new("Your name and reason will be shown to everyone who signs, and stay in the record for good."))
        } @else {
            p class="govuk-body" { "The text itself cannot change while it is under review. If the conditions need a change of the text, take it back to draft." }
            p class="govuk-body" { "You can change your answer until sign-off is asked for. It is sealed for your organisation, and everyone who signs sees it." }
        }
        (visit.form(&format!("{back}/{}", what.path()), html! {
            (long_text("text", label, "Every party will see this.", typed, &problems))
            (proof)
            div class="govuk-button-group" {
                @if what == What::Overrule { (Button::warning(button)) } @else { (Button::submit(button)) }
                a class="govuk-link" href=(back) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(situation.record.title.as_str())
            .back(back)
            .problems(problems),
    ))
}
