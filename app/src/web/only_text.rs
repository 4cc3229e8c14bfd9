//! Addresses hold text, as forms do: what is no text in a path names nothing, and in a query it is dropped. Whoever
//! sent it is told so on the page they come to next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use percent_encoding::percent_decode_str;

use crate::kernel::{App, Refusal};
use crate::web::problem_json::ApiRefusal;

/// Says on the next page that something was dropped. It holds nothing else.
const NOTE: &str = "aldgate_dropped";

/// Whether something that is no text was dropped from what was sent.
#[derive(Clone, Default)]
pub struct Dropped(Arc<AtomicBool>);

impl Dropped {
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The gate for addresses, and the word about what was dropped.
pub async fn only_text(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let is_for_program = request.uri().path().starts_with("/api/");
    let refuse = |refusal: Refusal| {
        if is_for_program {
            ApiRefusal(refusal).into_response()
        } else {
            refusal.into_response()
        }
    };
    if !is_text(request.uri().path()) {
        return refuse(Refusal::NotFound);
    }
    let dropped = Dropped::default();
    match query(request.uri()) {
        Query::Text => {}
        Query::Other(_, true) if is_for_program => {
            return refuse(Refusal::Malformed(
                "The address holds a character that is no text, such as U+0000. Leave it out."
                    .to_owned(),
            ));
        }
        Query::Other(uri, lost) => {
            *request.uri_mut() = uri;
            if lost {
                dropped.note();
            }
        }
    }
    let noted = CookieJar::from_headers(request.headers())
        .get(NOTE)
        .is_some();
    if noted {
        dropped.note();
    }
    request.extensions_mut().insert(dropped.clone());
    let mut response = next.run(request).await;
    let goes_on = response.status().is_redirection();
    if dropped.is_noted() && goes_on != noted {
        let cookie = if goes_on { note(&app) } else { no_note(&app) };
        add(response.headers_mut(), &cookie);
    }
    response
}

fn note(app: &App) -> Cookie<'static> {
    Cookie::build((NOTE, "1"))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.settings.is_https())
        .build()
}

fn no_note(app: &App) -> Cookie<'static> {
    let mut cookie = note(app);
    cookie.make_removal();
    cookie
}

fn add(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(value) = cookie.to_string().parse() {
        headers.append(SET_COOKIE, value);
    }
}

/// Whether a path names something: no id or name of ours holds anything that is no text.
fn is_text(path: &str) -> bool {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    !decoded.chars().any(text::is_no_text)
}

enum Query {
    /// It is text as it stands.
    Text,
    /// What is left of the address, and whether something was dropped.
    Other(Uri, bool),
}

fn query(uri: &Uri) -> Query {
    let Some(query) = uri.query().filter(|query| query.contains('%')) else {
        return Query::Text;
    };
    let (mut changed, mut dropped) = (false, false);
    let mut left = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let (name, value) = (text::kept(&name), (text::kept(&value), value));
        changed |= value.0.text != *value.1 || name.dropped;
        dropped |= value.0.dropped || name.dropped;
        left.append_pair(&name.text, &value.0.text);
    }
    if !changed {
        return Query::Text;
    }
    let left = format!("{}?{}", uri.path(), left.finish());
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = left.parse::<PathAndQuery>().ok();
    match Uri::from_parts(parts) {
        Ok(uri) => Query::Other(uri, dropped),
        Err(_) => Query::Text,
    }
}
