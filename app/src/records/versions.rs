//! A version: the canonical text of exactly what reviewers saw and signers sign.

use db::{args, sql};
use packs::{Content, Law, Party, RecordType, View};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Change, Ctx, Refusal};
use crate::records::Record;

sql! {
    VERSION = "select v.number, v.base, v.joins, v.text, v.digest, v.fixed_at, p.name as fixed_by
        from versions v left join people p on p.id = v.fixed_by
        where v.record_id = $1 and v.number = $2";
    VERSIONS = "select v.number, v.joins, v.digest, v.fixed_at, p.name as fixed_by
        from versions v left join people p on p.id = v.fixed_by
        where v.record_id = $1 order by v.number desc";
    ADD_VERSION = "insert into versions (record_id, number, base, joins, text, digest, fixed_by, fixed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// The newest whole text, and after it the parts of those that have joined it since.
    ISSUED = "select v.text from versions v where v.record_id = $1 and v.number >= (
            select coalesce(max(w.number), 0) from versions w where w.record_id = v.record_id and w.joins is null)
        order by v.number";
    ATTACHED = "select id, question, scope, name, media_type, size, digest from attachments
        where record_id = $1 and removed_at is null order by id";
}

/// What a version says. Its RFC 8785 canonical JSON is what is digested and signed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VersionText {
    /// `aldgate-version-1`: says how to read the rest.
    pub format: String,
    pub record: String,
    #[serde(rename = "type")]
    pub type_id: String,
    pub number: i64,
    pub title: String,
    pub lead: String,
    pub parties: Vec<VersionParty>,
    pub content: Content,
    pub attachments: Vec<Attached>,
    pub packs: PackStamp,
    /// The words of a memorandum, which come from the pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clauses: Option<Json>,
    /// The version a joining party joins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<Joins>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VersionParty {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub registered: bool,
}

/// What was issued to be decided on: a version's text and, where a party joins with it, the text that it
/// joins. Whoever decides and what the law asks is worked out from this alone, and never from what an
/// organisation has become since.
#[derive(Debug, Clone)]
pub struct Issued {
    pub text: VersionText,
    pub joined: Option<VersionText>,
}

impl Issued {
    /// A whole text.
    pub fn whole(text: VersionText) -> Issued {
        Issued { text, joined: None }
    }

    /// Reads a version of a record the caller holds, and what it joins.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] without such a version.
    pub async fn read(ctx: &Ctx, record: &RecordId, number: i64) -> Result<Issued, Refusal> {
        let (_, text) = read(ctx, record, number).await?;
        let joined = match &text.joins {
            Some(joins) => Some(read(ctx, record, joins.version).await?.1),
            None => None,
        };
        Ok(Issued { text, joined })
    }

    /// The answers as rules see them, with the parties as they were issued.
    pub fn view<'a>(&self, record_type: &'a RecordType, law: &'a Law) -> View<'a> {
        let mut content = self.text.content.clone();
        let mut parties = self.text.rule_parties();
        if let Some(joined) = &self.joined {
            let part = std::mem::replace(&mut content, joined.content.clone());
            content.parties.extend(part.parties);
            content.settled.extend(part.settled);
            let part = std::mem::replace(&mut parties, joined.rule_parties());
            parties.extend(part);
        }
        record_type.view(law, &content, &parties)
    }

    /// Whether a review of this version stands before a decision on what was issued: its own, those of
    /// the text it joins, and those of older texts that nothing has closed.
    pub fn awaits(&self, version: i64) -> bool {
        match &self.joined {
            Some(joined) => version == self.text.number || version == joined.number,
            None => version <= self.text.number,
        }
    }
}

impl VersionText {
    fn rule_parties(&self) -> Vec<Party> {
        self.parties
            .iter()
            .map(|p| Party {
                id: p.id.clone(),
                name: p.name.clone(),
                kind: p.kind.clone(),
                registered: p.registered,
            })
            .collect()
    }

    /// The parties that use the gateway, as the text says it: each reviews and signs.
    pub fn deciders(&self) -> impl Iterator<Item = &VersionParty> {
        self.parties.iter().filter(|p| p.registered)
    }
}

/// A file by its digest: changing the file changes the version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attached {
    pub id: String,
    pub question: String,
    pub scope: String,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub digest: String,
}

/// Which questions and which law the version was written under.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PackStamp {
    pub name: String,
    pub version: String,
    pub digest: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Joins {
    pub party: String,
    pub version: i64,
    pub digest: String,
}

/// A fixed version as stored.
#[derive(Debug, Clone)]
pub struct Version {
    pub number: i64,
    pub joins: Option<OrganisationId>,
    pub digest: String,
    pub fixed_at: i64,
    pub fixed_by: String,
}

impl Version {
    fn read(row: &db::Row) -> Result<Version, Refusal> {
        Ok(Version {
            number: row.int("number")?,
            joins: row.opt_text("joins")?.map(OrganisationId::from),
            digest: row.text("digest")?,
            fixed_at: row.int("fixed_at")?,
            fixed_by: row
                .opt_text("fixed_by")?
                .unwrap_or_else(|| "the gateway".to_owned()),
        })
    }
}

