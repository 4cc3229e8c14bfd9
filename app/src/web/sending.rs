//! What a form sends is done once, however often it is sent. Each form of each page carries a number of
//! its own beside the token of the session; the same number with the same content is the same form.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Response as Answered, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};

use crate::adapters::sent_forms::{Claim, LARGEST, Turn};
use crate::kernel::Fields;
use crate::kernel::clock::Now;
use crate::kernel::ids::PersonId;
use crate::kernel::{App, Refusal};
use crate::web::origin;
use crate::web::posted::Upload;
use crate::web::session::{Visit, named_cookie};

/// How long the same form gets the same answer (microseconds).
const SIGNED_IN: i64 = 10 * 60 * 1_000_000;
/// The same for forms of nobody: long enough for a double click, too short to come in the way of
/// whoever signs in, out and in again.
const NOBODY: i64 = 10 * 1_000_000;

/// What a page puts into a form: the session's token, and a number that no other form has.
pub(super) fn token(session: &str, now: Now) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{session}.{:x}-{:x}-{number:x}", now.0, std::process::id())
}

/// The session's token in what a form sent.
pub fn of_session(sent: &str) -> &str {
    sent.split_once('.').map_or(sent, |(session, _)| session)
}

/// What the request that is being answered has sent.
#[derive(Clone, Default)]
pub struct Sending(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    claim: Option<Claim>,
    until: i64,
    form: Option<Fields>,
    kept: Option<(PersonId, String)>,
}

impl Sending {
    /// The form of a session that is not the visitor's, or not any more.
    pub fn form(&self) -> Option<Fields> {
        self.0.lock().expect("not poisoned").form.take()
    }

    /// The kept text that was sent again: whose it is, and its id.
    pub fn kept(&self) -> Option<(PersonId, String)> {
        self.0.lock().expect("not poisoned").kept.take()
    }

    pub(super) fn note(&self, visit: &Visit, fields: &Fields) {
        let Some(acting) = &visit.acting else {
            self.of_no_session(fields);
            return;
        };
        let kept = fields.one("kept_text");
        let kept = (!kept.is_empty()).then(|| (acting.person.clone(), kept.to_owned()));
        self.0.lock().expect("not poisoned").kept = kept;
    }

    pub(super) fn of_no_session(&self, fields: &Fields) {
        if !of_session(fields.one("form_token")).is_empty() {
            self.0.lock().expect("not poisoned").form = Some(fields.clone());
        }
    }

    /// Waits for the same form that was sent before. Gives its answer, or leave to go on.
    pub(super) async fn turn(
        &self,
        app: &App,
        sender: &Sender,
        fields: &Fields,
        files: &[Upload],
    ) -> Option<Response> {
        let sent = fields.one("form_token");
        // Whoever sends no number is no page of ours.
        let (session, _) = sent.split_once('.')?;
        let now = app.clock.now().0;
        match app.sent.turn(&key(sender, fields, files), now).await {
            Turn::Again(answer) => {
                let (parts, bytes) = answer.into_parts();
                Some(Response::from_parts(parts, Body::from(bytes)))
            }
            Turn::First(claim) => {
                let mut held = self.0.lock().expect("not poisoned");
                held.until = now
                    + if session.is_empty() {
                        NOBODY
                    } else {
                        SIGNED_IN
                    };
                held.claim = Some(claim);
                None
            }
        }
    }
}

/// Where a form comes from and goes to.
pub(super) struct Sender {
    path: String,
    address: String,
    cookie: String,
}

impl Sender {
    pub(super) fn of(app: &App, head: &Parts) -> Sender {
        let jar = CookieJar::from_headers(&head.headers);
        let cookie = jar.get(named_cookie(app));
        Sender {
            path: head.uri.path().to_owned(),
            address: origin::address(app, head),
            cookie: cookie.map_or_else(String::new, |cookie| cookie.value().to_owned()),
        }
    }
}

/// A digest of everything that was sent, and of who sent it.
fn key(sender: &Sender, fields: &Fields, files: &[Upload]) -> String {
    let mut digest = Sha256::new();
    let mut add = |part: &[u8]| {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    };
    for part in [&sender.path, &sender.address, &sender.cookie] {
        add(part.as_bytes());
    }
    for (name, values) in &fields.0 {
        add(name.as_bytes());
        add(&(values.len() as u64).to_be_bytes());
        values.iter().for_each(|value| add(value.as_bytes()));
    }
    for file in files {
        add(file.field.as_bytes());
        add(file.name.as_bytes());
        add(&file.bytes);
    }
    hex::encode(digest.finalize())
}

/// Remembers what came of a form that did what it asked for.
pub async fn remember(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let sending = Sending::default();
    request.extensions_mut().insert(sending.clone());
    let response = next.run(request).await;
    let (claim, until) = {
        let mut held = sending.0.lock().expect("not poisoned");
        (held.claim.take(), held.until)
    };
    let Some(claim) = claim.filter(|_| is_done(&response)) else {
        return response;
    };
    let (parts, body) = response.into_parts();
    let bytes = match body.collect().await {
        Ok(read) => read.to_bytes(),
        Err(fault) => return refused(fault),
    };
    let mut answer = Answered::new(bytes.clone());
    *answer.status_mut() = parts.status;
    *answer.headers_mut() = parts.headers.clone();
    claim.answered(answer, app.clock.now().0, until);
    Response::from_parts(parts, Body::from(bytes))
}

fn refused(fault: axum::Error) -> Response {
    use axum::response::IntoResponse as _;
    Refusal::broken(fault).into_response()
}

/// Whether the form did what it asked for, and the answer is one that can be given again.
fn is_done(response: &Response) -> bool {
    let header = |name| {
        let value = response.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    match response.status() {
        StatusCode::SEE_OTHER => !header(header::LOCATION).starts_with("/sign-in"),
        StatusCode::OK => {
            let size = response.body().size_hint().exact();
            header(header::CONTENT_TYPE).starts_with("text/html")
                && size.is_some_and(|size| size <= LARGEST as u64)
        }
        _ => false,
    }
}
