//! Decisions on lines: a reviewer's advice, its answer or overruling, and the signature. A decision
//! is about the text whose digest the person saw, or it is not taken.

use db::{args, sql};
use evidence::Party;
use packs::Role;
use serde_json::json;

use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Act, Change, Ctx, Refusal};
use crate::records::decision_seal;
use crate::records::decision_seal::{Taken, own_party};
use crate::records::gate::OpenGate;
use crate::records::lines::{Advice, Line, LineState, Stage};
use crate::records::moves;
use crate::records::situation::Situation;

sql! {
    DECIDE = "update lines set outcome = $2, reason = $3, decided_by = $4, decided_at = $5, proof = $6, seal = $7
        where id = $1 and outcome is null and closed_at is null";
    ANSWER = "update lines set answer = $2, answered_by = $3, answered_at = $4, answer_seal = $5
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
        let found = may_decide(ctx, &situation, line, Stage::Review, seen)?;
        let sealed = decision_seal::seal(
            ctx,
            id,
            found,
            &own_party(found),
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
    .await?;
    moves::follow(ctx, id).await
}

/// An answer to conditions says something.
///
/// # Errors
/// [`Refusal::Invalid`] on the field `text`.
pub fn answers(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid("text", "Say how the conditions are met"));
    }
    Ok(())
}

/// The line whose conditions can be answered now: until sign-off is asked for. Whoever signs has read the answers, so
/// from then on they stay as they are.
///
/// # Errors
/// [`Refusal::NotNow`] says what is in the way.
pub fn may_answer<'a>(situation: &'a Situation, line: &LineId) -> Result<&'a Line, Refusal> {
    let found = situation.line(line)?;
    if found.closed {
        return Err(superseded());
    }
    let conditions = matches!(
        found.state,
        LineState::Reviewed {
            advice: Advice::Conditions,
            ..
        }
    );
    if !conditions {
        return Err(Refusal::NotNow(
            "This review has no conditions to answer.".to_owned(),
        ));
    }
    if situation
        .lines_of(found.version, Stage::SignOff)
        .next()
        .is_some()
    {
        return Err(Refusal::NotNow(
            "Sign-off has been asked for, so the answers to conditions can no longer change. To answer otherwise, \
             change the agreement: every party then reviews and signs the new version."
                .to_owned(),
        ));
    }
    Ok(found)
}

/// The author answers a reviewer's conditions. The answer is sealed for the organisation that leads, as the advice
/// is for the reviewer's. The caller has just checked the author's credential; `proof` says how.
pub async fn answer_conditions(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    text: &str,
    proof: &serde_json::Value,
) -> Result<(), Refusal> {
    answers(text)?;
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AnswerConditions).await?;
        let found = may_answer(&situation, line)?;
        let record = &situation.record;
        let name = record.party(record.lead.as_str()).map(|p| p.name.clone());
        let lead = Party {
            id: record.lead.to_string(),
            name: name.unwrap_or_default(),
        };
        let taken = Taken::new(Role::Author, "answered", text).proved_by(proof);
        let sealed = decision_seal::seal(ctx, id, found, &lead, &taken).await?;
        let change = Change::new(
            Act::new("review.conditions_answered", id)
                .with("line", line.as_str())
                .with("text", text)
                .with("proof", proof.clone()),
        )
        .write_one(
            &ANSWER,
            args![line, text, &ctx.acting()?.person, ctx.now.0, sealed.row],
        )
        .and(Change::new(sealed.act));
        Ok((situation.touch(ctx, change), ()))
    })
    .await?;
    moves::follow(ctx, id).await
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
        let sealed = decision_seal::seal(ctx, id, found, &own_party(found), &taken).await?;
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
    .await?;
    moves::follow(ctx, id).await
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
        let situation = Situation::load(ctx, id, Action::See).await?;
        let found = may_decide(ctx, &situation, line, Stage::SignOff, seen)?.clone();
        let change = match decision {
            Decision::Sign => {
                let gate = situation.may_sign(ctx, &found).await?;
                signed(ctx, &situation, &found, &gate, proof).await?
            }
            Decision::Decline { reason } => {
                let taken = Taken::new(found.role, "declined", reason).proved_by(proof);
                let sealed =
                    decision_seal::seal(ctx, id, &found, &own_party(&found), &taken).await?;
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
    .await?;
    moves::follow(ctx, id).await
}

async fn signed(
    ctx: &Ctx,
    situation: &Situation,
    line: &Line,
    _gate: &OpenGate,
    proof: &serde_json::Value,
) -> Result<Change, Refusal> {
    let taken = Taken::new(line.role, "signed", "").proved_by(proof);
    let sealed =
        decision_seal::seal(ctx, &situation.record.id, line, &own_party(line), &taken).await?;
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
    if let Some(automatic) = situation.automatic(ctx).await? {
        return Ok(change.and(situation.make(ctx, automatic, "").await?));
    }
    let signed = situation.parties_signed(decided.version);
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

/// The acting person's own open line, on exactly the text they saw. It is asked before somebody shows who they are,
/// so that nobody does so for nothing, and again in what writes the decision.
///
/// # Errors
/// Says why it is not theirs to decide, or not now.
pub fn may_decide<'a>(
    ctx: &Ctx,
    situation: &'a Situation,
    id: &LineId,
    stage: Stage,
    seen: &str,
) -> Result<&'a Line, Refusal> {
    let line = situation.line(id)?;
    if line.stage != stage {
        return Err(Refusal::NotFound);
    }
    if !is_theirs(ctx, line) {
        return Err(Refusal::NotAllowed(format!(
            "This decision belongs to the {} of {}.",
            line.role.title(),
            line.organisation_name
        )));
    }
    if line.closed {
        return Err(superseded());
    }
    if !situation.record.allows(ctx, Action::Decide) {
        return Err(Refusal::NotNow(
            "Nothing can be decided on this now. Look at the page again.".to_owned(),
        ));
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

/// Whether a line is for the acting person: of their organisation, in a role they hold.
pub fn is_theirs(ctx: &Ctx, line: &Line) -> bool {
    ctx.acting
        .as_ref()
        .is_some_and(|a| a.organisation == line.organisation && a.holds(line.role))
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
