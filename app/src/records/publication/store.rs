//! Publications as rows.

use db::{Row, args, sql};
use serde_json::{Value, json};

use crate::kernel::as_of::AsOf;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Change, Ctx, Refusal, phrases};
use crate::records::publication::public_text::PublicText;
use crate::records::publication::{Choice, Extent};

sql! {
    NEWEST = "select version, extent, withheld, revision, at, withdrawn from publications
        where record_id = $1 and until_at is null";
    ADD = "insert into publications (record_id, revision, at, withdrawn, version, title, lead, parties, parties_key,
            purposes, search_key, extent, withheld, look_again_day, item, published_by, lead_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    LAST_TITLE = "select title from publications
        where record_id = $1 and withdrawn = 0 order by revision desc limit 1";
    CLOSE = "update publications set until_at = $3 where record_id = $1 and revision = $2 and until_at is null";
    ON = "select p.item, p.withdrawn, p.at, f.version as in_force from publications p
        left join in_force f on f.record_id = p.record_id and f.at < $2
            and (f.until_at is null or f.until_at >= $2)
        where p.record_id = $1 and p.at < $2 and (p.until_at is null or p.until_at >= $2)";
    /// As it is for the end of time, and as it was before any other moment.
    SEARCH = "select p.at as place, p.record_id, p.title, p.lead, p.parties, p.version, p.at,
            f.version as in_force
        from publications p
        left join in_force f on f.record_id = p.record_id and f.at < $2
            and (f.until_at is null or f.until_at >= $2)
        where p.withdrawn = 0 and p.at < $2 and (p.until_at is null or p.until_at >= $2)
            and ($1 = '' or ($1 = 'in_force' and f.version is not null) or ($1 = 'ended' and f.version is null))
            and (p.at, p.record_id) < ($3, $4)
        order by p.at desc, p.record_id desc limit $5";
    /// The same of those that have these words. The index has them in their order.
    WITH_WORDS = "select w.rowid as place, p.record_id, p.title, p.lead, p.parties, p.version, p.at,
            f.version as in_force
        from publication_words($5) w
        cross join publications p
        left join in_force f on f.record_id = p.record_id and f.at < $2
            and (f.until_at is null or f.until_at >= $2)
        where p.record_id = w.record_id and p.revision = w.revision and w.rowid < $3
            and p.withdrawn = 0 and p.at < $2 and (p.until_at is null or p.until_at >= $2)
            and ($1 = '' or ($1 = 'in_force' and f.version is not null) or ($1 = 'ended' and f.version is null))
        order by w.rowid desc limit cast($4 as bigint)";
}

/// Searching reads at most this much of a text.
const SEARCHED: usize = 40_000;

/// What is published of a record, or was.
#[derive(Debug, Clone)]
pub struct Publication {
    pub version: i64,
    pub choice: Choice,
    pub revision: i64,
    /// When it was published, or withdrawn.
    pub at: i64,
    pub withdrawn: bool,
}

pub async fn of_record(ctx: &Ctx, record: &RecordId) -> Result<Option<Publication>, Refusal> {
    let row = ctx.app.db.optional(&NEWEST, args![record]).await?;
    row.map(|row| {
        Ok(Publication {
            version: row.int("version")?,
            choice: Choice {
                extent: Extent::parse(&row.text("extent")?)
                    .ok_or_else(|| Refusal::broken("an unknown extent of publication"))?,
                withheld: serde_json::from_str(&row.text("withheld")?).map_err(Refusal::broken)?,
            },
            revision: row.int("revision")?,
            at: row.int("at")?,
            withdrawn: row.int("withdrawn")? == 1,
        })
    })
    .transpose()
}

/// The publication that the public may see.
pub async fn public(ctx: &Ctx, record: &RecordId) -> Result<Publication, Refusal> {
    of_record(ctx, record)
        .await?
        .filter(|p| !p.withdrawn)
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
    let searched: String = phrases::fold(&text.words())
        .chars()
        .take(SEARCHED)
        .collect();
    let withheld: Vec<&str> = choice.withheld.iter().map(|w| w.what.as_str()).collect();
    let act = Act::new("record.published", record)
        .with("version", text.version)
        .with("digest", text.digest.as_str())
        .with("extent", choice.extent.as_str())
        .with("withheld", withheld);
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
    let row = Entered {
        version: text.version,
        title: &text.title,
        lead: &text.lead,
        parties: names.join("\n"),
        parties_key: phrases::fold(&names.join(" ")),
        purposes: format!(" {} ", text.purposes.join(" ")),
        search_key: searched,
        choice,
        item,
    };
    row.enter(ctx, record, before, Change::new(act))
}

pub fn withdraw(
    ctx: &Ctx,
    record: &RecordId,
    publication: &Publication,
    reason: &str,
) -> Result<Change, Refusal> {
    let row = Entered {
        version: publication.version,
        title: "",
        lead: "",
        parties: String::new(),
        parties_key: String::new(),
        purposes: String::new(),
        search_key: String::new(),
        choice: &publication.choice,
        item: json!({ "agreement": record, "status": "withdrawn" }),
    };
    let act = Act::new("record.withdrawn", record).with("reason", reason);
    row.enter(ctx, record, Some(publication), Change::new(act))
}

