//! What stood on a day, with the acts that prove it.

use ::evidence::{DayBody, DayFile, InForce, LoggedAct, RecordName};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use db::{Row, args, sql};
use serde_json::Value as Json;

use crate::kernel::as_of::AsOf;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::ledger::log;
use crate::records::evidence::{known_keys, sign};

sql! {
    IN_FORCE = "select version, digest from in_force
        where record_id = $1 and at < $2 and (until_at is null or until_at >= $2)";
    PUBLISHED = "select item from publications
        where record_id = $1 and withdrawn = 0 and at < $2 and (until_at is null or until_at >= $2)";
    ACTS = "select sequence, at, kind, act, salt from acts
        where subject = $1 and kind in ('record.in_force', 'register.entry') and at < $2 order by sequence";
}

/// Which version was in force at the end of a day, if any.
pub async fn in_force(ctx: &Ctx, id: &RecordId, on: &AsOf) -> Result<Option<InForce>, Refusal> {
    let row = ctx
        .app
        .db
        .optional(&IN_FORCE, args![id, on.until()])
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(row
        .opt_int("version")?
        .zip(row.opt_text("digest")?)
        .map(|(version, digest)| InForce { version, digest }))
}

/// The file. `shown_until` hides what came later from those who may not know of it: from that
/// microsecond on, nothing is told.
///
/// # Errors
/// [`Refusal::NotNow`] where an act it rests on was erased.
pub async fn file(
    ctx: &Ctx,
    record: RecordName,
    on: &AsOf,
    shown_until: i64,
) -> Result<DayFile, Refusal> {
    let id = RecordId::from(record.id.as_str());
    let mut acts = Vec::new();
    let (mut later_force, mut later_entry) = (false, false);
    for row in ctx.app.db.all(&ACTS, args![&id, shown_until]).await? {
        let later = if row.text("kind")? == "record.in_force" {
            &mut later_force
        } else {
            &mut later_entry
        };
        // Of what came after the day, only the first says until when it stood.
        if !*later {
            acts.push(logged(&row)?);
        }
        *later |= row.int("at")? >= on.until();
    }
    let published = ctx
        .app
        .db
        .optional(&PUBLISHED, args![&id, on.until()])
        .await?;
    let published = published.map(|row| row.text("item")).transpose()?;
    let covered = acts.last().map_or(0, |act| act.sequence as u64 + 1);
    let (checkpoint, note) = log::witnessed(ctx, covered).await?;
    for act in &mut acts {
        let path = log::inclusion(ctx, act.sequence as u64, checkpoint.size).await?;
        act.path = path
            .iter()
            .map(|hash| BASE64_STANDARD.encode(hash))
            .collect();
    }
    let body = DayBody {
        format: "aldgate-day-v1".to_owned(),
        gateway: checkpoint.origin,
        made_at: ctx.now.0,
        record,
        day: on.day.to_string(),
        until: on.until(),
        in_force: in_force(ctx, &id, on).await?,
        published: published
            .map(|item| serde_json::from_str::<Json>(&item).map_err(Refusal::broken))
            .transpose()?,
        acts,
        checkpoint: note,
        keys: known_keys(ctx, []).await?,
    };
    let seal = sign(ctx, &DayFile::seal_text(&body)).await?;
    Ok(DayFile { body, seal })
}

fn logged(row: &Row) -> Result<LoggedAct, Refusal> {
    let (Some(text), Some(salt)) = (row.opt_text("act")?, row.opt_bytes("salt")?) else {
        return Err(Refusal::NotNow(
            "An act that this rests on was erased from the log, so it cannot be proved any more."
                .to_owned(),
        ));
    };
    Ok(LoggedAct {
        sequence: row.int("sequence")?,
        salt: BASE64_STANDARD.encode(salt),
        text,
        path: Vec::new(),
    })
}
