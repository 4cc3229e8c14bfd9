//! What was typed when a session ended: kept locked for whoever typed it, forgotten when nobody comes back for it.

use std::sync::Arc;

use db::{args, sql};

use crate::adapters::encryption::{lock, unlock};
use crate::adapters::rate_limit::Rate;
use crate::kernel::ids::PersonId;
use crate::kernel::{Act, App, Change, Ctx, Fields, Refusal};

sql! {
    KEEP = "insert into kept_texts (id, person_id, path, fields, kept_at, until) values ($1, $2, $3, $4, $5, $6)";
    EXPIRED = "select id from kept_texts where until < $1 limit 1";
    FORGET = "delete from kept_texts where until < $1";
    OLDEST = "delete from kept_texts where person_id = $1 and id not in
        (select id from kept_texts where person_id = $1 order by kept_at desc limit 10)";
    ONE = "select path, fields, kept_at, until from kept_texts where id = $1 and person_id = $2 and until >= $3";
    OF_PERSON = "select id, kept_at from kept_texts where person_id = $1 and until >= $2 order by kept_at desc limit 10";
    REMOVE = "delete from kept_texts where id = $1 and person_id = $2";
}

/// It is kept this long (microseconds): 7 days.
const KEPT: i64 = 7 * 86_400_000_000;
/// The longest that is kept, in bytes.
const LONGEST: usize = 512 * 1024;
/// How often the texts of one person are kept, in a minute.
const PER_MINUTE: Rate = Rate::per_minute(20);

fn lock_name(id: &str) -> String {
    format!("kept text {id}")
}

/// Keeps it, and gives the id; none where it is too large or too often.
pub async fn keep(
    ctx: &Ctx,
    path: &str,
    person: &PersonId,
    form: &Fields,
) -> Result<Option<String>, Refusal> {
    let text = serde_json::to_vec(&form.0).map_err(Refusal::broken)?;
    let key = format!("kept text {person}");
    let often = ctx
        .app
        .limits
        .take(&key, PER_MINUTE, ctx.app.clock.elapsed())
        .is_err();
    if often || text.len() > LONGEST {
        return Ok(None);
    }
    let id = ctx.new_id("kept");
    let locked = lock(&ctx.app, &lock_name(&id), &text);
    let until = ctx.now.0 + KEPT;
    let change = Change::new(Act::new("text.kept", person))
        .write(&FORGET, args![ctx.now.0])
        .write_one(&KEEP, args![&*id, person, path, locked, ctx.now.0, until])
        .write(&OLDEST, args![person]);
    ctx.commit(change).await?;
    Ok(Some(id))
}

pub async fn forget_one(app: &Arc<App>, person: &PersonId, id: &str) -> Result<(), Refusal> {
    let ctx = Ctx::new(app.clone(), None);
    ctx.commit(removed(person, id)).await
}

pub fn removed(person: &PersonId, id: &str) -> Change {
    Change::new(Act::new("text.removed", person)).write(&REMOVE, args![id, person])
}

pub struct Kept {
    /// Where it was sent to.
    pub path: String,
    pub form: Fields,
    /// When it was kept, and until when it is (UTC microseconds).
    pub at: i64,
    pub until: i64,
}

pub async fn one(ctx: &Ctx, id: &str) -> Result<Kept, Refusal> {
    let person = &ctx.acting()?.person;
    let row = args![id, person, ctx.now.0];
    let row = ctx.app.db.optional(&ONE, row).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    let fields = unlock(&ctx.app, &lock_name(id), &row.text("fields")?);
    let fields = fields.ok_or_else(|| Refusal::broken("a kept text does not open"))?;
    Ok(Kept {
        path: row.text("path")?,
        form: Fields::again(serde_json::from_slice(&fields).map_err(Refusal::broken)?),
        at: row.int("kept_at")?,
        until: row.int("until")?,
    })
}

/// Links to what is kept for whoever is signed in, for the in-tray.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(ctx: &Ctx) -> Result<Vec<(String, i64)>, Refusal> {
    let of = args![&ctx.acting()?.person, ctx.now.0];
    let rows = ctx.app.db.all(&OF_PERSON, of).await?;
    rows.iter()
        .map(|row| Ok((row.text("id")?, row.int("kept_at")?)))
        .collect()
}

/// Forgets what nobody came back for.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn forget(app: &Arc<App>) -> Result<(), Refusal> {
    let ctx = Ctx::new(app.clone(), None);
    let now = args![ctx.now.0];
    if app.db.optional(&EXPIRED, now).await?.is_none() {
        return Ok(());
    }
    let act = Act::new("text.expired", "kept texts");
    ctx.commit(Change::new(act).write(&FORGET, now)).await
}
