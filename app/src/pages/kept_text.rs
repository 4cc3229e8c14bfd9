//! What somebody had typed when their session ended. It is not saved, because nobody says any more who
//! they are; it is kept for them, locked, and offered again once they have signed in.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, Details, SummaryList, SummaryRow};
use maud::{Markup, html};

use crate::identity::kept_texts;
use crate::kernel::clock::{Now, day, moment};
use crate::kernel::ids::PersonId;
use crate::kernel::{App, Problem, Refusal};
use crate::pages::sign_in::password;
use crate::web::sending::{Sending, of_session};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

sql! {
    OWNER = "select person_id from sessions where form_token = $1";
}

/// The field of a form that was kept: it is not kept any more once the form is taken.
const FIELD: &str = "kept_text";

/// Never kept: what shows who somebody is, and what counts only once.
const NOT_KEPT: [&str; 9] = [
    "form_token",
    "password",
    "new_password",
    "code",
    "passkey",
    "secret",
    "client_secret",
    "nonce",
    "openid",
];
/// Nobody has typed these.
const NOT_TYPED: [&str; 4] = ["seen", "next", FIELD, "form_token"];

/// Keeps what is sent by somebody whose session has ended, and asks them to sign in.
pub async fn keep(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let sending = parts.extensions.get::<Sending>().cloned();
    let mut asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(sending) = sending else {
        return response;
    };
    if response.status() == StatusCode::SEE_OTHER
        && let Some((person, id)) = sending.kept()
    {
        if let Err(refusal) = kept_texts::forget_one(&app, &person, &id).await {
            refusal.log();
        }
        return response;
    }
    let Some(form) = sending.form() else {
        return response;
    };
    let of_another = response.status() == StatusCode::BAD_REQUEST;
    if !of_another && !leads_to_sign_in(response.headers()) {
        return response;
    }
    let Ok(visit) = Visit::from_request_parts(&mut asked, &app).await else {
        return response;
    };
    let kept = if of_another {
        of_another_session(&visit, form).await
    } else {
        signed_out(&visit, form).await
    };
    match kept {
        Ok(Some(page)) => page,
        Ok(None) => response,
        Err(refusal) => {
            refusal.log();
            response
        }
    }
}

fn leads_to_sign_in(headers: &HeaderMap) -> bool {
    let to = headers.get(header::LOCATION);
    to.is_some_and(|to| to == "/sign-in")
}

/// The page that asks somebody to sign in, with what they typed. None where nothing was typed, or where
/// the form is of no session of ours.
async fn signed_out(visit: &Visit, form: Fields) -> Result<Option<Response>, Refusal> {
    let Some((person, form)) = owned(visit, form).await? else {
        return Ok(None);
    };
    let kept = kept_texts::keep(visit, &visit.path, &person, &form).await?;
    let next = kept.map(|id| format!("/kept/{id}"));
    let body = html! {
        p class="govuk-body" {
            "You are signed out after 2 hours without a page, and after 12 hours in any case. What you sent was "
            strong { "not saved" } "."
        }
        @if next.is_some() {
            p class="govuk-body" {
                "We keep what you typed for 7 days. Sign in as the same person to get it back. Files are not kept."
            }
        } @else {
            p class="govuk-body" { "It is too much for us to keep. Copy it from below before you go on." }
        }
        (Details::new("What you typed", preview(&form)))
        (password::ways(visit, "", next.as_deref().unwrap_or_default(), &[]).await?)
    };
    let problem = Problem::new(
        "main-content",
        "Your session ended before this was saved. Sign in again to save it",
    );
    let sheet = Sheet::new("Sign in again", body).problems(vec![problem]);
    Ok(Some(visit.show(sheet)))
}

/// Somebody has signed in again meanwhile, in another window: their text is kept, and they go to it.
async fn of_another_session(visit: &Visit, form: Fields) -> Result<Option<Response>, Refusal> {
    let Some((person, form)) = owned(visit, form).await? else {
        return Ok(None);
    };
    if visit.acting.as_ref().map(|acting| &acting.person) != Some(&person) {
        return Ok(None);
    }
    let kept = kept_texts::keep(visit, &visit.path, &person, &form).await?;
    Ok(kept.map(|id| see_other(format!("/kept/{id}"))))
}

/// Whose session the form is of, and what is kept of it. None where that is nobody's, or nothing was
/// typed.
async fn owned(visit: &Visit, mut form: Fields) -> Result<Option<(PersonId, Fields)>, Refusal> {
    let session = of_session(form.one("form_token")).to_owned();
    let owner = visit.app.db.optional(&OWNER, args![session]).await?;
    let Some(owner) = owner else {
        return Ok(None);
    };
    for name in NOT_KEPT {
        form.0.remove(name);
    }
    if typed(&form).is_empty() {
        return Ok(None);
    }
    Ok(Some((owner.text("person_id")?.into(), form)))
}

/// What was typed, by the names of the fields.
fn typed(form: &Fields) -> Vec<(&str, &str)> {
    let typed = form
        .0
        .iter()
        .filter(|(name, _)| !NOT_TYPED.contains(&name.as_str()));
    typed
        .flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
        .filter(|(_, value)| !value.trim().is_empty())
        .collect()
}

fn preview(form: &Fields) -> Markup {
    let rows = typed(form)
        .into_iter()
        .map(|(name, value)| {
            let name = name.replace(['_', '-'], " ");
            SummaryRow::new(name, html! { span class="app-typed app-break" { (value) } })
        })
        .collect();
    html! { (SummaryList { rows, ..SummaryList::default() }) }
}

/// `/kept/{kept}`: what was typed, to be sent again.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let kept = kept_texts::one(&visit, &id).await?;
    let again = html! {
        @for (name, values) in &kept.form.0 {
            @for value in values { input type="hidden" name=(name) value=(value); }
        }
        input type="hidden" name=(FIELD) value=(id);
        (Button::submit("Send it again"))
    };
    let body = html! {
        p class="govuk-body" {
            "Your session ended on " (moment(kept.at)) ", before this was saved. It is kept until "
            (day(Now(kept.until).today())) "."
        }
        (preview(&kept.form))
        (visit.form(&kept.path, again))
        p class="govuk-body" {
            "It goes to the page where you wrote it. If anything has changed there meanwhile, or your password is \
             needed, that page says so and keeps your text. Files have to be chosen again."
        }
        (visit.form(&format!("/kept/{id}/remove"), html! { (Button::secondary("Remove it")) }))
    };
    Ok(visit.show(Sheet::new("What you typed before you were signed out", body).back("/in-tray")))
}

/// `POST /kept/{kept}/remove`.
pub async fn remove(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    kept_texts::one(&posted, &id).await?;
    let person = &posted.ctx.acting()?.person;
    posted.commit(kept_texts::removed(person, &id)).await?;
    Ok(see_other("/in-tray"))
}
