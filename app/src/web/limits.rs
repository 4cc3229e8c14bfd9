//! How much one visitor may ask for in a while: of what costs much, so that nobody slows the gateway
//! for the others. Counted by session and by network address.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;

use super::api::ApiRefusal;
use super::origin;
use super::session::{named_cookie, token_hash};
use crate::kernel::{App, Refusal};

/// Whether a request makes the gateway work much: documents, searches, files, exports, the API.
fn is_expensive(request: &Request) -> bool {
    let path = request.uri().path();
    if request.method() == Method::POST {
        let kind = request.headers().get(CONTENT_TYPE);
        return path.ends_with("/export")
            || kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    }
    path.ends_with(".pdf")
        || path.ends_with(".csv")
        || path.ends_with(".json")
        || path.contains("/attachments/")
        || path.contains("/files/")
        || path.starts_with("/api/v1/")
        || matches!(
            path,
            "/register"
                | "/agreements"
                | "/organisations"
                | "/law"
                | "/law/gateways"
                | "/law/impact"
        )
}

/// Refuses with 429 and Retry-After who asks for too much (RFC 6585).
pub async fn hold_back(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !is_expensive(&request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let settings = &app.settings;
    let jar = CookieJar::from_headers(&parts.headers);
    let secret = match parts.headers.get(AUTHORIZATION) {
        Some(sent) => Some(sent.as_bytes().to_vec()),
        None => jar
            .get(named_cookie(&app))
            .map(|cookie| cookie.value().as_bytes().to_vec()),
    };
    let now = app.clock.now().0;
    let address = origin::network(&origin::address(&app, &parts));
    // By address first: made-up cookies are as many as one likes, addresses are not.
    let mut taken = Ok(());
    if !address.is_empty() {
        taken = app
            .limits
            .take(&format!("address {address}"), settings.limit_address, now);
    }
    if let (Ok(()), Some(secret)) = (taken, secret) {
        let key = format!("session {}", token_hash(&String::from_utf8_lossy(&secret)));
        taken = app.limits.take(&key, settings.limit_session, now);
    }
    if let Err(wait_seconds) = taken {
        let refusal = Refusal::TooMany { wait_seconds };
        return if parts.uri.path().starts_with("/api/") {
            ApiRefusal(refusal).into_response()
        } else {
            refusal.into_response()
        };
    }
    next.run(Request::from_parts(parts, body)).await
}
