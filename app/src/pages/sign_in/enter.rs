//! Entering: a person whose identity was just shown gets a session and a place to start.

use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;

use crate::identity::people;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Change, Ctx, Refusal, Right};
use crate::organisations::roles;
use crate::web::session::cookie;
use crate::web::{Visit, browser, origin, see_other};

/// A session that begins: once its change is committed, answer with it.
pub struct Entry {
    token: String,
    to: String,
}

impl Entry {
    /// The redirect that carries the cookie.
    pub fn answer(self, visit: &Visit, jar: CookieJar) -> Response {
        (jar.add(cookie(&visit.app, self.token)), see_other(&self.to)).into_response()
    }
}

/// Somebody has just shown that this account is theirs, here and in this browser: guesses from elsewhere keep
/// them out of neither.
pub fn settled(visit: &Visit, jar: CookieJar, email: &str) -> CookieJar {
    let account = people::fold_email(email);
    let network = origin::network(&visit.address);
    let elapsed = visit.app.clock.elapsed();
    visit.app.attempts.began(elapsed, &account, &network);
    jar.add(browser::cookie(visit, &account))
}

/// Nobody acts yet while somebody enters, whoever used this browser before.
pub fn before(visit: &Visit) -> Ctx {
    Ctx {
        acting: None,
        right: Right::Standing,
        ..visit.ctx.clone()
    }
}

/// A session for this person. Who works for one organisation acts for it; who works for several
/// is asked. A session this browser had before ends.
pub async fn enter(
    visit: &Visit,
    person: &PersonId,
    credential: &'static str,
    next: &str,
) -> Result<(Change, Entry), Refusal> {
    let organisations = roles::organisations_of(&visit.ctx, person).await?;
    let only = match organisations.as_slice() {
        [(id, _)] => Some(id),
        _ => None,
    };
    let next = local(next).unwrap_or("/in-tray");
    let to = if only.is_some() {
        next.to_owned()
    } else {
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        format!("/organisation/choose?next={next}")
    };
    Ok(enter_as(visit, person, credential, only, to))
}

/// A session for this person that acts for this organisation.
pub fn enter_as(
    visit: &Visit,
    person: &PersonId,
    credential: &'static str,
    organisation: Option<&OrganisationId>,
    to: impl Into<String>,
) -> (Change, Entry) {
    let begun = people::Begun {
        credential,
        address: visit.address.clone(),
        device: visit.device.clone(),
        at_provider: None,
    };
    entered(visit, person, &begun, organisation, to)
}

/// A session that began at the provider of an organisation, and acts for that one only.
pub fn enter_from_provider(
    visit: &Visit,
    person: &PersonId,
    at: people::AtProvider,
    next: &str,
) -> (Change, Entry) {
    let organisation = at.organisation.clone();
    let begun = people::Begun {
        credential: "openid",
        address: visit.address.clone(),
        device: visit.device.clone(),
        at_provider: Some(at),
    };
    let to = local(next).unwrap_or("/in-tray");
    entered(visit, person, &begun, Some(&organisation), to)
}

fn entered(
    visit: &Visit,
    person: &PersonId,
    begun: &people::Begun,
    organisation: Option<&OrganisationId>,
    to: impl Into<String>,
) -> (Change, Entry) {
    let (token, mut change) = people::start_session(&visit.ctx, person, organisation, begun);
    if let Some(acting) = &visit.acting {
        let old = visit.session.hash();
        change = people::end_session(&visit.ctx, &acting.person, &old).and(change);
    }
    (
        change,
        Entry {
            token,
            to: to.into(),
        },
    )
}

/// The address, if it is a page of ours: never a way to another site.
pub fn local(next: &str) -> Option<&str> {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.len() <= 1000
        && next.bytes().all(|b| b.is_ascii_graphic());
    ours.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_our_own_pages_come_next() {
        for ours in ["/", "/in-tray", "/records/agr_1?done=saved"] {
            assert_eq!(local(ours), Some(ours));
        }
        for foreign in [
            "",
            "https://example.org/",
            "//example.org",
            "/\\example.org",
            "in-tray",
            "/a\r\nSet-Cookie: x=y",
            "/\t/example.org",
            "/é",
        ] {
            assert_eq!(local(foreign), None, "{foreign:?}");
        }
    }
}
