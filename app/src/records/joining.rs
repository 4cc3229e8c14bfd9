//! Parties that come to a fixed agreement: one that joins, with its own part, its own version and its own
//! lines; and one that does not use this gateway, which only signs.

use db::{args, sql};
use packs::Role;

use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, OrganisationId, RecordId};
use crate::kernel::{Act, Change, Ctx, Refusal};
use crate::records::gate::OpenGate;
use crate::records::lines::Stage;
use crate::records::moves;
use crate::records::situation::{Situation, no_version, shut};
use crate::records::store::PartyRow;
use crate::records::versions;
use crate::records::versions::{Issued, VersionParty};

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
                "{} does not use this gateway yet, so no one there can review or sign.",
                row.name
            )));
        }
        let base = situation.whole_version().ok_or_else(no_version)?;
        let number = record.version + 1;
        let text = versions::text(ctx, record, number, Some((party, base))).await?;
        let (_, joined) = versions::read(ctx, id, base.number).await?;
        let issued = Issued {
            text,
            joined: Some(joined),
        };
        let missing: Vec<String> = issued
            .view(record.record_type(ctx)?, record.law(ctx))
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
        let act = Act::new("party.review_asked", id)
            .with("party", party.as_str())
            .with("version", number);
        let (change, digest) = versions::fix(ctx, &issued.text, Change::new(act))?;
        let change = situation.open_reviews(ctx, change, &issued, &digest)?;
        let change = change.write_one(&JOIN, args![id, party, number]);
        let change = situation.renew(ctx, change, number, record.effective_version);
        Ok((change, ()))
    })
    .await?;
    moves::follow(ctx, id).await
}

/// What a joining party can be asked to sign now: its version, once its own reviews are settled.
///
/// # Errors
/// [`Refusal::NotNow`] says what is in the way.
pub async fn may_ask_joining(
    ctx: &Ctx,
    situation: &Situation,
    party: &OrganisationId,
) -> Result<(Issued, OpenGate), Refusal> {
    let row = situation.record.party(party.as_str());
    let row = row.ok_or(Refusal::NotFound)?;
    let number = row.joining.filter(|n| *n > 0).ok_or_else(no_version)?;
    if situation.lines_of(number, Stage::SignOff).next().is_some() {
        return Err(Refusal::NotNow(format!(
            "{} has been asked to sign already.",
            row.name
        )));
    }
    open(ctx, situation, number).await
}

/// What was issued with this number, behind its open gate.
async fn open(
    ctx: &Ctx,
    situation: &Situation,
    number: i64,
) -> Result<(Issued, OpenGate), Refusal> {
    let issued = Issued::read(ctx, &situation.record.id, number).await?;
    let gate = situation
        .gate_of(ctx, &issued)?
        .map_err(|obstacles| shut(&obstacles))?;
    Ok((issued, gate))
}

/// Asks the senior officer of a joining party to sign.
pub async fn ask_joining_sign_off(
    ctx: &Ctx,
    id: &RecordId,
    party: &OrganisationId,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AddLateParty).await?;
        let (issued, gate) = may_ask_joining(ctx, &situation, party).await?;
        let number = issued.text.number;
        let version = situation.version(number).ok_or_else(no_version)?;
        let act = Act::new("party.sign_off_asked", id)
            .with("party", party.as_str())
            .with("version", number);
        let change =
            situation.open_sign_offs(ctx, &gate, Change::new(act), &issued, &version.digest)?;
        Ok((situation.touch(ctx, change), ()))
    })
    .await?;
    moves::follow(ctx, id).await
}

/// Whether a party can be asked to sign now that did not use this gateway when the text was issued: the others
/// have been asked, and it has not. One that still joins is in no text that it could sign.
pub fn may_ask_external(ctx: &Ctx, situation: &Situation, party: &PartyRow) -> bool {
    let Some(version) = situation.whole_version() else {
        return false;
    };
    let mut asked = situation
        .lines_of(version.number, Stage::SignOff)
        .peekable();
    situation.record.allows(ctx, Action::AskExternal)
        && !party.registered
        && party.joining.is_none()
        && asked.peek().is_some()
        && asked.all(|line| line.organisation != party.id)
}

/// What such a party can be asked to sign, and the party as it names it. The gate is asked as for everybody else.
///
/// # Errors
/// [`Refusal::NotNow`] says what is in the way.
pub async fn may_ask_listed(
    ctx: &Ctx,
    situation: &Situation,
    party: &OrganisationId,
) -> Result<(Issued, VersionParty), Refusal> {
    let row = situation.record.party(party.as_str());
    let row = row.ok_or(Refusal::NotFound)?;
    if !may_ask_external(ctx, situation, row) {
        return Err(Refusal::NotNow(format!(
            "{} cannot be asked to sign now. Either it has been asked, or the others have not been yet.",
            row.name
        )));
    }
    let version = situation.whole_version().ok_or_else(no_version)?;
    let (issued, _) = open(ctx, situation, version.number).await?;
    let named = issued.text.parties.iter().find(|p| p.id == party.as_str());
    let named = named.ok_or(Refusal::NotFound)?.clone();
    Ok((issued, named))
}

/// Asks a party that did not use this gateway to sign the newest version. Gives the line, and whether who decides
/// it is named with a one-time link: one that has come to use it since has people of its own.
pub async fn ask_external(
    ctx: &Ctx,
    id: &RecordId,
    party: &OrganisationId,
) -> Result<(LineId, bool), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::AskExternal).await?;
        let (issued, named) = may_ask_listed(ctx, &situation, party).await?;
        let number = issued.text.number;
        let version = situation.version(number).ok_or_else(no_version)?;
        let act = Act::new("party.sign_off_asked", id)
            .with("party", party.as_str())
            .with("version", number);
        let (line, change) = situation.open_line(
            ctx,
            Change::new(act),
            number,
            &named,
            Stage::SignOff,
            Role::SeniorOfficer,
            &version.digest,
        );
        let row = situation.record.party(party.as_str());
        let by_link = row.is_some_and(|row| !row.registered_today);
        Ok((situation.touch(ctx, change), (line, by_link)))
    })
    .await
}
