//! `/records/{id}/lines/{line}/link`: somebody without an account is named to decide a line, and gets a
//! link and a code.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, InsetText, WarningText};
use maud::{Markup, html};

use crate::identity::one_time_links;
use crate::identity::one_time_links::{Held, Made};
use crate::kernel::access::Action;
use crate::kernel::clock::{Now, day, moment};
use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Problem, Refusal};
use crate::pages::sign_in::fields as person;
use crate::records::lines::{Line, Stage};
use crate::records::situation::Situation;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, no_mail, see_other};

#[derive(Default)]
struct Typed {
    name: String,
    email: String,
}

impl Typed {
    fn read(fields: &Fields) -> Typed {
        Typed {
            name: fields.one("person_name").to_owned(),
            email: fields.one("email").to_owned(),
        }
    }
}

fn naming(line: &LineId) -> About<'_> {
    About::Act {
        kind: "line.link_made",
        subject: line.as_str(),
    }
}

fn here(id: &RecordId, line: &LineId) -> String {
    format!("/records/{id}/lines/{line}/link")
}

async fn find(visit: &Visit, id: &RecordId, line: &LineId) -> Result<(Situation, Line), Refusal> {
    let situation = Situation::load(visit, id, Action::See).await?;
    let line = situation.line(line)?.clone();
    one_time_links::may_make(visit, &situation, &line)?;
    Ok((situation, line))
}

pub async fn show(
    visit: Visit,
    Path((id, line)): Path<(RecordId, LineId)>,
) -> Result<Response, Refusal> {
    page(&visit, &id, &line, &Typed::default(), Vec::new()).await
}

pub async fn save(
    Path((id, line)): Path<(RecordId, LineId)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let typed = Typed::read(&posted.fields);
    let found = match find(&posted, &id, &line).await {
        Ok(found) => found,
        Err(refusal) => return refused(&posted, refusal, &id, &line),
    };
    let mut problems = Vec::new();
    problems.extend(person::name_problem(&posted.fields, "person_name"));
    problems.extend(person::email_problem(&typed.email));
    if !problems.is_empty() {
        return page(&posted, &id, &line, &typed, problems).await;
    }
    match step_up::check(&posted, naming(&line)).await {
        Err(Refusal::Invalid(problems)) => {
            return page(&posted, &id, &line, &typed, problems).await;
        }
        other => other?,
    };
    match one_time_links::make(&posted, &id, &line, &typed.name, &typed.email).await {
        Ok(made) => Ok(handed_over(&posted, &found.0, &found.1, &made)),
        Err(refusal) => refused(&posted, refusal, &id, &line),
    }
}

pub async fn end(
    Path((id, line)): Path<(RecordId, LineId)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    match one_time_links::take_back(&posted, &id, &line).await {
        Ok(()) => Ok(see_other(here(&id, &line))),
        Err(refusal) => refused(&posted, refusal, &id, &line),
    }
}

/// What is not theirs to know about is not there; anything else goes back to the line.
fn refused(
    visit: &Visit,
    refusal: Refusal,
    id: &RecordId,
    line: &LineId,
) -> Result<Response, Refusal> {
    match refusal {
        Refusal::NotFound => Err(Refusal::NotFound),
        refusal => Ok(visit.refused(refusal, &format!("/records/{id}/lines/{line}"))),
    }
}

/// The code, and where no e-mail is sent the link: shown now, and never again.
fn handed_over(visit: &Visit, situation: &Situation, line: &Line, made: &Made) -> Response {
    let name = &made.name;
    let body = html! {
        @if made.no_mail.is_none() {
            p class="govuk-body" {
                "We will now send the link to " strong class="app-break" { (made.email) }
                ". The page of this decision says so if it cannot be delivered."
            }
        } @else {
            (no_mail(visit, made.no_mail))
            p class="govuk-body" { "Send this link to " (name) ". It is shown only now." }
            (InsetText::new(html! {
                span class="app-code app-break" id="link" { (visit.app.settings.address()) "/links/" (made.token) }
            }))
        }
        h2 class="govuk-heading-m" { "Now give " (name) " this code" }
        p class="govuk-body govuk-!-font-size-36" id="code" { (made.code[..4]) " " (made.code[4..]) }
        p class="govuk-body" {
            "Tell it to them yourself, by telephone or face to face. It is shown only now."
        }
        (WarningText::new(format!("Never send the code together with the link. Anyone who has both can decide for {}.", line.organisation_name)))
        p class="govuk-body" {
            a class="govuk-link" href=(format!("/records/{}", situation.record.id)) { "Go to " (situation.record.title) }
        }
    };
    visit.show(Sheet::new(format!("{name} can now decide"), body).caption(&situation.record.title))
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    line: &LineId,
    typed: &Typed,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let (situation, line) = match find(visit, id, line).await {
        Ok(found) => found,
        Err(refusal) => return refused(visit, refusal, id, line),
    };
    let held = one_time_links::of_line(visit, &line.id).await?;
    let proof = step_up::fields(visit, naming(&line.id), &problems).await?;
    let organisation = &line.organisation_name;
    let decides = match line.stage {
        Stage::Review => "review",
        Stage::SignOff => "sign",
    };
    let body = html! {
        @if let Some(held) = &held { (held_now(visit, id, &line, held)) }
        p class="govuk-body" {
            "Name the person who may " (decides) " this for " (organisation) ". They need no account. They see version "
            (line.version) ", and nothing of what you write to each other about it."
        }
        p class="govuk-body" {
            "They get a link by email, and a code that you give them in another way. The link works for one decision and \
             runs out in 14 days. The evidence says that you named them and how they were checked."
        }
        (visit.form(&here(id, &line.id), html! {
            (person::name("person_name", "Full name", &typed.name, &problems, false))
            (person::email("Work email address", Some("The link is sent here"), &typed.email, &problems, false))
            (proof)
            (Button::submit(if held.is_some() { "Make a new link" } else { "Make the link" }))
        }))
    };
    let title = format!("Let someone without an account decide for {organisation}");
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(&situation.record.title)
            .back(format!("/records/{id}/lines/{}", line.id))
            .problems(problems),
    ))
}

fn held_now(visit: &Visit, id: &RecordId, line: &Line, held: &Held) -> Markup {
    html! {
        div class="govuk-inset-text" {
            p class="govuk-body" {
                (held.name) ", " span class="app-break" { (held.sent_to) } ", was given a link on " (moment(held.made_at)) ". "
                @if held.is_worn { "It has ended because too many wrong codes were entered." }
                @else if held.expires_at < visit.now.0 { "It has run out." }
                @else { "It runs out on " (day(Now(held.expires_at).today())) ". A new link takes its place." }
            }
            (visit.form(&format!("{}/end", here(id, &line.id)), html! {
                (Button::secondary("Take the link back"))
            }))
        }
    }
}
