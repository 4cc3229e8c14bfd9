//! Decisions on lines: a reviewer's advice, its answer or overruling, and the signature. A decision
//! is about the text whose digest the person saw, or it is not taken.

use db::{args, sql};
use packs::Role;
use serde_json::json;

use super::gate::OpenGate;
use super::lines::{Advice, Line, LineState, Stage};
use super::sealing::{self, Taken};
use super::situation::{Situation, no_version, shut};
use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    DECIDE = "update lines set outcome = $2, reason = $3, decided_by = $4, decided_at = $5, proof = $6, seal = $7
        where id = $1 and outcome is null and closed_at is null";
    ANSWER = "update lines set answer = $2, answered_by = $3, answered_at = $4
        where id = $1 and outcome = 'conditions' and closed_at is null";
    OVERRULE = "update lines set overruled_by = $2, overruled_reason = $3, overruled_at = $4,
            overrule_seal = $5
        where id = $1 and outcome = 'against' and overruled_at is null and closed_at is null";
}

/// Advice that stops or binds others says why.
///
/// # Errors
/// [`Refusal::Invalid`] on the field `text`.
pub fn says_enough(advice: Advice, text: &str) -> Result<(), Refusal> {
    if advice != Advice::Agrees && text.trim().is_empty() {
        return Err(Refusal::invalid(
            "text",
            if advice == Advice::Conditions {
                "Say what the conditions are"
            } else {
                "Say why you advise against"
            },
        ));
    }
    Ok(())
}

/// A reviewer decides a line, about the version whose digest they saw. The caller has just checked
/// their credential; `proof` says how.
pub async fn review(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    seen: &str,
    advice: Advice,
    text: &str,
    proof: &serde_json::Value,
) -> Result<(), Refusal> {
    says_enough(advice, text)?;
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::See).await?;
        let found = own_line(ctx, &situation, line, Stage::Review, seen)?;
        let sealed = sealing::seal(
            ctx,
            id,
            found,
            &Taken::new(found.role, advice.as_str(), text).proved_by(proof),
        )
        .await?;
        let change = Change::new(
            Act::new("review.decided", id)
                .with("line", line.as_str())
                .with("role", found.role.as_str())
                .with("outcome", advice.as_str())
                .with("text", text)
                .with("version", found.version)
                .with("digest", found.digest.as_str())
                .with("proof", proof.clone()),
        )
        .write_one(
            &DECIDE,
            args![
                line,
                advice.as_str(),
                text,
                &ctx.acting()?.person,
                ctx.now.0,
                proof.to_string(),
                sealed.row
            ],
        )
        .and(Change::new(sealed.act));
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// The author answers a reviewer's conditions.
pub async fn answer_conditions(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    text: &str,
) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid("text", "Say how the conditions are met"));
    }
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AnswerConditions).await?;
        let found = situation.line(line)?;
        if found.closed {
            return Err(superseded());
        }
        let change = Change::new(
            Act::new("review.conditions_answered", id)
                .with("line", line.as_str())
                .with("text", text),
        )
        .write_one(&ANSWER, args![line, text, &ctx.acting()?.person, ctx.now.0]);
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// Overruling says why.
///
/// # Errors
/// [`Refusal::Invalid`] on the field `text`.
pub fn gives_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::invalid("text", "Say why you overrule this advice"));
    }
    Ok(())
}

/// A senior officer of the same party overrules advice against, with a reason every signer sees. The
/// caller has just checked their credential; `proof` says how.
pub async fn overrule(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    reason: &str,
    proof: &serde_json::Value,
) -> Result<(), Refusal> {
    gives_reason(reason)?;
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::Overrule).await?;
        let found = situation.line(line)?;
        if found.organisation != ctx.acting()?.organisation {
            return Err(Refusal::NotAllowed(format!(
                "Only a senior officer of {} can overrule this advice.",
                found.organisation_name
            )));
        }
        if found.closed {
            return Err(superseded());
        }
        let taken = Taken::new(Role::SeniorOfficer, "overruled", reason).proved_by(proof);
        let sealed = sealing::seal(ctx, id, found, &taken).await?;
        let change = Change::new(
            Act::new("review.overruled", id)
                .with("line", line.as_str())
                .with("reason", reason)
                .with("proof", proof.clone()),
        )
        .write_one(
            &OVERRULE,
            args![line, &ctx.acting()?.person, reason, ctx.now.0, sealed.row],
        )
        .and(Change::new(sealed.act));
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// What a senior officer decides.
#[derive(Debug, Clone)]
pub enum Decision {
    Sign,
    Decline { reason: String },
}

impl Decision {
    /// What the line then says.
    pub fn outcome(&self) -> &'static str {
        match self {
            Decision::Sign => "signed",
            Decision::Decline { .. } => "declined",
        }
    }
}

