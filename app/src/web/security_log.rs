//! What was refused is written to the log, so that whoever runs the gateway sees an attack while it goes on.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::kernel::App;
use crate::web::origin;

/// Notes refusals that somebody at work in good faith seldom meets. The route stands in place of the address: an
/// address may hold a secret, such as that of an invitation.
pub async fn note(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let address = origin::address(&app, &parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let what = match response.status() {
        StatusCode::BAD_REQUEST => "not a request that our pages send",
        StatusCode::UNAUTHORIZED => "not signed in, or with a token that does not count",
        StatusCode::FORBIDDEN => "not allowed",
        StatusCode::TOO_MANY_REQUESTS => "too many requests",
        // Guessing at other people’s records looks like this.
        StatusCode::NOT_FOUND if route.is_some() => "not there, or not theirs",
        _ => return response,
    };
    let route = route.as_ref().map_or("", |route| route.as_str());
    tracing::warn!(target: "aldgate::security", %method, route, address, "{what}");
    response
}
