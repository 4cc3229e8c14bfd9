//! What programs can ask for, described as OpenAPI. A test holds that every route of the API is here.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::pages::log;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Aldgate",
        description = "An information sharing gateway. The register is for everyone; the rest asks who you are."
    ),
    paths(
        log::keys::list,
        crate::api::register::list,
        crate::api::register::show,
        crate::api::records::list,
        crate::api::records::show,
        crate::api::prompts::prompts,
        crate::api::prompts::why_not,
    ),
    modifiers(&Token)
)]
struct Api;

/// How a program says who it is.
struct Token;

impl Modify for Token {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A token from “Tokens for programs”: `Authorization: Bearer aldgate_…`",
            ))
            .build();
        api.components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(token));
    }
}

pub async fn show() -> Response {
    Json(Api::openapi()).into_response()
}
