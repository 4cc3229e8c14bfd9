//! Erasing an act from the ledger: its text and salt go, its leaf stays.

use db::{args, sql};

use super::{Act, Change, Ctx, Refusal};

sql! {
    ONE = "select kind, act from acts where sequence = $1";
    /// What stands beside the text says as much as the text: it goes, too.
    ERASE = "update acts set act = null, salt = null, person_id = '', organisation_id = '', kind = 'erased',
            subject = '' where sequence = $1 and act is not null";
}

/// Erases one act, which is an act itself.
///
/// # Errors
/// When there is no such act, it is erased already, no reason is given, or it is about keys: those name
/// nobody, and fsck needs them.
pub async fn erase(ctx: &Ctx, sequence: u64, reason: &str) -> Result<(), Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::NotNow("Say why the act is erased.".to_owned()));
    }
    let sequence = i64::try_from(sequence).map_err(|_| Refusal::NotFound)?;
    ctx.decide(|| async move {
        let row = ctx.app.db.optional(&ONE, args![sequence]).await?;
        let row = row.ok_or_else(|| Refusal::NotNow(format!("There is no act {sequence}.")))?;
        if row.opt_text("act")?.is_none() {
            return Err(Refusal::NotNow(format!("Act {sequence} is already erased.")));
        }
        if row.text("kind")?.starts_with("key") {
            return Err(Refusal::NotNow(format!(
                "Act {sequence} is about a key. It names nobody, and the log is checked by it: it stays."
            )));
        }
        let act = Act::new("act.erased", sequence).with("reason", reason);
        Ok((Change::new(act).write_one(&ERASE, args![sequence]), ()))
    })
    .await
}
