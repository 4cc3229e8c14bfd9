//! The log as plain files over HTTP (C2SP tlog-tiles): the checkpoint, tiles of hashes and bundles of
//! entries, all below `/log`.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use db::{args, sql};
use ledger::tiles::{Tile, bundle};

use crate::kernel::{Ctx, Refusal};
use crate::ledger::log;
use crate::web::Visit;

sql! {
    ENTRIES = "select entry from acts where sequence >= $1 and sequence < $2 order by sequence";
}

pub async fn checkpoint(visit: Visit) -> Result<Response, Refusal> {
    let note = log::served(&visit).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, note).into_response())
}

pub async fn tile(
    visit: Visit,
    Path((level, path)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let tile = Tile::parse(&format!("tile/{level}/{path}")).ok_or(Refusal::NotFound)?;
    // Only what a checkpoint was given out for.
    let signed = log::newest(&visit).await?.map_or(0, |c| c.size);
    if !tile.is_in(signed) {
        return Err(Refusal::NotFound);
    }
    let bytes = if tile.is_entries() {
        entries(&visit, &tile).await?
    } else {
        hashes(&visit, &tile).await?
    };
    // A partial tile never changes either: a longer one has another address.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}

async fn entries(ctx: &Ctx, tile: &Tile) -> Result<Vec<u8>, Refusal> {
    let acts = tile.acts();
    let args = args![acts.start as i64, acts.end as i64];
    let rows = ctx.app.db.all(&ENTRIES, args).await?;
    let entries: Result<Vec<_>, _> = rows.iter().map(|row| row.bytes("entry")).collect();
    bundle(&entries?).map_err(Refusal::broken)
}

async fn hashes(ctx: &Ctx, tile: &Tile) -> Result<Vec<u8>, Refusal> {
    let positions = tile.nodes();
    let read = log::nodes(ctx, &positions).await?;
    let mut bytes = Vec::with_capacity(positions.len() * 32);
    for position in positions {
        let hash = read.get(&position);
        bytes.extend(hash.ok_or_else(|| Refusal::broken("a ledger node is missing"))?);
    }
    Ok(bytes)
}
