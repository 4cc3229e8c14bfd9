//! Proofs as files to keep.

use ::evidence::{Bundle, DayFile};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// What stood on a day, to keep.
pub fn day_file(file: &DayFile) -> Response {
    let (id, day) = (&file.body.record.id, &file.body.day);
    (
        [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{id}-{day}.json\""),
            ),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
        ],
        file.to_bytes(),
    )
        .into_response()
}

/// A bundle to keep.
pub fn bundle_file(bundle: &Bundle) -> Response {
    let (id, number) = (&bundle.body.record.id, bundle.body.version);
    (
        [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{id}-{number}-evidence.json\""),
            ),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
        ],
        bundle.to_bytes(),
    )
        .into_response()
}
