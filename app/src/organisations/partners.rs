//! What the parties of a record show of themselves: the assurance statement in force and the
//! memorandum, from the versions that partners may rely on. The directory shows to everybody whether there is a
//! statement and until when; what it says is shown to those it is shared with.

use std::collections::BTreeMap;

use db::{args, sql};
use packs::{QuestionKind, Scope};

use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Ctx, Refusal};
use crate::records::presented_text::Reading;
use crate::records::store::known;
use crate::records::versions::VersionText;

sql! {
    OF_PARTIES = "select r.organisation_id, r.type, v.text from record_parties p
        join records r on r.organisation_id = p.organisation_id
        join versions v on v.record_id = r.id and v.number = r.effective_version
        where p.record_id = $1 and p.left_at is null and r.type in ('assurance', 'memorandum')
        order by r.created_at";
}

/// What one organisation shows.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The last day of the statement in force; `None` when there is no statement.
    pub expires: Option<String>,
    /// It uses the gateway, and nobody who knows it has said who acts for it.
    pub is_unconfirmed: bool,
    /// Its statement may be read by the organisation that asks.
    pub is_shared: bool,
    /// Label and answer of what it says about its standards; nothing where it is not shared.
    pub standards: Vec<(String, String)>,
    /// The version of the memorandum's words it has signed.
    pub memorandum: Option<String>,
}

/// What every party of a record that is held shows to one of them.
pub async fn of_record(
    ctx: &Ctx,
    record: &RecordId,
    to: &OrganisationId,
) -> Result<BTreeMap<OrganisationId, Shown>, Refusal> {
    let mut found: BTreeMap<OrganisationId, Shown> = BTreeMap::new();
    for (party, known) in known(ctx, record, to).await? {
        let shown = found.entry(party.clone()).or_default();
        shown.is_shared = party == *to || known.shares;
        shown.is_unconfirmed = !known.is_confirmed;
    }
    for row in ctx.app.db.all(&OF_PARTIES, args![record]).await? {
        let text: VersionText =
            serde_json::from_str(&row.text("text")?).map_err(Refusal::broken)?;
        let shown = found
            .entry(row.text("organisation_id")?.into())
            .or_default();
        if row.text("type")? == "memorandum" {
            shown.memorandum = text
                .clauses
                .as_ref()
                .and_then(|c| c.get("version")?.as_str().map(str::to_owned));
        } else {
            let (expires, standards) = summary(ctx, text).await?;
            shown.expires = Some(expires);
            shown.standards = if shown.is_shared {
                standards
            } else {
                Vec::new()
            };
        }
    }
    Ok(found)
}

/// The last day of a statement, and its answers that fit a line each.
pub async fn summary(
    ctx: &Ctx,
    text: VersionText,
) -> Result<(String, Vec<(String, String)>), Refusal> {
    let reading = Reading::from_text(ctx, text).await?;
    let record_type = reading.record_type()?;
    let view = reading.view(record_type);
    let expires = reading
        .content
        .answers
        .get("expires")
        .and_then(|v| v.as_str())
        .unwrap_or_default()
        .to_owned();
    let brief = |kind: QuestionKind| {
        matches!(
            kind,
            QuestionKind::Choice | QuestionKind::YesNo | QuestionKind::Number
        )
    };
    let standards = record_type
        .form
        .questions()
        .filter(|(_, q)| q.public && brief(q.kind) && view.relevant(&Scope::Record, q))
        .map(|(_, q)| {
            let shown = reading.shown(q, &Scope::Record);
            (q.short.clone(), shown.join(", "))
        })
        .filter(|(_, shown)| !shown.is_empty())
        .collect();
    Ok((expires, standards))
}
