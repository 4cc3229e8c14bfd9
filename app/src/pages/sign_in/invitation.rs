//! `/invitations/{token}`: what an administrator's link opens. With one a member chooses a new password;
//! with another someone accepts the roles that an organisation offers, with a new account or their own.

use axum::extract::Path;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use govuk::{Button, Checkbox, Checkboxes};
use maud::html;

use crate::identity::credential;
use crate::identity::people;
use crate::identity::people::Invitation;
use crate::identity::proofs;
use crate::identity::proofs::GivesWay;
use crate::kernel::ids::PersonId;
use crate::kernel::{Change, Problem, Refusal, phrases};
use crate::organisations::offers;
use crate::organisations::offers::Offer;
use crate::pages::organisation::membership_offers;
use crate::pages::sign_in::enter::{before, enter_as, settled};
use crate::pages::sign_in::fields;
use crate::web::{Posted, Sheet, Visit, error_of, see_other};

/// What a link is for.
enum Link {
    NewPassword(Invitation),
    Membership(Offer),
}

async fn find(visit: &Visit, token: &str) -> Result<Link, Refusal> {
    if let Some(offer) = offers::by_token(visit, token).await? {
        return Ok(Link::Membership(offer.open(visit)?));
    }
    let invitation = people::invitation(visit, token).await?;
    Ok(Link::NewPassword(invitation))
}

/// Whether the offer is to the address of whoever is signed in.
async fn is_to(visit: &Visit, offer: &Offer) -> Result<bool, Refusal> {
    let Some(acting) = &visit.acting else {
        return Ok(false);
    };
    Ok(people::email_of(visit, &acting.person).await? == offer.email)
}

pub async fn show(visit: Visit, Path(token): Path<String>) -> Result<Response, Refusal> {
    match find(&visit, &token).await {
        Ok(Link::NewPassword(invitation)) => {
            Ok(new_password(&visit, &token, &invitation, Vec::new()))
        }
        Ok(Link::Membership(offer)) if is_to(&visit, &offer).await? => {
            membership_offers::answer_page(&visit, &offer, &path(&token), Vec::new()).await
        }
        Ok(Link::Membership(offer)) => Ok(join(&visit, &token, &offer, false, Vec::new())),
        Err(refusal) => Ok(visit.refused(refusal, "/sign-in")),
    }
}

fn path(token: &str) -> String {
    format!("/invitations/{token}")
}

pub async fn save(
    jar: CookieJar,
    Path(token): Path<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    match find(&posted, &token).await {
        Ok(Link::NewPassword(invitation)) => set_password(jar, &token, &posted, &invitation).await,
        Ok(Link::Membership(offer)) if is_to(&posted, &offer).await? => {
            membership_offers::answer(&posted, &offer, &path(&token)).await
        }
        Ok(Link::Membership(offer)) if posted.fields.one("decision") == "decline" => {
            membership_offers::declined(&posted, &offer).await
        }
        Ok(Link::Membership(offer)) => accept(jar, &token, &posted, &offer).await,
        Err(refusal) => Ok(posted.refused(refusal, "/sign-in")),
    }
}

/// Somebody without an account, or whose address another has taken, accepts with a new password.
async fn accept(
    jar: CookieJar,
    token: &str,
    posted: &Posted,
    offer: &Offer,
) -> Result<Response, Refusal> {
    let password = posted.fields.one("password");
    let about = [offer.name.as_str(), &offer.email, &offer.organisation_name];
    if let Some(problem) = fields::password_problem(posted, password, &about).await? {
        return Ok(join(posted, token, offer, false, vec![problem]));
    }
    let taken = match people::by_email(posted, &offer.email).await? {
        None => None,
        Some(account) => {
            let gives_way =
                proofs::gives_way(posted, &account, &offer.organisation, &offer.proof).await?;
            let disowned = posted.fields.one("disowned") == "yes";
            match gives_way {
                GivesWay::Yes => Some(account),
                GivesWay::WhenDisowned if disowned => Some(account),
                other => {
                    let problem = Problem::new(
                        "password",
                        "There is an account with this email address. Sign in to it, and you can accept there",
                    );
                    let may_disown = other == GivesWay::WhenDisowned;
                    return Ok(join(posted, token, offer, may_disown, vec![problem]));
                }
            }
        }
    };
    let hash = credential::hash(posted, password.to_owned()).await?;
    let (person, added) = proofs::add(posted, &offer.name, &offer.email, Some(hash), &offer.proof);
    let change = match &taken {
        Some(account) => proofs::take_back(posted, account).and(added),
        None => added,
    };
    let change = change.and(offers::accept(posted, offer, &person).await?);
    let jar = settled(posted, jar, &offer.email);
    enter_by_link(
        jar,
        token,
        posted,
        &person,
        offer.organisation.clone(),
        change,
    )
    .await
}

