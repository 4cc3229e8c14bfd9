//! What programs can ask for, described as OpenAPI. A test holds that every route of the API is here.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use utoipa::OpenApi;

use crate::features::register;
use crate::records;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Aldgate",
        description = "An information sharing gateway. The register is for everybody; the rest asks who you are."
    ),
    paths(
        register::api::list,
        register::api::show,
        records::api::prompts,
        records::api::why_not,
    )
)]
struct Api;

pub async fn show() -> Response {
    Json(Api::openapi()).into_response()
}
