//! E-mails that did not arrive, for whoever had them sent.

use std::collections::BTreeMap;

use db::{Db, Row, args, sql};

use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Ctx, Refusal};

sql! {
    INVITATIONS = "select about, person_id, '' as name, outcome, fault from jobs where about = $1
        order by created_at, id";
    OF_RECORD = "select j.about, j.person_id, p.name, j.outcome, j.fault
        from lines l join jobs j on j.about = l.id join people p on p.id = j.person_id
        where l.record_id = $1 and l.closed_at is null and l.outcome is null order by j.created_at, j.id";
    LATELY = "select outcome, fault from jobs where outcome in ('refused', 'given_up') and ended_at >= $1
            and kind = 'mail.send' order by ended_at desc";
}

/// An e-mail that has not arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Who was written to.
    pub name: String,
    /// It is tried again, and may arrive yet.
    pub tried_again: bool,
    /// What the mail server said.
    pub reason: String,
}

/// By the id of what they are about, and of whoever they are written to.
pub type Found = BTreeMap<(String, String), Undelivered>;

/// Invitations of an organisation that have not arrived, by [`mailbox`].
pub async fn invitations(
    ctx: &Ctx,
    organisation: &OrganisationId,
) -> Result<BTreeMap<String, Undelivered>, Refusal> {
    let rows = ctx.app.db.all(&INVITATIONS, args![organisation]).await?;
    let found = newest(&rows)?.into_iter();
    Ok(found.map(|((_, mailbox), said)| (mailbox, said)).collect())
}

/// What stands for a folded address that an organisation wrote to, where no person is known.
pub fn mailbox(organisation: &OrganisationId, email: &str) -> String {
    ledger::digest(format!("{organisation} {email}").as_bytes())
}

/// Requests to decide that have not arrived, by open line and person.
pub async fn of_record(ctx: &Ctx, record: &RecordId) -> Result<Found, Refusal> {
    newest(&ctx.app.db.all(&OF_RECORD, args![record]).await?)
}

/// Of several e-mails about the same to the same person only the newest counts.
fn newest(rows: &[Row]) -> Result<Found, Refusal> {
    let mut found = Found::new();
    for row in rows {
        let key = (row.text("about")?, row.text("person_id")?);
        let outcome = row.opt_text("outcome")?.unwrap_or_default();
        let reason = row.opt_text("fault")?.unwrap_or_default();
        if reason.is_empty() || outcome == "done" {
            found.remove(&key);
        } else {
            let undelivered = Undelivered {
                name: row.text("name")?,
                tried_again: outcome.is_empty(),
                reason,
            };
            found.insert(key, undelivered);
        }
    }
    Ok(found)
}

/// How many e-mails were given up since then (UTC microseconds), and why the latest was.
pub async fn since(db: &Db, at: i64) -> Result<Option<(usize, String)>, Refusal> {
    let rows = db.all(&LATELY, args![at]).await?;
    let Some(latest) = rows.first() else {
        return Ok(None);
    };
    Ok(Some((
        rows.len(),
        latest.opt_text("fault")?.unwrap_or_default(),
    )))
}
