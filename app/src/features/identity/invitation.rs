//! `/invitations/{token}`: a new person sets a password and is signed in.

use axum::extract::Path;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::html;

use super::enter::{before, enter_as, settled};
use super::store::Invitation;
use super::{fields, store};
use crate::kernel::{Problem, Refusal};
use crate::web::{Posted, Sheet, Visit, credential, see_other};

pub async fn show(visit: Visit, Path(token): Path<String>) -> Result<Response, Refusal> {
    match store::invitation(&visit.ctx, &token).await {
        Ok(invitation) => Ok(page(&visit, &token, &invitation, Vec::new())),
        Err(refusal) => Ok(visit.refused(refusal, "/sign-in")),
    }
}

pub async fn save(
    jar: CookieJar,
    Path(token): Path<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let invitation = match store::invitation(&posted.ctx, &token).await {
        Ok(invitation) => invitation,
        Err(refusal) => return Ok(posted.refused(refusal, "/sign-in")),
    };
    let password = posted.fields.one("password");
    let about = [
        invitation.name.as_str(),
        &invitation.email,
        &invitation.organisation_name,
    ];
    if let Some(problem) = fields::password_problem(&posted, password, &about).await? {
        return Ok(page(&posted, &token, &invitation, vec![problem]));
    }
    let hash = credential::hash(&posted.ctx, password.to_owned()).await?;
    let organisation = Some(&invitation.organisation);
    let (begun, entry) = enter_as(
        &posted,
        &invitation.person,
        "invitation",
        organisation,
        "/in-tray",
    );
    let accepted = store::accept_invitation(&posted.ctx, &token, &invitation, hash);
    // Used a moment before by another window: the link is spent, and its page says so.
    if let Err(refusal) = before(&posted).commit(accepted.and(begun)).await {
        return match refusal {
            Refusal::Raced => Ok(see_other(format!("/invitations/{token}"))),
            other => Err(other),
        };
    }
    let jar = settled(&posted, jar, &invitation.email);
    Ok(entry.answer(&posted, jar))
}

fn page(visit: &Visit, token: &str, invitation: &Invitation, problems: Vec<Problem>) -> Response {
    let body = html! {
        p class="govuk-body" {
            (invitation.organisation_name) " has invited you, " (invitation.name) ", to this gateway. \
             Here public bodies and their partners agree how they share information about people."
        }
        p class="govuk-body" {
            "You will sign in with " strong class="app-break" { (invitation.email) } " and the password you choose here."
        }
        (visit.form(&format!("/invitations/{token}"), html! {
            (fields::new_password(&problems))
            (Button::submit("Set the password and sign in"))
        }))
    };
    let title = format!("Join {}", invitation.organisation_name);
    visit.show(Sheet::new(title, body).problems(problems))
}
