//! Publications as rows.

use db::{Row, args, sql};
use serde_json::{Value, json};

use super::public_text::PublicText;
use super::{Choice, Extent};
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Change, Ctx, Refusal, words};

sql! {
    ONE = "select version, extent, withheld, revision, published_at, withdrawn_at from publications
        where record_id = $1";
    ADD = "insert into publications (record_id, version, title, lead, parties, parties_key, purposes, search_key,
            extent, withheld, look_again_day, revision, published_by, published_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13)";
    CHANGE = "update publications set version = $2, title = $3, lead = $4, parties = $5, parties_key = $6,
            purposes = $7, search_key = $8, extent = $9, withheld = $10, look_again_day = $11,
            revision = revision + 1, published_by = $12, published_at = $13, withdrawn_at = null
        where record_id = $1 and revision = $14";
    WITHDRAW = "update publications set withdrawn_at = $3, revision = revision + 1
        where record_id = $1 and revision = $2 and withdrawn_at is null";
    ADD_EVENT = "insert into publication_events (record_id, revision, at, version, extent, withheld, withdrawn, item)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    SEARCH = "select p.record_id, p.title, p.lead, p.parties, p.version, p.published_at, r.effective_version
        from publications p join records r on r.id = p.record_id
        where p.withdrawn_at is null
            and ($1 = '' or p.search_key like $2 escape '\\')
            and ($3 = '' or p.parties_key like $4 escape '\\')
            and ($5 = '' or p.purposes like $6 escape '\\')
            and ($7 = '' or ($7 = 'in_force' and r.effective_version is not null)
                or ($7 = 'ended' and r.effective_version is null))
            and (p.published_at, p.record_id) < ($8, $9)
        order by p.published_at desc, p.record_id desc limit $10";
}

/// Searching reads at most this much of a text.
const SEARCHED: usize = 40_000;

/// What is published of a record, or was.
#[derive(Debug, Clone)]
pub struct Publication {
    pub version: i64,
    pub choice: Choice,
    pub revision: i64,
    pub published_at: i64,
    pub withdrawn_at: Option<i64>,
}

pub async fn of_record(ctx: &Ctx, record: &RecordId) -> Result<Option<Publication>, Refusal> {
    let row = ctx.app.db.optional(&ONE, args![record]).await?;
    row.map(|row| {
        Ok(Publication {
            version: row.int("version")?,
            choice: Choice {
                extent: Extent::parse(&row.text("extent")?)
                    .ok_or_else(|| Refusal::broken("an unknown extent of publication"))?,
                withheld: serde_json::from_str(&row.text("withheld")?).map_err(Refusal::broken)?,
            },
            revision: row.int("revision")?,
            published_at: row.int("published_at")?,
            withdrawn_at: row.opt_int("withdrawn_at")?,
        })
    })
    .transpose()
}

/// The publication that the public may see.
pub async fn public(ctx: &Ctx, record: &RecordId) -> Result<Publication, Refusal> {
    of_record(ctx, record)
        .await?
        .filter(|p| p.withdrawn_at.is_none())
        .ok_or(Refusal::NotFound)
}

