//! Somebody says that an organisation which is listed here is theirs. An e-mail address proves
//! nothing, so they have no role in it until somebody who knows it confirms: an administrator of an
//! organisation that listed it or leads an agreement with it, or the operator.

use db::{Row, args, sql};
use packs::Role;

use super::details::Details;
use super::register;
use super::store::{self, Organisation};
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Acting, Change, Ctx, Refusal};

sql! {
    ASK = "insert into claims (id, organisation_id, person_id, details, asked_at) values ($1, $2, $3, $4, $5)";
    DECIDE = "update claims set decided_at = $2, confirmed = $3, decided_by = $4
        where id = $1 and decided_at is null";
    OTHERS = "update claims set decided_at = $3, confirmed = 0, decided_by = $4
        where organisation_id = $1 and id <> $2 and decided_at is null";
    ONE = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
        where c.id = $1";
    OPEN = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
        where c.decided_at is null order by c.asked_at, c.id limit 200";
    OF_PERSON = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
        where c.person_id = $1 order by c.asked_at desc, c.id limit 20";
    // Those that an organisation knows: it listed the entry, or leads an agreement that names it.
    FOR_KNOWING = "select c.id, c.organisation_id, c.person_id, c.details, c.asked_at, c.decided_at, c.confirmed,
            p.name as person, p.email, o.name as organisation
        from claims c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
        where c.decided_at is null and (
            exists (select 1 from acts a where a.subject = c.organisation_id and a.kind = 'organisation.listed'
                and a.organisation_id = $1)
            or exists (select 1 from record_parties rp join records r on r.id = rp.record_id
                where rp.organisation_id = c.organisation_id and rp.left_at is null and r.organisation_id = $1))
        order by c.asked_at, c.id limit 20";
    KNOWS = "select count(*) as known from organisations o where o.id = $1 and (
            exists (select 1 from acts a where a.subject = o.id and a.kind = 'organisation.listed'
                and a.organisation_id = $2)
            or exists (select 1 from record_parties rp join records r on r.id = rp.record_id
                where rp.organisation_id = o.id and rp.left_at is null and r.organisation_id = $2))";
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
            asked_at: row.int("asked_at")?,
            confirmed: match row.opt_int("decided_at")? {
                Some(_) => Some(row.opt_int("confirmed")? == Some(1)),
                None => None,
            },
        })
    }
}

/// Asks for a listed organisation. The entry stays as it is.
pub fn ask(
    ctx: &Ctx,
    listed: &Organisation,
    person: &PersonId,
    details: &Details,
) -> Result<Change, Refusal> {
    let said = serde_json::to_string(details).map_err(Refusal::broken)?;
    let id = ctx.new_id("clm");
    let act = Act::new("organisation.claimed", &listed.id).with("person", person.as_str());
    Ok(Change::new(act).write_one(&ASK, args![id, &listed.id, person, said, ctx.now.0]))
}

/// Whether an organisation may say who a listed one is.
pub async fn knows(
    ctx: &Ctx,
    organisation: &OrganisationId,
    listed: &OrganisationId,
) -> Result<bool, Refusal> {
    let row = ctx.app.db.one(&KNOWS, args![listed, organisation]).await?;
    Ok(row.int("known")? > 0)
}

/// Claims that wait for somebody like this person.
pub async fn to_confirm(ctx: &Ctx, acting: &Acting) -> Result<Vec<Claim>, Refusal> {
    if !acting.holds(Role::Administrator) {
        return Ok(Vec::new());
    }
    let rows = ctx
        .app
        .db
        .all(&FOR_KNOWING, args![&acting.organisation])
        .await?;
    rows.iter().map(Claim::read).collect()
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
    if let Some(acting) = &ctx.acting {
        let knows = acting.holds(Role::Administrator)
            && acting.person != claim.person
            && knows(ctx, &acting.organisation, &claim.organisation).await?;
        if !knows {
            return Err(Refusal::NotFound);
        }
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
        let others = args![&claim.organisation, claim.id.as_str(), ctx.now.0, by];
        change = change
            .write(&OTHERS, others)
            .and(store::register_external(&listed, None));
        listed.revision += 1;
        change = change
            .and(store::change_details(&listed, &claim.details))
            .and(register::first_roles(ctx, &listed.id, &claim.person));
    }
    Ok(change)
}
