//! Somebody says that an organisation which is listed here is theirs, or that theirs would look after it. An
//! e-mail address proves nothing, so they have no role in it until somebody who knew it before confirms
//! (`trust.rs` says whose word counts), or the operator.

use db::{Row, args, sql};
use packs::Role;

use crate::identity::proofs;
use crate::identity::proofs::Proof;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Acting, Change, Ctx, Refusal};
use crate::organisations::details::Details;
use crate::organisations::store;
use crate::organisations::store::Organisation;
use crate::organisations::{roles, similar_names, trust};

sql! {
    ASK = "insert into claims (id, organisation_id, person_id, details, asked_at, supporter_id)
        values ($1, $2, $3, $4, $5, $6)";
    DECIDE = "update claims set decided_at = $2, confirmed = $3, decided_by = $4
        where id = $1 and decided_at is null";
    OTHERS = "update claims set decided_at = $3, confirmed = 0, decided_by = $4
        where organisation_id = $1 and id <> $2 and decided_at is null";
    ONE = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            c.supporter_id, s.name as supporter, p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
            left join organisations s on s.id = c.supporter_id
        where c.id = $1";
    OPEN = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            c.supporter_id, s.name as supporter, p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
            left join organisations s on s.id = c.supporter_id
        where c.decided_at is null order by c.asked_at, c.id limit 200";
    OF_PERSON = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            c.supporter_id, s.name as supporter, p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
            left join organisations s on s.id = c.supporter_id
        where c.person_id = $1 order by c.asked_at desc, c.id limit 20";
    // Those that an organisation may know of; `trust.rs` has the whole condition.
    FOR_KNOWING = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            c.supporter_id, s.name as supporter, p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
            left join organisations s on s.id = c.supporter_id
        where c.decided_at is null and (
            exists (select 1 from acts a where a.subject = c.organisation_id and a.kind = 'organisation.listed'
                and a.organisation_id = $1)
            or exists (select 1 from record_parties rp join records r on r.id = rp.record_id
                where rp.organisation_id = c.organisation_id and rp.left_at is null and r.organisation_id = $1
                    and r.version > 0))
        order by c.asked_at, c.id limit 200";
}

#[derive(Debug, Clone)]
pub struct Claim {
    pub id: String,
    pub organisation: OrganisationId,
    /// As it is listed.
    pub organisation_name: String,
    pub person: PersonId,
    pub person_name: String,
    pub email: String,
    /// What the person says about the organisation.
    pub details: Details,
    /// The organisation that would look after it, with its name.
    pub supporter: Option<OrganisationId>,
    pub supporter_name: String,
    pub asked_at: i64,
    /// None while it waits.
    pub confirmed: Option<bool>,
}

impl Claim {
    fn read(row: &Row) -> Result<Claim, Refusal> {
        Ok(Claim {
            id: row.text("id")?,
            organisation: row.text("organisation_id")?.into(),
            organisation_name: row.text("organisation")?,
            person: row.text("person_id")?.into(),
            person_name: row.text("person")?,
            email: row.text("email")?,
            details: serde_json::from_str(&row.text("details")?).map_err(Refusal::broken)?,
            supporter: row.opt_text("supporter_id")?.map(OrganisationId::from),
            supporter_name: row.opt_text("supporter")?.unwrap_or_default(),
            asked_at: row.int("asked_at")?,
            confirmed: match row.opt_int("decided_at")? {
                Some(_) => Some(row.opt_int("confirmed")? == Some(1)),
                None => None,
            },
        })
    }
}

/// Asks for a listed organisation, for itself or as one that another organisation looks after. The entry
/// stays as it is.
///
/// # Errors
/// [`Refusal::Invalid`] when this person asks for it already.
pub async fn ask(
    ctx: &Ctx,
    listed: &Organisation,
    person: &PersonId,
    supporter: Option<&OrganisationId>,
    details: &Details,
) -> Result<Change, Refusal> {
    let asked = of_person(ctx, person).await?;
    let waits = |claim: &Claim| claim.organisation == listed.id && claim.confirmed.is_none();
    if asked.iter().any(waits) {
        return Err(Refusal::invalid(
            "name",
            format!(
                "You have asked for {} already. Wait until it is confirmed",
                listed.details.name
            ),
        ));
    }
    let said = serde_json::to_string(details).map_err(Refusal::broken)?;
    let id = ctx.new_id("clm");
    let mut act = Act::new("organisation.claimed", &listed.id).with("person", person.as_str());
    if let Some(supporter) = supporter {
        act = act.with("supporter", supporter.as_str());
    }
    let supporter = supporter.map(|id| id.to_string());
    Ok(Change::new(act).write_one(
        &ASK,
        args![id, &listed.id, person, said, ctx.now.0, supporter],
    ))
}

/// The most claims that one in-tray shows.
const MOST_SHOWN: usize = 20;

