//! A record as a PDF document.

use ::evidence::{Bundle, Extent};
use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use crate::kernel::access::{Action, Phase};
use crate::kernel::clock::Now;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::ledger::keys;
use crate::ledger::keys::Owner;
use crate::pages::records::versions::is_approved;
use crate::records::document::render;
use crate::records::document::{Material, document};
use crate::records::evidence;
use crate::records::lines::Line;
use crate::records::presented_text::Reading;
use crate::records::situation::Situation;
use crate::web::Visit;
use crate::web::downloads::bundle_file;

#[derive(Deserialize)]
pub struct Which {
    version: Option<i64>,
}

pub async fn show(
    visit: Visit,
    Path(id): Path<RecordId>,
    Query(which): Query<Which>,
) -> Result<Response, Refusal> {
    let situation = Situation::load(&visit, &id, Action::SeeSigned).await?;
    file(&visit, &situation, which.version).await
}

/// The document as an answer, with its evidence where there is something to prove.
pub async fn file(
    ctx: &Ctx,
    situation: &Situation,
    version: Option<i64>,
) -> Result<Response, Refusal> {
    let set = set(ctx, situation, version).await?;
    let name = format!("{}-{}.pdf", situation.record.id, set.version);
    let proved = match set.version.parse() {
        Ok(number) if !set.draft => proved(ctx, situation, number).await?,
        _ => None,
    };
    let bytes = match proved {
        Some(bundle) => evidence::signed_pdf(ctx, set, &bundle).await?,
        None => render(ctx, set).await?.into(),
    };
    Ok(inline(&name, bytes))
}

/// The evidence of a version; none where there is nothing to prove.
async fn proved(ctx: &Ctx, situation: &Situation, number: i64) -> Result<Option<Bundle>, Refusal> {
    match evidence::bundle(ctx, situation, number, Extent::Parties).await {
        Ok(bundle) => Ok(Some(bundle)),
        Err(Refusal::NotNow(_)) => {
            // A clock that was set back is no reason to hand out less.
            keys::counts_now(ctx, &Owner::Log).await?;
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// The evidence as a file of its own, of the version asked for or of the newest that is decided on.
pub async fn evidence_file(
    visit: Visit,
    Path(id): Path<RecordId>,
    Query(which): Query<Which>,
) -> Result<Response, Refusal> {
    let situation = Situation::load(&visit, &id, Action::See).await?;
    let number = which
        .version
        .or_else(|| situation.proved_version())
        .ok_or(Refusal::NotFound)?;
    let bundle = evidence::bundle(&visit, &situation, number, Extent::Parties).await?;
    Ok(bundle_file(&bundle))
}

/// The document of a version, or of the working text while that is open and no version is asked for.
pub async fn set(
    ctx: &Ctx,
    situation: &Situation,
    version: Option<i64>,
) -> Result<documents::Document, Refusal> {
    let record = &situation.record;
    let newest = situation.versions.first().map(|v| v.number);
    // Who has left sees no working text.
    let fixed = record.phase != Phase::Editable || record.left_at.is_some();
    let number = version.or(newest.filter(|_| fixed));
    if let Some(number) = number {
        situation.version(number).ok_or(Refusal::NotFound)?;
    }
    let reading = match number {
        Some(number) => Reading::fixed(ctx, situation, number).await?,
        None => Reading::working(ctx, record).await?,
    };
    let draft = number.is_none_or(|number| !is_approved(situation, number));
    let parts: Vec<i64> = match (&reading.joins, number) {
        // A joining party's version is read with the text it joins, so with the lines on both.
        (Some((_, base)), Some(number)) => {
            let mut parts = vec![*base];
            parts.extend(situation.joined(*base, number));
            parts.push(number);
            parts
        }
        (_, number) => number.into_iter().collect(),
    };
    let lines: Vec<&Line> = situation
        .lines
        .iter()
        .filter(|l| parts.contains(&l.version))
        .collect();
    let state = match number {
        Some(number) if situation.record.effective_version == Some(number) => "In force".to_owned(),
        Some(number) if situation.is_signed(number) => "Signed".to_owned(),
        Some(number) if record.version == number => record.state_name(ctx)?,
        Some(_) => "Replaced by a newer version".to_owned(),
        None => "Draft".to_owned(),
    };
    let today = if draft {
        ctx.now
    } else {
        Now(reading.fixed_at)
    }
    .today();
    document(&Material {
        reading: &reading,
        lines,
        lead_name: reading.party_name(&reading.lead).unwrap_or_default(),
        state_name: &state,
        draft,
        today,
        made_at: ctx.now.0,
    })
}

/// A PDF to read in the browser.
pub fn inline(name: &str, bytes: Bytes) -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("inline; filename=\"{name}\""),
            ),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
        ],
        bytes,
    )
        .into_response()
}
