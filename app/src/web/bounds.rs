//! How large a request may be. Whoever sends more gets a page that says so, not a broken connection.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;

use super::api::ApiRefusal;
use crate::kernel::{App, Refusal};

/// The longest path and query, in bytes. Searches are cut at 200 characters, so pages need far less.
const LONGEST_ADDRESS: usize = 8 * 1024;
/// All headers of a request together, in bytes.
const LONGEST_HEADERS: usize = 32 * 1024;
/// What is read of a body that is too large before it is refused, so that browsers come to read the
/// answer, in times of what may be sent.
const PATIENCE: usize = 4;
/// What a form holds beside its files, in bytes.
pub const FORM: usize = 1024 * 1024;

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
    if address > LONGEST_ADDRESS {
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
    if headers > LONGEST_HEADERS {
        return refuse(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "Your browser sent too much with the request. Clear the cookies of this site and try again.",
        );
    }
    let limit = app.settings.upload_limit + FORM;
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        read_away(request.into_body(), limit * PATIENCE).await;
        return Refusal::too_large(app.settings.upload_limit).into_response();
    }
    next.run(request).await
}

/// Reads and forgets up to so many bytes.
async fn read_away(mut body: Body, most: usize) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, |data| data.len());
        if read > most {
            return;
        }
    }
}
