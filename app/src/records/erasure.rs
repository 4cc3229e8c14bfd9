//! Erasing an act from the ledger: its text and salt go, its leaf stays. What the act wrote for people to
//! read goes with it: a comment, a review's words, a reason.

use db::{args, sql};
use serde_json::Value as Json;

use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    ONE = "select kind, act from acts where sequence = $1";
    /// What stands beside the text says as much as the text: it goes, too.
    ERASE = "update acts set act = null, salt = null, person_id = '', organisation_id = '', kind = 'erased',
            subject = '' where sequence = $1 and act is not null";
    /// The seal states the words as well: what proves the decision goes with them.
    REVIEW = "update lines set reason = $2, proof = null, seal = null where id = $1";
    ANSWER = "update lines set answer = $2, answer_seal = null where id = $1";
    OVERRULING = "update lines set overruled_reason = $2, overrule_seal = null where id = $1";
    COMMENT = "update comments set text = $2 where id = $1";
}

/// What stands in the place of the words.
const ERASED: &str = "Erased.";

/// Erases one act, which is an act itself.
///
/// # Errors
/// When there is no such act, it is erased already, no reason is given, or it is about keys: those name
/// nobody, and fsck needs them.
pub async fn erase(ctx: &Ctx, sequence: u64, reason: &str) -> Result<(), Refusal> {
    let reason = text::kept(reason.trim()).text;
    let reason = reason.as_str();
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
                "Act {sequence} is about a key. It names no one, and the log is checked by it: it stays."
            )));
        }
        let kind = row.text("kind")?;
        let erased: Json = serde_json::from_str(&row.text("act")?).map_err(Refusal::broken)?;
        let act = Act::new("act.erased", sequence).with("reason", reason);
        let change = Change::new(act).write_one(&ERASE, args![sequence]);
        let wrote = |key: &str| erased["detail"][key].as_str().unwrap_or_default().to_owned();
        let change = match kind.as_str() {
            "review.decided" | "sign_off.declined" => {
                change.write_one(&REVIEW, args![wrote("line"), ERASED])
            }
            "review.conditions_answered" => change.write_one(&ANSWER, args![wrote("line"), ERASED]),
            "review.overruled" => change.write_one(&OVERRULING, args![wrote("line"), ERASED]),
            "comment.added" => change.write_one(&COMMENT, args![wrote("comment"), ERASED]),
            _ => change,
        };
        Ok((change, ()))
    })
    .await
}