/// A senior officer signs or declines exactly the text whose digest they saw. The caller has just
/// checked their credential; `proof` says how.
pub async fn sign_off(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    seen: &str,
    decision: &Decision,
    proof: &serde_json::Value,
) -> Result<(), Refusal> {
    if let Decision::Decline { reason } = decision
        && reason.trim().is_empty()
    {
        return Err(Refusal::invalid("reason", "Say why you decline"));
    }
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::Sign).await?;
        let found = own_line(ctx, &situation, line, Stage::SignOff, seen)?.clone();
        let version = situation
            .versions
            .iter()
            .find(|v| v.number == found.version)
            .ok_or_else(no_version)?;
        let change = match decision {
            Decision::Sign => {
                // The gate is asked again at the moment of signing: law may have changed since.
                let gate = situation
                    .gate(ctx, version)?
                    .map_err(|obstacles| shut(&obstacles))?;
                signed(ctx, &situation, &found, &gate, proof).await?
            }
            Decision::Decline { reason } => {
                let taken = Taken::new(found.role, "declined", reason).proved_by(proof);
                let sealed = sealing::seal(ctx, id, &found, &taken).await?;
                Change::new(
                    Act::new("sign_off.declined", id)
                        .with("line", line.as_str())
                        .with("reason", reason.as_str())
                        .with("version", found.version)
                        .with("digest", found.digest.as_str()),
                )
                .write_one(
                    &DECIDE,
                    args![
                        line,
                        "declined",
                        reason.as_str(),
                        &ctx.acting()?.person,
                        ctx.now.0,
                        proof.to_string(),
                        sealed.row
                    ],
                )
                .and(Change::new(sealed.act))
            }
        };
        Ok((
            with_automatic_moves(ctx, situation, found, decision, change).await?,
            (),
        ))
    })
    .await
}

async fn signed(
    ctx: &Ctx,
    situation: &Situation,
    line: &Line,
    _gate: &OpenGate,
    proof: &serde_json::Value,
) -> Result<Change, Refusal> {
    let taken = Taken::new(line.role, "signed", "").proved_by(proof);
    let sealed = sealing::seal(ctx, &situation.record.id, line, &taken).await?;
    let act = Act::new("sign_off.signed", &situation.record.id)
        .with("line", line.id.as_str())
        .with("version", line.version)
        .with("digest", line.digest.as_str())
        .with("proof", proof.clone());
    Ok(Change::new(act)
        .write_one(
            &DECIDE,
            args![
                &line.id,
                "signed",
                "",
                &ctx.acting()?.person,
                ctx.now.0,
                proof.to_string(),
                sealed.row
            ],
        )
        .and(Change::new(sealed.act)))
}

/// Adds what follows from a decision: in force for those who signed, and the moves a pack makes
/// automatic.
async fn with_automatic_moves(
    ctx: &Ctx,
    mut situation: Situation,
    decided: Line,
    decision: &Decision,
    change: Change,
) -> Result<Change, Refusal> {
    if let Decision::Sign = decision
        && let Some(line) = situation.lines.iter_mut().find(|l| l.id == decided.id)
    {
        line.state = LineState::Signed {
            by: ctx.acting()?.name.clone(),
            at: ctx.now.0,
            proof: String::new(),
        };
    }
    let record_type = situation.record.record_type(ctx)?;
    for automatic in record_type
        .workflow
        .moves_from(&situation.record.state)
        .filter(|m| m.auto)
    {
        if situation.unmet(ctx, automatic).await?.is_empty() {
            return Ok(change.and(situation.make(ctx, automatic, "").await?));
        }
    }
    let signed = situation
        .lines
        .iter()
        .filter(|l| l.version == decided.version && l.stage == Stage::SignOff && l.is_signed())
        .count();
    let whole = situation
        .whole_version()
        .is_some_and(|v| v.number == decided.version);
    let effective = if whole && signed >= 2 {
        Some(decided.version)
    } else {
        situation.record.effective_version
    };
    let version = situation.record.version;
    let change = situation.in_force(ctx, change, effective, None).await?;
    Ok(situation.renew(ctx, change, version, effective))
}

/// The acting person's own open line, on exactly the text they saw.
fn own_line<'a>(
    ctx: &Ctx,
    situation: &'a Situation,
    id: &LineId,
    stage: Stage,
    seen: &str,
) -> Result<&'a Line, Refusal> {
    let line = situation.line(id)?;
    let acting = ctx.acting()?;
    if line.stage != stage {
        return Err(Refusal::NotFound);
    }
    if line.organisation != acting.organisation || !acting.holds(line.role) {
        return Err(Refusal::NotAllowed(format!(
            "This decision belongs to the {} of {}.",
            line.role.title(),
            line.organisation_name
        )));
    }
    if line.closed {
        return Err(superseded());
    }
    if !line.is_waiting() {
        return Err(Refusal::NotNow("This has been decided already.".to_owned()));
    }
    if line.digest != seen {
        return Err(Refusal::NotNow(
            "The text is not the one you saw. Nothing was decided. Read the current version, then decide."
                .to_owned(),
        ));
    }
    Ok(line)
}

fn superseded() -> Refusal {
    Refusal::NotNow(
        "This version has been replaced by a newer one. Nothing was decided. Look at the newest version."
            .to_owned(),
    )
}

/// A password as the proof of a decision, for those who decide below the pages: the demo's plot.
pub fn password_proof(ctx: &Ctx) -> serde_json::Value {
    json!({ "credential": "password", "checked_at": ctx.now.0 })
}