/// What the register says from now on.
struct Entered<'a> {
    version: i64,
    title: &'a str,
    lead: &'a str,
    parties: String,
    parties_key: String,
    purposes: String,
    search_key: String,
    choice: &'a Choice,
    item: Value,
}

impl Entered<'_> {
    /// The row in place of the one before, and an act that names the item and nobody.
    fn enter(
        self,
        ctx: &Ctx,
        record: &RecordId,
        before: Option<&Publication>,
        mut change: Change,
    ) -> Result<Change, Refusal> {
        let acting = ctx.acting()?;
        let revision = before.map_or(0, |b| b.revision) + 1;
        let withdrawn = self.item["status"] == "withdrawn";
        let item = String::from_utf8(ledger::canonical(&self.item)).map_err(Refusal::broken)?;
        let digest = (!withdrawn).then(|| evidence::digest(item.as_bytes()));
        let act = Act::new("register.entry", record)
            .unnamed()
            .with("number", revision)
            .with("item", digest);
        if let Some(before) = before {
            change = change.write_one(&CLOSE, args![record, before.revision, ctx.now.0]);
        }
        let change = change.write_one(
            &ADD,
            args![
                record,
                revision,
                ctx.now.0,
                withdrawn,
                self.version,
                self.title,
                self.lead,
                self.parties,
                self.parties_key,
                self.purposes,
                self.search_key,
                self.choice.extent.as_str(),
                serde_json::to_string(&self.choice.withheld).map_err(Refusal::broken)?,
                self.choice.look_again(),
                item,
                &acting.person,
                // Only who leads publishes.
                &acting.organisation
            ],
        );
        Ok(change.and(Change::new(act)))
    }
}

/// What the register said of an agreement at the end of a day.
#[derive(Debug, Clone)]
pub struct Item {
    /// The register's item.
    pub item: Value,
    pub published_at: i64,
    pub in_force: bool,
}

/// # Errors
/// [`Refusal::NotFound`] where the register never knew it; none where it did, but not on that day.
pub async fn on(ctx: &Ctx, record: &RecordId, until: i64) -> Result<Option<Item>, Refusal> {
    of_record(ctx, record).await?.ok_or(Refusal::NotFound)?;
    let row = ctx.app.db.optional(&ON, args![record, until]).await?;
    let Some(row) = row.filter(|row| matches!(row.int("withdrawn"), Ok(0))) else {
        return Ok(None);
    };
    Ok(Some(Item {
        item: serde_json::from_str(&row.text("item")?).map_err(Refusal::broken)?,
        published_at: row.int("at")?,
        in_force: row.opt_int("in_force")?.is_some(),
    }))
}

/// The title a record was last published under, if it ever was.
pub async fn last_title(ctx: &Ctx, record: &RecordId) -> Result<Option<String>, Refusal> {
    let row = ctx.app.db.optional(&LAST_TITLE, args![record]).await?;
    Ok(row.map(|row| row.text("title")).transpose()?)
}

/// What somebody looks for in the register.
#[derive(Debug, Clone, Default)]
pub struct Search {
    pub text: String,
    pub organisation: String,
    pub purpose: String,
    /// "", `in_force` or `ended`.
    pub status: String,
    /// The last entry already seen: its place, and its id.
    pub after: Option<(i64, String)>,
    /// As the register was at the end of this day.
    pub on: Option<AsOf>,
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
    /// Where it stands in what was asked for; less is older.
    place: i64,
}

impl Entry {
    /// Where the next page begins.
    pub fn cursor(&self) -> String {
        format!("{}.{}", self.place, self.id)
    }

    fn read(row: &Row) -> Result<Entry, Refusal> {
        Ok(Entry {
            id: row.text("record_id")?,
            title: row.text("title")?,
            lead: row.text("lead")?,
            parties: row.text("parties")?.lines().map(str::to_owned).collect(),
            version: row.int("version")?,
            published_at: row.int("at")?,
            in_force: row.opt_int("in_force")?.is_some(),
            place: row.int("place")?,
        })
    }
}

pub async fn search(ctx: &Ctx, search: &Search, limit: i64) -> Result<Vec<Entry>, Refusal> {
    let (place, id) = search.after.clone().unwrap_or((i64::MAX, String::new()));
    let until = search.on.as_ref().map_or(i64::MAX, AsOf::until);
    let status = search.status.as_str();
    let asked = [
        phrases::begins(&search.text, ""),
        phrases::begins(&search.organisation, "o_"),
        phrases::exactly(&search.purpose, "p_"),
    ];
    let asked: Vec<String> = asked
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect();
    let found = if asked.is_empty() {
        let args = args![status, until, place, id, limit];
        ctx.app.db.all(&SEARCH, args).await?
    } else {
        let args = args![status, until, place, limit, asked.join(" ")];
        ctx.app.db.all(&WITH_WORDS, args).await?
    };
    found.iter().map(Entry::read).collect()
}
