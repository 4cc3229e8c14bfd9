//! Answers for programs: JSON, and refusals as problem+json (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::kernel::Refusal;

/// A refusal for a program.
pub struct ApiRefusal(pub Refusal);

impl From<Refusal> for ApiRefusal {
    fn from(refusal: Refusal) -> ApiRefusal {
        ApiRefusal(refusal)
    }
}

/// RFC 9457.
#[derive(Serialize, ToSchema)]
pub struct ProblemDetails {
    /// What kind of problem, in a few words that do not change.
    #[schema(example = "Page not found")]
    pub title: String,
    #[schema(example = 404)]
    pub status: u16,
    /// What happened, what was kept and what to do next.
    pub detail: String,
}

/// What every address for programs may answer, for its description.
#[derive(IntoResponses)]
pub enum Bounds {
    /// The address or query cannot be read, or holds a character that is no text
    #[response(status = 400, content_type = "application/problem+json")]
    NotText(ProblemDetails),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(ProblemDetails),
    /// Too many requests: wait as Retry-After says
    #[response(status = 429, content_type = "application/problem+json")]
    TooOften(ProblemDetails),
}

/// What the addresses that ask who you are may answer as well.
#[derive(IntoResponses)]
pub enum Rights {
    /// No session and no valid token
    #[response(status = 401, content_type = "application/problem+json")]
    NotSignedIn(ProblemDetails),
    /// A token of another scope
    #[response(status = 403, content_type = "application/problem+json")]
    OtherScope(ProblemDetails),
}

impl IntoResponse for ApiRefusal {
    fn into_response(self) -> Response {
        self.0.log();
        let (title, detail) = self.0.words();
        let status = self.0.status();
        let problem = ProblemDetails {
            title: title.to_owned(),
            status: status.as_u16(),
            detail,
        };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        // RFC 6750: what kind of proof is asked for, and what is wrong with the one that was sent.
        let mut headers = self.0.wait();
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::FORBIDDEN => {
                let scope = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
                headers.insert(header::WWW_AUTHENTICATE, scope);
            }
            _ => {}
        }
        (
            status,
            headers,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response()
    }
}
