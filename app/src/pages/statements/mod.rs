//! What an organisation says about itself once, for every agreement: the memorandum it signed and
//! its assurance statement.

pub mod assurance;
pub mod memorandum;
pub mod partner;

use db::{args, sql};

use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    OWN = "select id, state, version, effective_version from records
        where organisation_id = $1 and type = $2 order by created_at desc, id desc";
    REVISION = "select revision from organisations where id = $1";
    CLAIM = "update organisations set revision = revision + 1 where id = $1 and revision = $2";
}

/// A record of the organisation's own.
#[derive(Debug, Clone)]
pub struct Own {
    pub id: RecordId,
    pub state: String,
    pub version: i64,
    pub effective_version: Option<i64>,
}

/// An organisation's own records of a type, newest first.
pub async fn own(
    ctx: &Ctx,
    organisation: &OrganisationId,
    kind: &str,
) -> Result<Vec<Own>, Refusal> {
    ctx.app
        .db
        .all(&OWN, args![organisation, kind])
        .await?
        .iter()
        .map(|row| {
            Ok(Own {
                id: row.text("id")?.into(),
                state: row.text("state")?,
                version: row.int("version")?,
                effective_version: row.opt_int("effective_version")?,
            })
        })
        .collect()
}

/// A change that only one of two people at the same moment can make for an organisation, so that
/// both pressing “start” makes one record.
async fn claim(
    ctx: &Ctx,
    organisation: &OrganisationId,
    what: &'static str,
) -> Result<Change, Refusal> {
    let row = ctx.app.db.one(&REVISION, args![organisation]).await?;
    Ok(Change::new(Act::new(what, organisation))
        .write_one(&CLAIM, args![organisation, row.int("revision")?]))
}
