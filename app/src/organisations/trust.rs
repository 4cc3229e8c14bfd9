//! What an organisation's word about another counts for. What it writes in a draft of its own counts for
//! nothing; docs/trust.md has the whole table.
//!
//! An organisation is *confirmed* once the operator, or an organisation that knew it, said who acts under its
//! name. It *knows* a listed one that it listed itself, or that a version names which it leads and another
//! confirmed organisation has signed; only the word of a confirmed organisation counts.

use db::{args, sql};
use packs::Role;

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Act, Acting, Change, Ctx, Refusal};
use crate::organisations::claims::Claim;
use crate::organisations::roles;
use crate::organisations::store;
use crate::organisations::store::Organisation;

sql! {
    CONFIRM = "update organisations set confirmed_at = coalesce(confirmed_at, $2) where id = $1 and standing = 'registered'";
    WITHDRAW = "update organisations set confirmed_at = null where id = $1 and confirmed_at is not null";
    // A whole version names those who were parties when it was fixed. Who signs must have been confirmed by
    // then, be another than the lead and the listed one, and not be looked after by the lead.
    KNOWS = "select count(*) as known from organisations k
        where k.id = $2 and k.confirmed_at is not null and (
            exists (select 1 from acts a where a.subject = $1 and a.kind = 'organisation.listed'
                and a.organisation_id = $2)
            or exists (select 1 from record_parties named
                join records r on r.id = named.record_id
                join versions v on v.record_id = r.id and v.joins is null and v.fixed_at >= named.joined_at
                join lines s on s.record_id = v.record_id and s.version = v.number
                join organisations o on o.id = s.organisation_id
                where named.organisation_id = $1 and named.left_at is null and r.organisation_id = $2
                    and s.stage = 'sign_off' and s.outcome = 'signed' and s.decided_at <= $3
                    and s.organisation_id <> $1 and s.organisation_id <> $2
                    and o.confirmed_at <= s.decided_at and (o.lead_id is null or o.lead_id <> $2)))";
    ISSUERS = "select distinct r.organisation_id from record_parties named
        join records r on r.id = named.record_id join organisations o on o.id = r.organisation_id
        where named.organisation_id = $1 and named.left_at is null and r.version > 0
            and o.confirmed_at is not null";
    NOT_CONFIRMED = "select id from organisations where confirmed_at is null and standing = 'registered'
        order by created_at, id limit 1000";
}

/// Somebody who knows it says who acts under this organisation's name.
pub fn confirm(ctx: &Ctx, organisation: &OrganisationId) -> Change {
    Change::new(Act::new("organisation.confirmed", organisation))
        .write_one(&CONFIRM, args![organisation, ctx.now.0])
}

/// The operator takes a confirmation back.
pub fn withdraw(organisation: &OrganisationId) -> Change {
    Change::new(Act::new("organisation.not_confirmed", organisation))
        .write_one(&WITHDRAW, args![organisation])
}

/// Registered organisations that nobody has confirmed, oldest first.
pub async fn not_confirmed(ctx: &Ctx) -> Result<Vec<Organisation>, Refusal> {
    let mut found = Vec::new();
    for row in ctx.app.db.all(&NOT_CONFIRMED, &[]).await? {
        found.push(store::one(ctx, &row.text("id")?.into()).await?);
    }
    Ok(found)
}

/// Whether the acting person's word decides this claim: an administrator of an organisation that knew the
/// listed one before the claim and has nothing to do with the claimant. Where confirmed organisations lead
/// fixed versions that name it, only theirs counts: it is their texts that open.
pub async fn may_decide(ctx: &Ctx, acting: &Acting, claim: &Claim) -> Result<bool, Refusal> {
    let own = &acting.organisation;
    if !acting.holds(Role::Administrator) || acting.person == claim.person {
        return Ok(false);
    }
    let args = args![&claim.organisation, own, claim.asked_at];
    if ctx.app.db.one(&KNOWS, args).await?.int("known")? == 0 {
        return Ok(false);
    }
    let mut sides: Vec<OrganisationId> = roles::organisations_of(ctx, &claim.person)
        .await?
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    sides.extend(claim.supporter.clone());
    if is_under(ctx, own, &sides).await? {
        return Ok(false);
    }
    let rows = ctx.app.db.all(&ISSUERS, args![&claim.organisation]).await?;
    let mut issuers: Vec<OrganisationId> = Vec::new();
    for row in rows {
        issuers.push(row.text("organisation_id")?.into());
    }
    issuers.retain(|lead| claim.supporter.as_ref() != Some(lead));
    Ok(issuers.is_empty() || issuers.contains(own))
}

/// Whether an organisation is one of these, or is looked after by one of them, however far up.
async fn is_under(
    ctx: &Ctx,
    organisation: &OrganisationId,
    above: &[OrganisationId],
) -> Result<bool, Refusal> {
    let mut next = Some(organisation.clone());
    let mut seen: Vec<OrganisationId> = Vec::new();
    while let Some(id) = next {
        if above.contains(&id) {
            return Ok(true);
        }
        if seen.contains(&id) {
            break;
        }
        next = store::one(ctx, &id).await?.lead;
        seen.push(id);
    }
    Ok(false)
}