async fn set_password(
    jar: CookieJar,
    token: &str,
    posted: &Posted,
    invitation: &Invitation,
) -> Result<Response, Refusal> {
    let password = posted.fields.one("password");
    let about = [
        invitation.name.as_str(),
        &invitation.email,
        &invitation.organisation_name,
    ];
    if let Some(problem) = fields::password_problem(posted, password, &about).await? {
        return Ok(new_password(posted, token, invitation, vec![problem]));
    }
    let hash = credential::hash(posted, password.to_owned()).await?;
    let change = people::accept_invitation(posted, token, invitation, hash);
    let organisation = invitation.organisation.clone();
    let jar = settled(posted, jar, &invitation.email);
    enter_by_link(jar, token, posted, &invitation.person, organisation, change).await
}

async fn enter_by_link(
    jar: CookieJar,
    token: &str,
    posted: &Posted,
    person: &PersonId,
    organisation: crate::kernel::ids::OrganisationId,
    change: Change,
) -> Result<Response, Refusal> {
    let (begun, entry) = enter_as(
        posted,
        person,
        "invitation",
        Some(&organisation),
        "/in-tray",
    );
    // Used a moment before by another window, or withdrawn: its page says so.
    match before(posted).commit(change.and(begun)).await {
        Ok(()) => Ok(entry.answer(posted, jar)),
        Err(Refusal::Raced) => Ok(see_other(path(token))),
        Err(other) => Err(other),
    }
}

/// The same for every address, whether it has an account or not.
fn join(
    visit: &Visit,
    token: &str,
    offer: &Offer,
    may_disown: bool,
    problems: Vec<Problem>,
) -> Response {
    let next: String = form_urlencoded::byte_serialize(path(token).as_bytes()).collect();
    let name = &offer.organisation_name;
    let body = html! {
        p class="govuk-body" {
            (name) " has invited you, " (offer.name) ", to this service. Here public bodies and their partners agree how \
             they share information about people. You would be " (phrases::list(&offer.titles())) "."
        }
        h2 class="govuk-heading-m" { "If you have an account" }
        p class="govuk-body" {
            "If you already sign in here with " strong class="app-break" { (offer.email) } ", "
            a class="govuk-link" href=(format!("/sign-in?next={next}")) { "sign in to accept the invitation" }
            ". You keep your password."
        }
        h2 class="govuk-heading-m" { "If you are new here" }
        p class="govuk-body" {
            "You will sign in with " strong class="app-break" { (offer.email) } " and the password you choose here. If \
             someone else has made an account with your address without proving that it is theirs, they lose it."
        }
        (visit.form(&path(token), html! {
            (fields::new_password(&problems))
            @if may_disown {
                (Checkboxes {
                    id: "disowned",
                    name: "disowned",
                    legend: "Is the account with this address yours?".into(),
                    hint: Some("Another organisation invited someone with this address. If that was not you, what the account can do ends, and you begin with a new one."),
                    items: vec![Checkbox::new("yes", "No, the account is not mine")],
                    error: error_of(&problems, "disowned"),
                    ..Checkboxes::default()
                })
            }
            (Button::submit("Set the password and sign in"))
        }))
        h2 class="govuk-heading-m" { "If you do not want to join" }
        (visit.form(&path(token), html! {
            input type="hidden" name="decision" value="decline";
            (Button::secondary("Decline the invitation"))
        }))
    };
    visit.show(Sheet::new(format!("Join {name}"), body).problems(problems))
}

fn new_password(
    visit: &Visit,
    token: &str,
    invitation: &Invitation,
    problems: Vec<Problem>,
) -> Response {
    let body = html! {
        p class="govuk-body" {
            (invitation.organisation_name) " has given you, " (invitation.name) ", a link with which you choose a password."
        }
        p class="govuk-body" {
            "You will sign in with " strong class="app-break" { (invitation.email) } " and the password you choose here."
        }
        (visit.form(&path(token), html! {
            (fields::new_password(&problems))
            (Button::submit("Set the password and sign in"))
        }))
    };
    let title = format!("Join {}", invitation.organisation_name);
    visit.show(Sheet::new(title, body).problems(problems))
}
