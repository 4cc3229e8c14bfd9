//! `/links/{token}`: whoever holds a one-time link gives the code, sees the one version and decides.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use govuk::{Button, Input, InsetText};
use maud::{Markup, html};

use crate::identity::nonce;
use crate::identity::one_time_links;
use crate::identity::one_time_links::Link;
use crate::kernel::access::Action;
use crate::kernel::{App, Ctx, Problem, Refusal};
use crate::pages::records::line_forms::{Choice, Typed, form};
use crate::pages::records::line_view::{Viewer, everything};
use crate::pages::records::{attachments, decisions_html, lines, pdf, versions};
use crate::records::decisions;
use crate::records::lines::{Line, LineState, Stage};
use crate::records::presented_text::Reading;
use crate::records::situation::Situation;
use crate::web::session::IDLE;
use crate::web::{Posted, Sheet, Visit, error_of, origin, see_other};

/// The cookie of a browser in which the code was given. It opens this link's pages for two hours.
const COOKIE: &str = "aldgate_link";
const SECURE_COOKIE: &str = "__Host-aldgate_link";

fn cookie_name(app: &App) -> &'static str {
    if app.settings.is_https() {
        SECURE_COOKIE
    } else {
        COOKIE
    }
}

fn purpose(link: &Link) -> String {
    format!("one-time link {}", link.id)
}

/// Whether the code was given in this browser, not long ago.
fn is_open(visit: &Visit, jar: &CookieJar, link: &Link) -> bool {
    jar.get(cookie_name(&visit.app))
        .is_some_and(|cookie| nonce::holds(visit, &purpose(link), cookie.value(), IDLE))
}

fn open(visit: &Visit, link: &Link) -> Cookie<'static> {
    Cookie::build((cookie_name(&visit.app), nonce::issue(visit, &purpose(link))))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(visit.app.settings.is_https())
        .build()
}

/// What the link shows, in a context in which its holder acts.
struct Shown {
    ctx: Ctx,
    situation: Situation,
    line: Line,
}

impl Shown {
    async fn load(visit: &Visit, link: &Link) -> Result<Shown, Refusal> {
        let ctx = link.ctx(visit);
        let situation = Situation::load(&ctx, &link.record, Action::See).await?;
        let line = situation.line(&link.line)?.clone();
        Ok(Shown {
            ctx,
            situation,
            line,
        })
    }
}

