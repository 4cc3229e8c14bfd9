//! How large a request may be. Whoever sends more gets a page that says so, not a broken connection.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;

use crate::kernel::{App, Refusal};
use crate::web::problem_json::ApiRefusal;
use crate::web::session;

/// The longest path and query, in bytes. Searches are cut at 200 characters, so pages need far less.
pub const MAX_ADDRESS_BYTES: usize = 8 * 1024;
/// All headers of a request together, in bytes.
pub const MAX_HEADER_BYTES: usize = 32 * 1024;
/// What is read and forgotten of a body that is too large, so that browsers come to read the answer, in bytes.
const MAX_READ_AWAY_BYTES: usize = 64 * 1024 * 1024;
/// A form of short fields, in bytes: what anybody may send.
pub const MAX_FORM_BYTES: usize = 64 * 1024;
/// Fields of such a form.
pub const MAX_FORM_FIELDS: usize = 300;
/// The texts of a form with long answers, in bytes.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// Fields of such a form.
pub const MAX_TEXT_FIELDS: usize = 2000;
/// A signed document or an evidence file to check, with attached files, in bytes.
pub const MAX_EVIDENCE_BYTES: usize = 12 * 1024 * 1024;
/// A form has arrived after this time.
pub const FORM_TIMEOUT: Duration = Duration::from_secs(20);
/// One with long answers or files.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_secs(50);

/// What a route takes in the body of a post. The route table says it where it is more than [`Takes::Form`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Takes {
    /// Short fields.
    #[default]
    Form,
    /// Long answers, of somebody who is signed in.
    Text,
    /// Long answers and files, of somebody who is signed in.
    Files,
    /// A file to check, of anybody.
    Evidence,
}

/// How much is read of one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    pub bytes: usize,
    pub fields: usize,
    pub within: Duration,
}

impl Takes {
    fn bound(self, app: &App) -> Bound {
        let (bytes, fields, within) = match self {
            Takes::Form => (MAX_FORM_BYTES, MAX_FORM_FIELDS, FORM_TIMEOUT),
            Takes::Text => (MAX_TEXT_BYTES, MAX_TEXT_FIELDS, UPLOAD_TIMEOUT),
            Takes::Files => (
                app.settings.upload_limit + MAX_TEXT_BYTES,
                MAX_TEXT_FIELDS,
                UPLOAD_TIMEOUT,
            ),
            Takes::Evidence => (MAX_EVIDENCE_BYTES, MAX_FORM_FIELDS, UPLOAD_TIMEOUT),
        };
        Bound {
            bytes,
            fields,
            within,
        }
    }
}

impl Bound {
    /// What is read of this request. Long answers and files are for those who have a session, or had one: what
    /// somebody typed until it ended is read too.
    pub async fn of(app: &App, parts: &Parts) -> Result<Bound, Refusal> {
        let takes = parts.extensions.get::<Takes>().copied().unwrap_or_default();
        let known = match takes {
            Takes::Form | Takes::Evidence => true,
            Takes::Text | Takes::Files => session::is_known(app, &parts.headers).await?,
        };
        Ok(if known { takes } else { Takes::Form }.bound(app))
    }

    /// What is said of a body that is larger.
    pub fn too_large(&self, app: &App) -> Refusal {
        if *self == Takes::Files.bound(app) {
            return Refusal::too_large(app.settings.upload_limit);
        }
        let what_to_do = if *self == Takes::Evidence.bound(app) {
            "Send fewer attached files, or check them on your own computer with “aldgate verify”."
        } else {
            "Go back and shorten what you wrote. If you were signed in, sign in again first: your session may have ended."
        };
        Refusal::TooLarge(format!(
            "What you sent is larger than {} kB, the most that this form takes. Nothing was changed. {what_to_do}",
            self.bytes / 1024
        ))
    }

    /// What is said of a body with more fields.
    pub fn too_many(&self) -> Refusal {
        Refusal::TooLarge(format!(
            "What you sent has more than {} fields, the most that this form takes. Nothing was changed. Go back, \
             reload the page and send it again.",
            self.fields
        ))
    }
}

/// Refuses what is too large: 413, 414 or 431.
pub async fn bounded(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let for_program = request.uri().path().starts_with("/api/");
    let refuse = |status: StatusCode, what: &str| {
        let refusal = Refusal::TooLarge(what.to_owned());
        let answer = if for_program {
            ApiRefusal(refusal).into_response()
        } else {
            refusal.into_response()
        };
        (status, answer).into_response()
    };
    let address = request
        .uri()
        .path_and_query()
        .map_or(0, |p| p.as_str().len());
    if address > MAX_ADDRESS_BYTES {
        return refuse(
            StatusCode::URI_TOO_LONG,
            "The address is too long. Search with fewer words, or follow a link from a page.",
        );
    }
    let headers: usize = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers > MAX_HEADER_BYTES {
        return refuse(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "Your browser sent too much with the request. Clear the cookies of this site and try again.",
        );
    }
    let limit = MAX_EVIDENCE_BYTES.max(app.settings.upload_limit + MAX_TEXT_BYTES);
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        read_away(request.into_body()).await;
        return Refusal::too_large(app.settings.upload_limit).into_response();
    }
    next.run(request).await
}

/// Reads and forgets what comes, up to [`MAX_READ_AWAY_BYTES`].
pub(super) async fn read_away(mut body: Body) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, |data| data.len());
        if read > MAX_READ_AWAY_BYTES {
            return;
        }
    }
}
