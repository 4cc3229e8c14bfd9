//! What a form sent: checked to be ours before anything reads it.

use std::ops::Deref;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use crate::kernel::{App, Fields, Refusal};
use crate::web::Visit;
use crate::web::body_limits::{Bound, read_away};
use crate::web::sending::{Sender, Sending, of_session};

/// One file of a form.
#[derive(Debug, Clone)]
pub struct Upload {
    pub field: String,
    pub name: String,
    pub bytes: Bytes,
}

/// A posted form. It can only be had when it carries the token of the visitor's session, so a
/// handler cannot forget to check.
pub struct Posted {
    pub visit: Visit,
    pub fields: Fields,
    pub files: Vec<Upload>,
}

impl Deref for Posted {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl FromRequest<Arc<App>> for Posted {
    /// A refusal, or the answer that the same form got before.
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Posted, Response> {
        let sending = request.extensions().get::<Sending>().cloned();
        let sending = sending.unwrap_or_default();
        let (parts, body) = request.into_parts();
        let head = parts.clone();
        let sent = read(parts, body, app).await;
        let (fields, files) = sent.map_err(Refusal::into_response)?;
        let sender = Sender::of(app, &head);
        let before = sending.turn(app, &sender, &fields, &files);
        if let Some(answer) = before.await {
            return Err(answer);
        }
        let posted = visited(head, app, &sending, fields, files);
        posted.await.map_err(Refusal::into_response)
    }
}

/// Who it is, in which roles and when, is asked once all of it has arrived, and the same form before it is
/// done: a body can take its time.
async fn visited(
    mut head: Parts,
    app: &Arc<App>,
    sending: &Sending,
    fields: Fields,
    files: Vec<Upload>,
) -> Result<Posted, Refusal> {
    let visit = Visit::from_request_parts(&mut head, app).await?;
    let sent = of_session(fields.one("form_token")).as_bytes();
    if !visit.form_token.is_empty() && !bool::from(sent.ct_eq(visit.form_token.as_bytes())) {
        sending.of_no_session(&fields);
        return Err(Refusal::Malformed(
            "This form is from another session. Nothing was changed. Go back, reload the page and send it again."
                .to_owned(),
        ));
    }
    sending.note(&visit, &fields);
    if fields.lost_any() {
        visit.dropped.note();
    }
    Ok(Posted {
        visit,
        fields,
        files,
    })
}

/// The fields and files of a form, within what its route takes.
async fn read(parts: Parts, body: Body, app: &Arc<App>) -> Result<(Fields, Vec<Upload>), Refusal> {
    let bound = Bound::of(app, &parts).await?;
    let reading = read_within(parts, body, app, &bound);
    match tokio::time::timeout(bound.within, reading).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::TooSlow),
    }
}

async fn read_within(
    parts: Parts,
    body: Body,
    app: &Arc<App>,
    bound: &Bound,
) -> Result<(Fields, Vec<Upload>), Refusal> {
    let header = |name| parts.headers.get(name).and_then(|v| v.to_str().ok());
    let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > bound.bytes) {
        read_away(body).await;
        return Err(bound.too_large(app));
    }
    let multipart =
        header(CONTENT_TYPE).is_some_and(|value| value.starts_with("multipart/form-data"));
    let mut request = Request::from_parts(parts, body);
    DefaultBodyLimit::max(bound.bytes).apply(&mut request);
    if multipart {
        read_multipart(request, app, bound).await
    } else {
        read_form(request, app, bound).await
    }
}

async fn read_form(
    request: Request,
    app: &Arc<App>,
    bound: &Bound,
) -> Result<(Fields, Vec<Upload>), Refusal> {
    let bytes = Bytes::from_request(request, app)
        .await
        .map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => bound.too_large(app),
            _ => not_whole(),
        })?;
    // Counted before anything is taken apart.
    if bytes.iter().filter(|byte| **byte == b'&').count() >= bound.fields {
        return Err(bound.too_many());
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Refusal::Malformed("The form is not valid text. Nothing was changed.".to_owned())
    })?;
    Ok((Fields::parse(text), Vec::new()))
}

fn not_whole() -> Refusal {
    Refusal::Malformed("The form did not arrive whole. Nothing was changed.".to_owned())
}

async fn read_multipart(
    request: Request,
    app: &Arc<App>,
    bound: &Bound,
) -> Result<(Fields, Vec<Upload>), Refusal> {
    let refused = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => bound.too_large(app),
        _ => not_whole(),
    };
    let mut multipart = Multipart::from_request(request, app)
        .await
        .map_err(|_| not_whole())?;
    let mut fields = Fields::default();
    let mut files = Vec::new();
    let mut count = 0;
    while let Some(field) = multipart.next_field().await.map_err(refused)? {
        count += 1;
        if count > bound.fields {
            return Err(bound.too_many());
        }
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file) = field.file_name() {
            let file = file.to_owned();
            let bytes = field.bytes().await.map_err(refused)?;
            if !file.is_empty() {
                files.push(Upload {
                    field: text::kept(&name).text,
                    name: text::kept(&file).text,
                    bytes,
                });
            }
        } else {
            fields.add(name, field.text().await.map_err(refused)?);
        }
    }
    Ok((fields, files))
}