pub async fn show(
    visit: Visit,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response, Refusal> {
    let link = match one_time_links::find(&visit, &token).await {
        Ok(link) => link,
        Err(refusal) => return gone(&visit, refusal),
    };
    if is_open(&visit, &jar, &link) {
        page(&visit, &link, &token, &Typed::default(), Vec::new()).await
    } else {
        Ok(ask_code(&visit, &link, &token, Vec::new()))
    }
}

/// The code.
pub async fn enter(
    jar: CookieJar,
    Path(token): Path<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let link = match one_time_links::find(&posted, &token).await {
        Ok(link) => link,
        Err(refusal) => return gone(&posted, refusal),
    };
    match checked(&posted, &link, &token).await {
        Ok(()) => {
            let jar = jar.add(open(&posted, &link));
            Ok((jar, see_other(format!("/links/{token}"))).into_response())
        }
        Err(Refusal::Invalid(problems)) => Ok(ask_code(&posted, &link, &token, problems)),
        Err(refusal) => gone(&posted, refusal),
    }
}

/// The decision. The code is asked for again: an open page alone decides nothing.
pub async fn decide(
    jar: CookieJar,
    Path(token): Path<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let link = match one_time_links::find(&posted, &token).await {
        Ok(link) => link,
        Err(refusal) => return gone(&posted, refusal),
    };
    if !is_open(&posted, &jar, &link) {
        return Ok(see_other(format!("/links/{token}")));
    }
    match take(&posted, &link, &token).await {
        Ok(()) => Ok(see_other(format!("/links/{token}"))),
        Err(refusal @ (Refusal::Invalid(_) | Refusal::NotNow(_))) => {
            let typed = Typed::of(&posted.fields);
            page(&posted, &link, &token, &typed, refusal.problems()?).await
        }
        Err(refusal) => gone(&posted, refusal),
    }
}

async fn take(posted: &Posted, link: &Link, token: &str) -> Result<(), Refusal> {
    let shown = Shown::load(posted, link).await?;
    let seen = posted.fields.one("seen");
    let line = &shown.line;
    decisions::may_decide(&shown.ctx, &shown.situation, &line.id, line.stage, seen)?;
    let choice = Choice::read(&posted.fields, line.stage)?;
    choice
        .may_be_taken(&shown.ctx, &shown.situation, line)
        .await?;
    checked(posted, link, token).await?;
    let proof = link.proof(&shown.ctx);
    choice
        .take(&shown.ctx, &link.record, &link.line, seen, &proof)
        .await
}

async fn checked(posted: &Posted, link: &Link, token: &str) -> Result<(), Refusal> {
    let network = origin::network(&posted.address);
    let code = posted.fields.one("code");
    link.check(posted, token, code, &network).await
}

/// A file of the version.
pub async fn attachment(
    visit: Visit,
    jar: CookieJar,
    Path((token, attachment)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let shown = opened(&visit, &jar, &token).await?;
    let reading = Reading::fixed(&shown.ctx, &shown.situation, shown.line.version).await?;
    if !reading.attachments.iter().any(|a| a.id == attachment) {
        return Err(Refusal::NotFound);
    }
    attachments::hand_out(&shown.ctx, &shown.situation.record.id, &attachment).await
}

/// The version as a document to keep.
pub async fn document(
    visit: Visit,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response, Refusal> {
    let shown = opened(&visit, &jar, &token).await?;
    pdf::file(&shown.ctx, &shown.situation, Some(shown.line.version)).await
}

/// What an open link shows. Without the code there is nothing here.
async fn opened(visit: &Visit, jar: &CookieJar, token: &str) -> Result<Shown, Refusal> {
    let link = match one_time_links::find(visit, token).await {
        Ok(link) if is_open(visit, jar, &link) => link,
        Ok(_) | Err(Refusal::NotNow(_)) => return Err(Refusal::NotFound),
        Err(other) => return Err(other),
    };
    Shown::load(visit, &link).await
}

fn gone(visit: &Visit, refusal: Refusal) -> Result<Response, Refusal> {
    match refusal {
        Refusal::NotNow(_) | Refusal::TooOften => Ok(visit.refused(refusal, "")),
        other => Err(other),
    }
}

fn ask_code(visit: &Visit, link: &Link, token: &str, problems: Vec<Problem>) -> Response {
    let acting = &link.acting;
    let asked = if link.stage == Stage::Review.as_str() {
        "review"
    } else {
        "sign"
    };
    let body = html! {
        p class="govuk-body-l" {
            (link.made_for) " asks " (acting.name) " to " (asked) " an information sharing agreement for "
            (acting.organisation_name) "."
        }
        p class="govuk-body" {
            "This gateway is where public bodies and their partners agree how they share information about people. \
             You need no account. You read the agreement here, then decide."
        }
        (visit.form(&format!("/links/{token}"), html! {
            (code(&problems, "Eight digits. The people who asked you give it to you, such as by telephone."))
            (Button::submit("Go on"))
        }))
    };
    visit.show(Sheet::new("Enter your code", body).problems(problems))
}

fn code(problems: &[Problem], hint: &str) -> Markup {
    html! {
        (Input {
            id: "code",
            name: "code",
            label: "Code".into(),
            hint: Some(hint),
            error: error_of(problems, "code"),
            autocomplete: "off",
            inputmode: "numeric",
            spellcheck: Some(false),
            width: Some(10),
            ..Input::default()
        })
    }
}

async fn page(
    visit: &Visit,
    link: &Link,
    token: &str,
    typed: &Typed,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let base = format!("/links/{token}");
    let Shown {
        ctx,
        situation,
        line,
    } = Shown::load(visit, link).await?;
    let reading = Reading::fixed(&ctx, &situation, line.version).await?;
    let is_open = line.is_waiting() && !line.closed;
    let proof = html! { (code(&problems, "The same eight digits as before. They show that it is still you.")) };
    let body = html! {
        @if is_open {
            p class="govuk-body-l" {
                "You decide for " (line.organisation_name) ". Read everything below, then "
                a class="govuk-link" href=(match line.stage { Stage::Review => "#advice", Stage::SignOff => "#decision" }) { "decide" } "."
            }
        } @else {
            (outcome(link, &line, &base))
        }
        (versions::about(&situation, &reading, line.version))
        (everything(&ctx, &situation, &line, &reading, Viewer::Link(&base)).await?)
        @if is_open {
            (visit.form(&format!("{base}/decision"), form(&line, typed, &problems, &proof)))
        }
    };
    let sheet = Sheet::new(lines::title(&line), body)
        .caption(reading.title.as_str())
        .done(decided_as(&line).map(str::to_owned))
        .problems(problems)
        .wide();
    Ok(visit.show(sheet))
}

/// What became of the line; nothing while it waits, or when a newer version took its place.
fn decided_as(line: &Line) -> Option<&'static str> {
    match &line.state {
        LineState::Signed { .. } => Some("Signed."),
        LineState::Declined(_) => Some("Declined."),
        LineState::Reviewed { .. } => Some("Your advice is recorded."),
        LineState::Waiting | LineState::Superseded => None,
    }
}

/// What the holder takes away from a line that is not open.
fn outcome(link: &Link, line: &Line, base: &str) -> Markup {
    html! {
        @if decided_as(line).is_some() {
            div class="govuk-inset-text" { p class="govuk-body" { (decisions_html::tag(line)) } (decisions_html::said(line)) }
            p class="govuk-body" {
                a class="govuk-link" href=(format!("{base}/document.pdf")) { "Keep the document (PDF)" }
                ". It carries the evidence of every decision, and "
                a class="govuk-link" href="/verify" { "anyone can check it" } " without us."
            }
        } @else {
            (InsetText::new(format!(
                "A newer version has taken the place of this one. Nothing can be decided here any more. Ask {} for a new link.",
                link.made_for
            )))
        }
    }
}