/// Claims that wait for somebody like this person. Nobody else is told who asks.
pub async fn to_confirm(ctx: &Ctx, acting: &Acting) -> Result<Vec<Claim>, Refusal> {
    if !acting.holds(Role::Administrator) {
        return Ok(Vec::new());
    }
    let rows = ctx
        .app
        .db
        .all(&FOR_KNOWING, args![&acting.organisation])
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        let claim = Claim::read(row)?;
        if trust::may_decide(ctx, acting, &claim).await? {
            found.push(claim);
        }
        if found.len() == MOST_SHOWN {
            break;
        }
    }
    Ok(found)
}

/// Every claim that waits.
pub async fn open(ctx: &Ctx) -> Result<Vec<Claim>, Refusal> {
    let rows = ctx.app.db.all(&OPEN, &[]).await?;
    rows.iter().map(Claim::read).collect()
}

/// What this person has asked for.
pub async fn of_person(ctx: &Ctx, person: &PersonId) -> Result<Vec<Claim>, Refusal> {
    let rows = ctx.app.db.all(&OF_PERSON, args![person]).await?;
    rows.iter().map(Claim::read).collect()
}

/// A claim that the acting person may decide; the operator, for whom nobody acts, may decide any.
///
/// # Errors
/// [`Refusal::NotFound`] when it is not theirs to decide, [`Refusal::NotNow`] when it is decided.
pub async fn to_decide(ctx: &Ctx, id: &str) -> Result<Claim, Refusal> {
    let row = ctx.app.db.optional(&ONE, args![id]).await?;
    let claim = Claim::read(&row.ok_or(Refusal::NotFound)?)?;
    if let Some(acting) = &ctx.acting
        && !trust::may_decide(ctx, acting, &claim).await?
    {
        return Err(Refusal::NotFound);
    }
    match claim.confirmed {
        None => Ok(claim),
        Some(true) => Err(Refusal::NotNow(
            "This has been confirmed already.".to_owned(),
        )),
        Some(false) => Err(Refusal::NotNow("This has been refused already.".to_owned())),
    }
}

/// Confirms or refuses. Confirmed, the person becomes the first administrator of the entry, which
/// from then on sees what it is a party to; other claims to it are refused.
///
/// # Errors
/// [`Refusal::NotNow`] when what was asked is no longer so.
pub async fn decide(ctx: &Ctx, claim: &Claim, confirm: bool) -> Result<Change, Refusal> {
    let by = ctx
        .acting
        .as_ref()
        .map_or("", |acting| acting.person.as_str());
    let kind = if confirm {
        "organisation.claim_confirmed"
    } else {
        "organisation.claim_refused"
    };
    let act = Act::new(kind, &claim.organisation).with("person", claim.person.as_str());
    let decided = args![claim.id.as_str(), ctx.now.0, i64::from(confirm), by];
    let mut change = Change::new(act).write_one(&DECIDE, decided);
    if confirm {
        let mut listed = store::one(ctx, &claim.organisation).await?;
        if listed.is_registered() {
            return Err(Refusal::NotNow(
                "This organisation uses the gateway already.".to_owned(),
            ));
        }
        if let Some(problem) = similar_names::problems(ctx, &claim.details, Some(&listed))
            .await?
            .pop()
        {
            return Err(Refusal::NotNow(format!(
                "{}. Refuse this, and ask the person to begin again with the right details.",
                problem.message
            )));
        }
        let supporter = claim.supporter.as_ref();
        if let Some(supporter) = supporter {
            still_administers(ctx, claim, supporter).await?;
        }
        let others = args![&claim.organisation, claim.id.as_str(), ctx.now.0, by];
        change = change
            .write(&OTHERS, others)
            .and(store::register_external(&listed, supporter));
        listed.revision += 1;
        change = change
            .and(store::change_details(&listed, &claim.details))
            .and(trust::confirm(ctx, &listed.id))
            .and(match supporter {
                Some(_) => {
                    let own = Role::Administrator.into();
                    roles::grant(ctx, &listed.id, &claim.person, &own)
                }
                None => roles::first_roles(ctx, &listed.id, &claim.person),
            });
        // Whoever confirms has spoken to the person: that counts for this organisation, not everywhere.
        let proof = Proof::HandedBy(listed.id);
        change = change.and(proofs::vouch(&claim.person, &proof));
    }
    Ok(change)
}

/// Who asked for a supporting organisation must still be its administrator when that is confirmed.
async fn still_administers(
    ctx: &Ctx,
    claim: &Claim,
    supporter: &OrganisationId,
) -> Result<(), Refusal> {
    let today = ctx.now.today().to_string();
    let held = roles::held_as(ctx, supporter, &[Role::Administrator].into()).await?;
    if held
        .iter()
        .any(|h| h.person == claim.person && h.is_on(&today))
    {
        return Ok(());
    }
    Err(Refusal::NotNow(format!(
        "{} is no longer an administrator of {}. Refuse this.",
        claim.person_name, claim.supporter_name
    )))
}
