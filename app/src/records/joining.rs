//! Parties that come to a fixed agreement: one that joins, with its own part, its own version and its own
//! lines; and one that does not use this gateway, which only signs.

use db::{args, sql};
use packs::Role;

use super::gate;
use super::lines::Stage;
use super::situation::{Situation, no_version, shut};
use super::store::PartyRow;
use super::versions;
use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, OrganisationId, RecordId};
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    JOIN = "update record_parties set joining = $3 where record_id = $1 and organisation_id = $2 and joining = 0";
}

/// Fixes a joining party's own part and asks its reviewers.
pub async fn ask_joining_review(
    ctx: &Ctx,
    id: &RecordId,
    party: &OrganisationId,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AddLateParty).await?;
        let record = &situation.record;
        let row = record
            .party(party.as_str())
            .filter(|p| p.joining == Some(0))
            .ok_or(Refusal::NotFound)?;
        if !row.registered {
            return Err(Refusal::NotNow(format!(
                "{} does not use this gateway yet, so nobody there can review or sign.",
                row.name
            )));
        }
        let view = record.view(ctx)?;
        let missing: Vec<String> = view
            .missing()
            .into_iter()
            .filter(|(scope, ..)| *scope == packs::Scope::Party(party.to_string()))
            .map(|(_, _, question)| question.text.clone())
            .collect();
        if !missing.is_empty() {
            return Err(Refusal::NotNow(format!(
                "Answer these for {} first: {}.",
                row.name,
                missing.join("; ")
            )));
        }
        let base = situation.whole_version().ok_or_else(no_version)?;
        let number = record.version + 1;
        let text = versions::text(ctx, record, number, Some((party, base))).await?;
        let act = Act::new("party.review_asked", id)
            .with("party", party.as_str())
            .with("version", number);
        let (mut change, digest) = versions::fix(ctx, &text, Change::new(act))?;
        for role in gate::reviewers(record.record_type(ctx)?, &view, row) {
            (_, change) =
                situation.open_line(ctx, change, number, party, Stage::Review, role, &digest);
        }
        let change = change.write_one(&JOIN, args![id, party, number]);
        let change = situation.renew(ctx, change, number, record.effective_version);
        Ok((change, ()))
    })
    .await
}

/// Asks the senior officer of a joining party to sign, once its own reviews are settled.
pub async fn ask_joining_sign_off(
    ctx: &Ctx,
    id: &RecordId,
    party: &OrganisationId,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AddLateParty).await?;
        let row = situation
            .record
            .party(party.as_str())
            .ok_or(Refusal::NotFound)?;
        let number = row.joining.filter(|n| *n > 0).ok_or_else(no_version)?;
        let version = situation
            .versions
            .iter()
            .find(|v| v.number == number)
            .ok_or_else(no_version)?;
        if situation
            .lines
            .iter()
            .any(|l| l.version == number && l.stage == Stage::SignOff)
        {
            return Err(Refusal::NotNow(format!(
                "{} has been asked to sign already.",
                row.name
            )));
        }
        let gate = situation
            .gate(ctx, version)?
            .map_err(|obstacles| shut(&obstacles))?;
        let act = Act::new("party.sign_off_asked", id)
            .with("party", party.as_str())
            .with("version", number);
        let change = situation.open_sign_offs(ctx, &gate, Change::new(act), version)?;
        Ok((situation.touch(ctx, change), ()))
    })
    .await
}

/// Whether a party that does not use this gateway can be asked to sign now: the others have been, and it
/// has not.
pub fn may_ask_external(ctx: &Ctx, situation: &Situation, party: &PartyRow) -> bool {
    let Some(version) = situation.whole_version() else {
        return false;
    };
    let mut asked = situation
        .lines_of(version.number, Stage::SignOff)
        .peekable();
    situation.record.allows(ctx, Action::AskExternal)
        && !party.registered
        && asked.peek().is_some()
        && asked.all(|line| line.organisation != party.id)
}

/// Asks a party that does not use this gateway to sign the newest version. Gives the line; who decides
/// it is named with a one-time link.
pub async fn ask_external(
    ctx: &Ctx,
    id: &RecordId,
    party: &OrganisationId,
) -> Result<LineId, Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AskExternal).await?;
        let row = situation.record.party(party.as_str());
        let row = row.ok_or(Refusal::NotFound)?;
        if !may_ask_external(ctx, &situation, row) {
            return Err(Refusal::NotNow(format!(
                "{} cannot be asked to sign now. Either it has been asked, or the others have not been yet.",
                row.name
            )));
        }
        let version = situation.whole_version().ok_or_else(no_version)?;
        // The gate is asked here as for everybody else.
        situation
            .gate(ctx, version)?
            .map_err(|obstacles| shut(&obstacles))?;
        let act = Act::new("party.sign_off_asked", id)
            .with("party", party.as_str())
            .with("version", version.number);
        let (line, change) = situation.open_line(
            ctx,
            Change::new(act),
            version.number,
            party,
            Stage::SignOff,
            Role::SeniorOfficer,
            &version.digest,
        );
        Ok((situation.touch(ctx, change), line))
    })
    .await
}