/// Versions of a record the caller holds, newest first.
pub async fn of_record(ctx: &Ctx, record: &RecordId) -> Result<Vec<Version>, Refusal> {
    ctx.app
        .db
        .all(&VERSIONS, args![record])
        .await?
        .iter()
        .map(Version::read)
        .collect()
}

/// The digest of one version and its canonical text, as it is kept.
pub async fn canonical_text(
    ctx: &Ctx,
    record: &RecordId,
    number: i64,
) -> Result<(String, String), Refusal> {
    let row = ctx
        .app
        .db
        .optional(&VERSION, args![record, number])
        .await?
        .ok_or(Refusal::NotFound)?;
    Ok((row.text("digest")?, row.text("text")?))
}

/// One version and what it says.
pub async fn read(
    ctx: &Ctx,
    record: &RecordId,
    number: i64,
) -> Result<(Version, VersionText), Refusal> {
    let row = ctx
        .app
        .db
        .optional(&VERSION, args![record, number])
        .await?
        .ok_or(Refusal::NotFound)?;
    let text = serde_json::from_str(&row.text("text")?).map_err(Refusal::broken)?;
    Ok((Version::read(&row)?, text))
}

/// The parties as the newest issued text, and the parts of those that joined it, name them.
pub(super) async fn issued_parties(
    ctx: &Ctx,
    record: &RecordId,
) -> Result<Vec<VersionParty>, Refusal> {
    #[derive(Deserialize)]
    struct Named {
        parties: Vec<VersionParty>,
    }
    let mut parties = Vec::new();
    for row in ctx.app.db.all(&ISSUED, args![record]).await? {
        let named: Named = serde_json::from_str(&row.text("text")?).map_err(Refusal::broken)?;
        parties.extend(named.parties);
    }
    Ok(parties)
}

pub async fn attached(ctx: &Ctx, record: &RecordId) -> Result<Vec<Attached>, Refusal> {
    ctx.app
        .db
        .all(&ATTACHED, args![record])
        .await?
        .iter()
        .map(|row| {
            Ok(Attached {
                id: row.text("id")?,
                question: row.text("question")?,
                scope: row.text("scope")?,
                name: row.text("name")?,
                media_type: row.text("media_type")?,
                size: row.int("size")?,
                digest: row.text("digest")?,
            })
        })
        .collect()
}

/// The working answers as the version they would be. `joins` is the party that joins a fixed
/// version, whose own part alone is then stated.
pub async fn text(
    ctx: &Ctx,
    record: &Record,
    number: i64,
    joins: Option<(&OrganisationId, &Version)>,
) -> Result<VersionText, Refusal> {
    let record_type = record.record_type(ctx)?;
    let packs = record.packs(ctx);
    let mut content = record.content.clone();
    let mut attachments = attached(ctx, &record.id).await?;
    let stated = |id: &OrganisationId, joining: Option<i64>| match &joins {
        Some((party, _)) => *party == id,
        // A party still drafting its part is no part of anybody else's text.
        None => joining.is_none(),
    };
    if let Some((party, _)) = &joins {
        content.answers.clear();
        content.flows.clear();
        content.parties.retain(|id, _| id == party.as_str());
        content.settled.retain(|s| s.scope == party.as_str());
        attachments.retain(|a| a.scope == party.as_str());
    } else {
        content.parties.retain(|id, _| {
            record
                .parties
                .iter()
                .any(|p| p.id.as_str() == id && p.joining.is_none())
        });
    }
    Ok(VersionText {
        format: "aldgate-version-1".to_owned(),
        record: record.id.to_string(),
        type_id: record.type_id.clone(),
        number,
        title: record.title.clone(),
        lead: record.lead.to_string(),
        parties: record
            .parties
            .iter()
            .filter(|p| stated(&p.id, p.joining))
            .map(|p| VersionParty {
                id: p.id.to_string(),
                name: p.name.clone(),
                kind: p.kind.clone(),
                registered: p.registered,
            })
            .collect(),
        content,
        attachments,
        packs: PackStamp {
            name: packs.name.clone(),
            version: packs.version.clone(),
            digest: packs.digest.clone(),
        },
        clauses: record_type
            .text
            .as_ref()
            .map(serde_json::to_value)
            .transpose()
            .map_err(Refusal::broken)?,
        joins: joins.map(|(party, base)| Joins {
            party: party.to_string(),
            version: base.number,
            digest: base.digest.clone(),
        }),
    })
}

/// The canonical form of a version and its digest.
pub fn canonical(text: &VersionText) -> Result<(String, String), Refusal> {
    let value = serde_json::to_value(text).map_err(Refusal::broken)?;
    let bytes = ledger::canonical(&value);
    let digest = ledger::digest(&bytes);
    Ok((String::from_utf8(bytes).map_err(Refusal::broken)?, digest))
}

/// Adds the writing of a version to a change, and gives its digest.
pub fn fix(ctx: &Ctx, text: &VersionText, change: Change) -> Result<(Change, String), Refusal> {
    let acting = ctx.acting()?;
    let (canonical, digest) = canonical(text)?;
    let joins = text.joins.as_ref();
    let change = change.write_one(
        &ADD_VERSION,
        args![
            text.record.as_str(),
            text.number,
            joins.map(|j| j.version),
            joins.map(|j| j.party.clone()),
            canonical,
            digest.as_str(),
            &acting.person,
            ctx.now.0
        ],
    );
    Ok((change, digest))
}