/// Publishes this text, in place of what was published before.
pub fn publish(
    ctx: &Ctx,
    record: &RecordId,
    before: Option<&Publication>,
    text: &PublicText,
    choice: &Choice,
) -> Result<Change, Refusal> {
    let names: Vec<&str> = text.parties.iter().map(|p| p.name.as_str()).collect();
    let purposes = format!(" {} ", text.purposes.join(" "));
    let searched: String = words::fold(&text.words()).chars().take(SEARCHED).collect();
    let withheld: Vec<&str> = choice.withheld.iter().map(|w| w.what.as_str()).collect();
    let act = Act::new("record.published", record)
        .with("version", text.version)
        .with("digest", text.digest.as_str())
        .with("extent", choice.extent.as_str())
        .with("withheld", withheld);
    let mut args = args![
        record,
        text.version,
        text.title.as_str(),
        text.lead.as_str(),
        names.join("\n"),
        words::fold(&names.join(" ")),
        purposes,
        searched,
        choice.extent.as_str(),
        serde_json::to_string(&choice.withheld).map_err(Refusal::broken)?,
        choice.look_again(),
        &ctx.acting()?.person,
        ctx.now.0
    ]
    .to_vec();
    let item = json!({
        "agreement": record,
        "title": text.title,
        "lead": text.lead,
        "parties": names,
        "version": text.version.to_string(),
        "digest": text.digest,
        "extent": choice.extent.as_str(),
        "status": "published",
    });
    let event = event(
        ctx,
        record,
        before.map_or(0, |b| b.revision) + 1,
        text.version,
        choice,
        &item,
    )?;
    let change = match before {
        None => Change::new(act).write_one(&ADD, &args),
        Some(before) => {
            args.push(before.revision.into());
            Change::new(act).write_one(&CHANGE, &args)
        }
    };
    Ok(change.write_one(&ADD_EVENT, &event))
}

/// A row of what the register said: the item says whether it was published or withdrawn.
fn event(
    ctx: &Ctx,
    record: &RecordId,
    revision: i64,
    version: i64,
    choice: &Choice,
    item: &Value,
) -> Result<Vec<db::Value>, Refusal> {
    let withdrawn = item["status"] == "withdrawn";
    let item = String::from_utf8(ledger::canonical(item)).map_err(Refusal::broken)?;
    Ok(args![
        record,
        revision,
        ctx.now.0,
        version,
        choice.extent.as_str(),
        serde_json::to_string(&choice.withheld).map_err(Refusal::broken)?,
        withdrawn,
        item
    ]
    .to_vec())
}

pub fn withdraw(
    ctx: &Ctx,
    record: &RecordId,
    publication: &Publication,
    reason: &str,
) -> Result<Change, Refusal> {
    let revision = publication.revision + 1;
    let item = json!({ "agreement": record, "status": "withdrawn" });
    let event = event(
        ctx,
        record,
        revision,
        publication.version,
        &publication.choice,
        &item,
    )?;
    let act = Act::new("record.withdrawn", record).with("reason", reason);
    Ok(Change::new(act)
        .write_one(&WITHDRAW, args![record, publication.revision, ctx.now.0])
        .write_one(&ADD_EVENT, &event))
}

/// What somebody looks for in the register.
#[derive(Debug, Clone, Default)]
pub struct Search {
    pub text: String,
    pub organisation: String,
    pub purpose: String,
    /// "", `in_force` or `ended`.
    pub status: String,
    /// The last entry already seen: when it was published, and its id.
    pub after: Option<(i64, String)>,
}

/// One line of the register.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub lead: String,
    pub parties: Vec<String>,
    pub version: i64,
    pub published_at: i64,
    pub in_force: bool,
}

impl Entry {
    fn read(row: &Row) -> Result<Entry, Refusal> {
        Ok(Entry {
            id: row.text("record_id")?,
            title: row.text("title")?,
            lead: row.text("lead")?,
            parties: row.text("parties")?.lines().map(str::to_owned).collect(),
            version: row.int("version")?,
            published_at: row.int("published_at")?,
            in_force: row.opt_int("effective_version")?.is_some(),
        })
    }
}

pub async fn search(ctx: &Ctx, search: &Search, limit: i64) -> Result<Vec<Entry>, Refusal> {
    let (at, id) = search.after.clone().unwrap_or((i64::MAX, String::new()));
    let text = words::fold(&search.text);
    let organisation = words::fold(&search.organisation);
    let args = args![
        text.as_str(),
        words::contains(&text),
        organisation.as_str(),
        words::contains(&organisation),
        search.purpose.as_str(),
        // Purposes are ids of options; an underscore would stand for any character.
        format!(
            "% {} %",
            search.purpose.replace(['\\', '%'], "").replace('_', "\\_")
        ),
        search.status.as_str(),
        at,
        id,
        limit
    ];
    ctx.app
        .db
        .all(&SEARCH, args)
        .await?
        .iter()
        .map(Entry::read)
        .collect()
}
