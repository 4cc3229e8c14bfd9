//! How much one visitor may ask for in a while: of what costs much, so that nobody slows the gateway
//! for the others. Counted by session and by network address.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;

use crate::adapters::rate_limit::Rate;
use crate::identity::token::token_hash;
use crate::kernel::{App, Refusal};
use crate::web::origin;
use crate::web::problem_json::ApiRefusal;
use crate::web::session::named_cookie;

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

/// Files that one address may have checked, in a minute.
pub const CHECKS: Rate = Rate::per_minute(10);
/// How long a file waits to be read until it can be checked.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// Refuses with 429 and Retry-After who asks for too much (RFC 6585).
pub async fn hold_back(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (expensive, posted) = (is_expensive(&request), request.method() == Method::POST);
    if !expensive && !posted {
        return next.run(request).await;
    }
    let checks = posted && request.uri().path() == "/verify";
    let (parts, body) = request.into_parts();
    let settings = &app.settings;
    let now = app.clock.elapsed();
    let address = origin::network(&origin::address(&app, &parts));
    // By address first: made-up cookies are as many as one likes, addresses are not.
    let mut taken = Ok(());
    if !address.is_empty() {
        let of_address =
            |what: &str, rate| app.limits.take(&format!("{what} {address}"), rate, now);
        let rate = Rate::per_minute(settings.limit_address);
        if expensive {
            taken = of_address("address", rate);
        }
        // Forms without files cost less each, and are counted for themselves: each for its own, so that a flood
        // of registrations keeps nobody at that address from signing in.
        if posted && taken.is_ok() {
            let route = parts.extensions.get::<MatchedPath>();
            let route = route.map_or("none", MatchedPath::as_str);
            taken = of_address(&format!("posts {route}"), rate);
        }
        if checks && taken.is_ok() && settings.limit_address > 0 {
            taken = of_address("checks", CHECKS);
        }
    }
    if expensive && taken.is_ok() {
        let jar = CookieJar::from_headers(&parts.headers);
        let secret = match parts.headers.get(AUTHORIZATION) {
            Some(sent) => Some(sent.as_bytes().to_vec()),
            None => jar
                .get(named_cookie(&app))
                .map(|cookie| cookie.value().as_bytes().to_vec()),
        };
        if let Some(secret) = secret {
            let key = format!("session {}", token_hash(&String::from_utf8_lossy(&secret)));
            let rate = Rate::per_minute(settings.limit_session);
            taken = app.limits.take(&key, rate, now);
        }
    }
    if let Err(wait_seconds) = taken {
        let refusal = Refusal::TooMany { wait_seconds };
        return if parts.uri.path().starts_with("/api/") {
            ApiRefusal(refusal).into_response()
        } else {
            refusal.into_response()
        };
    }
    // A few are read at a time, so that what is not yet checked does not fill the memory.
    let turn = if checks {
        match tokio::time::timeout(CHECK_TIMEOUT, app.checks.acquire()).await {
            Ok(turn) => Some(turn),
            Err(_) => return Refusal::TooMany { wait_seconds: 60 }.into_response(),
        }
    } else {
        None
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    drop(turn);
    response
}
