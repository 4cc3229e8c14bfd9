//! The evidence of a version: one file with everything that proves who decided what on which text.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use db::{args, sql};
use documents::{Attached, Document, Moment};
use evidence::{Body, Bundle, Decision, Extent, Key, LoggedAct, RecordName, Statement, Version};

use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Ctx, Refusal};
use crate::ledger::keys;
use crate::ledger::keys::Owner;
use crate::ledger::log;
use crate::records::decision_seal::Kept;
use crate::records::document::render;
use crate::records::situation::Situation;
use crate::records::versions;

sql! {
    SEALS = "select version, outcome, seal, answer_seal, overrule_seal from lines
        where record_id = $1 and seal is not null order by version, decided_at, id";
    ACTS = "select sequence, act, salt from acts where subject = $1 and kind = 'decision.sealed'
        order by sequence";
    PUBLIC = "select version from publications
        where record_id = $1 and until_at is null and withdrawn = 0";
}

/// Everything that proves a version. The caller holds the record, or it is published.
///
/// # Errors
/// [`Refusal::NotFound`] without such a version; [`Refusal::NotNow`] where nobody has decided on it.
pub async fn bundle(
    ctx: &Ctx,
    situation: &Situation,
    number: i64,
    extent: Extent,
) -> Result<Bundle, Refusal> {
    let id = &situation.record.id;
    let (_, text) = versions::read(ctx, id, number).await?;
    let mut numbers = vec![number];
    if let Some(joins) = &text.joins {
        numbers.extend(situation.joined(joins.version, number));
        numbers.push(joins.version);
    }
    numbers.sort_unstable();
    let mut stated = Vec::new();
    for number in &numbers {
        let (digest, text) = versions::canonical_text(ctx, id, *number).await?;
        stated.push(Version {
            number: *number,
            digest,
            // What is published is chosen answer by answer; the text holds them all.
            text: (extent == Extent::Parties).then_some(text),
        });
    }
    let (decisions, organisations) = decided(ctx, id, &numbers, extent).await?;
    if decisions.is_empty() {
        return Err(Refusal::NotNow(
            "No one has decided anything on this text yet, so there is nothing to prove."
                .to_owned(),
        ));
    }
    let covered = decisions.iter().map(|d| d.act.sequence as u64 + 1).max();
    let (checkpoint, note) = log::witnessed(ctx, covered.unwrap_or(0)).await?;
    let mut body = Body {
        format: "aldgate-evidence-v1".to_owned(),
        gateway: checkpoint.origin.clone(),
        made_at: ctx.now.0,
        extent,
        record: RecordName {
            id: id.to_string(),
            title: text.title,
        },
        version: number,
        versions: stated,
        decisions,
        checkpoint: note,
        keys: known_keys(ctx, organisations).await?,
    };
    for decision in &mut body.decisions {
        let sequence = decision.act.sequence as u64;
        let path = log::inclusion(ctx, sequence, checkpoint.size).await?;
        decision.act.path = path.iter().map(|h| BASE64_STANDARD.encode(h)).collect();
    }
    let seal = sign(ctx, &Bundle::seal_text(&body)).await?;
    Ok(Bundle { body, seal })
}

/// The sealed decisions on these versions with their acts, and whose they are.
async fn decided(
    ctx: &Ctx,
    id: &RecordId,
    numbers: &[i64],
    extent: Extent,
) -> Result<(Vec<Decision>, BTreeSet<OrganisationId>), Refusal> {
    let mut acts = logged(ctx, id).await?;
    let mut decisions = Vec::new();
    let mut organisations = BTreeSet::new();
    for row in ctx.app.db.all(&SEALS, args![id]).await? {
        let public = row.opt_text("outcome")?.as_deref() == Some("signed");
        if !numbers.contains(&row.int("version")?) || (extent == Extent::Public && !public) {
            continue;
        }
        for kept in ["seal", "answer_seal", "overrule_seal"] {
            let Some(kept) = row.opt_text(kept)? else {
                continue;
            };
            let kept: Kept = serde_json::from_str(&kept).map_err(Refusal::broken)?;
            let text = evidence::Note::read(&kept.note)
                .ok_or_else(|| Refusal::broken("a seal is not a signed note"))?
                .text;
            let statement = Statement::read(&text)
                .ok_or_else(|| Refusal::broken("a sealed statement cannot be read"))?;
            let act = acts.remove(&Statement::digest(&text)).ok_or_else(|| {
                Refusal::NotNow(
                    "The log’s entry for a decision on this text was erased, so it cannot be proved any more."
                        .to_owned(),
                )
            })?;
            organisations.insert(statement.party.id.into());
            let shown = extent == Extent::Parties;
            decisions.push(Decision {
                note: kept.note,
                who: kept.who.filter(|_| shown),
                proof: kept.proof.filter(|_| shown),
                act,
            });
        }
    }
    Ok((decisions, organisations))
}

