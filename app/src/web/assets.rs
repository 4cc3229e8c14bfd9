//! The styles and scripts, embedded.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

use crate::kernel::Refusal;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Assets;

pub async fn asset(Path(name): Path<String>) -> Result<Response, Refusal> {
    let file = Assets::get(&name).ok_or(Refusal::NotFound)?;
    let media_type = mime_guess::from_path(&name).first_or_octet_stream();
    Ok((
        [
            (header::CONTENT_TYPE, media_type.to_string()),
            (header::CACHE_CONTROL, "public, max-age=3600".to_owned()),
        ],
        file.data,
    )
        .into_response())
}