/// The acts that name seals of a record, by the digest of the statement.
async fn logged(ctx: &Ctx, id: &RecordId) -> Result<BTreeMap<String, LoggedAct>, Refusal> {
    let mut acts = BTreeMap::new();
    for row in ctx.app.db.all(&ACTS, args![id]).await? {
        let (Some(text), Some(salt)) = (row.opt_text("act")?, row.opt_bytes("salt")?) else {
            continue;
        };
        let said: serde_json::Value = serde_json::from_str(&text).map_err(Refusal::broken)?;
        let statement = said["detail"]["statement"].as_str().unwrap_or_default();
        acts.insert(
            statement.to_owned(),
            LoggedAct {
                sequence: row.int("sequence")?,
                salt: BASE64_STANDARD.encode(salt),
                text,
                path: Vec::new(),
            },
        );
    }
    Ok(acts)
}

pub(super) async fn known_keys(
    ctx: &Ctx,
    organisations: impl IntoIterator<Item = OrganisationId>,
) -> Result<Vec<Key>, Refusal> {
    let mut keys = Vec::new();
    let owners = organisations.into_iter().map(Owner::Organisation);
    for owner in std::iter::once(Owner::Log).chain(owners) {
        for key in keys::history(ctx, &owner).await? {
            keys.push(Key {
                owner: key.owner,
                vkey: key.vkey,
                from: key.from,
                until: key.until,
            });
        }
    }
    Ok(keys)
}

/// A signed note by the log's current key. The first line of the text says what kind of note it is,
/// so that none can be taken for a checkpoint.
///
/// # Errors
/// [`Refusal::NotNow`] where the clock stands outside the time in which the key counts: what it signed
/// then would not hold.
pub(super) async fn sign(ctx: &Ctx, text: &str) -> Result<String, Refusal> {
    keys::counts_now(ctx, &Owner::Log).await?;
    let keys = keys::log(ctx).await?;
    let newest = keys
        .first()
        .ok_or_else(|| Refusal::broken("the log has no key"))?;
    ledger::sign_note(text, &[newest]).map_err(Refusal::broken)
}

/// The document with its evidence in it, and sealed byte by byte. One that says and proves the same is not made
/// again.
pub async fn signed_pdf(
    ctx: &Ctx,
    mut document: Document,
    bundle: &Bundle,
) -> Result<Bytes, Refusal> {
    let bytes = bundle.to_bytes();
    let settings = &ctx.app.settings;
    let id = RecordId::from(bundle.body.record.id.as_str());
    let published = ctx.app.db.optional(&PUBLIC, args![&id]).await?.is_some();
    if published && !settings.url.is_empty() {
        let gateway = settings.url.trim_end_matches('/');
        document.address = Some(format!("{gateway}/register/{id}"));
    }
    let key = said_and_proved(&document, bundle)?;
    if let Some(kept) = ctx.app.documents.get(&key) {
        return Ok(kept);
    }
    document.notice.push(
        "This document carries its evidence, the file evidence.json: who decided what, on which exact text, and what proves it. Anyone can check it without this gateway."
            .to_owned(),
    );
    document.attached = Some(Attached {
        name: "evidence.json".to_owned(),
        media_type: "application/json".to_owned(),
        description: "Who decided what, on which exact text, and what proves it".to_owned(),
        bytes: bytes.clone(),
    });
    let pdf = render(ctx, document).await?;
    let note = sign(ctx, &evidence::pdf_seal_text(&bundle.body, &bytes, &pdf)).await?;
    let sealed = evidence::insert_seal(&pdf, &note).map_err(Refusal::broken)?;
    let sealed = Bytes::from(sealed);
    ctx.app.documents.keep(key, sealed.clone());
    Ok(sealed)
}

/// A digest of everything in the document but the moment at which it is made. The checkpoint counts by how many
/// have signed it: a later one proves nothing more about the same decisions.
fn said_and_proved(document: &Document, bundle: &Bundle) -> Result<String, Refusal> {
    let said = Document {
        made_at: Moment::default(),
        ..document.clone()
    };
    let mut body = bundle.body.clone();
    body.made_at = 0;
    body.checkpoint = body.checkpoint.lines().count().to_string();
    for decision in &mut body.decisions {
        decision.act.path.clear();
    }
    let proved = serde_json::to_string(&body).map_err(Refusal::broken)?;
    Ok(evidence::digest(format!("{said:?}\n{proved}").as_bytes()))
}
