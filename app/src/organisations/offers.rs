//! Memberships that are offered: an organisation names an address and roles, and whoever the address
//! belongs to accepts or declines. Until then nothing is held and nothing shows; whether the address has an
//! account is not even looked at.

use db::{Row, args, sql};
use packs::Role;

use crate::identity::people as identity;
use crate::identity::people::{LINK_TTL, fold_email};
use crate::identity::proofs::{LinkProof, Proof};
use crate::identity::token::token_hash;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Change, Ctx, Refusal};
use crate::organisations::roles;

sql! {
    MAKE = "insert into offers (id, token_hash, organisation_id, email, name, roles, proof, made_by, made_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    REPLACE = "update offers set ended_at = $3, outcome = 'replaced'
        where organisation_id = $1 and email = $2 and ended_at is null";
    ANSWER = "update offers set ended_at = $2, outcome = $3, person_id = $4
        where id = $1 and ended_at is null and expires_at >= $2";
    WITHDRAW = "update offers set ended_at = $3, outcome = 'withdrawn'
        where id = $1 and organisation_id = $2 and (ended_at is null or outcome = 'declined')";
    BY_TOKEN = "select f.id, f.organisation_id, o.name as organisation, f.email, f.name, f.roles, f.proof, f.made_by,
            f.made_at, f.expires_at, f.outcome
        from offers f join organisations o on o.id = f.organisation_id where f.token_hash = $1";
    ONE = "select f.id, f.organisation_id, o.name as organisation, f.email, f.name, f.roles, f.proof, f.made_by,
            f.made_at, f.expires_at, f.outcome
        from offers f join organisations o on o.id = f.organisation_id where f.id = $1";
    // What waits for an answer, or was declined lately.
    OF_ORGANISATION = "select f.id, f.organisation_id, o.name as organisation, f.email, f.name, f.roles, f.proof,
            f.made_by, f.made_at, f.expires_at, f.outcome
        from offers f join organisations o on o.id = f.organisation_id
        where f.organisation_id = $1 and (f.ended_at is null or (f.outcome = 'declined' and f.expires_at >= $2))
        order by f.made_at desc, f.id limit 200";
    // Shown to whoever has proved the address to everyone: another might not be the one who is meant.
    TO_PERSON = "select f.id, f.organisation_id, o.name as organisation, f.email, f.name, f.roles, f.proof, f.made_by,
            f.made_at, f.expires_at, f.outcome
        from people p join offers f on f.email = p.email join organisations o on o.id = f.organisation_id
        where p.id = $1 and p.proof in ('mail', 'provider', 'operator') and f.ended_at is null and f.expires_at >= $2
        order by f.made_at, f.id limit 20";
    FROM_TO = "select f.id, f.organisation_id, o.name as organisation, f.email, f.name, f.roles, f.proof, f.made_by,
            f.made_at, f.expires_at, f.outcome
        from offers f join organisations o on o.id = f.organisation_id
        where f.organisation_id = $1 and f.email = $2 and f.ended_at is null and f.expires_at >= $3";
}

#[derive(Debug, Clone)]
pub struct Offer {
    pub id: String,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    /// Folded.
    pub email: String,
    /// As the administrator typed it, on one line.
    pub name: String,
    pub roles: Vec<Role>,
    /// What opening its link proves.
    pub proof: Proof,
    made_by: String,
    /// UTC microseconds.
    pub made_at: i64,
    /// UTC microseconds.
    pub expires_at: i64,
    /// accepted, declined, withdrawn or replaced; None while it waits.
    pub outcome: Option<String>,
}

impl Offer {
    fn read(row: &Row) -> Result<Offer, Refusal> {
        let organisation: OrganisationId = row.text("organisation_id")?.into();
        Ok(Offer {
            id: row.text("id")?,
            organisation_name: row.text("organisation")?,
            email: row.text("email")?,
            name: row.text("name")?,
            roles: row
                .text("roles")?
                .split(' ')
                .filter_map(Role::parse)
                .collect(),
            proof: Proof::of_link(&row.text("proof")?, &organisation),
            organisation,
            made_by: row.text("made_by")?,
            made_at: row.int("made_at")?,
            expires_at: row.int("expires_at")?,
            outcome: row.opt_text("outcome")?,
        })
    }

    /// Whether it can still be answered.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] with the reason.
    pub fn open(self, ctx: &Ctx) -> Result<Offer, Refusal> {
        let name = &self.organisation_name;
        let why = match self.outcome.as_deref() {
            Some("accepted") => {
                "This invitation has been used. If you have chosen a password, sign in with it."
                    .to_owned()
            }
            Some("declined") => format!(
                "This invitation was declined. If that was a mistake, ask an administrator of {name} for a new one."
            ),
            Some("withdrawn") => format!(
                "{name} has withdrawn this invitation. If that is wrong, ask one of its administrators."
            ),
            Some(_) => {
                "This invitation has been used, or a newer one has taken its place.".to_owned()
            }
            None if self.expires_at < ctx.now.0 => format!(
                "This invitation has expired. Ask an administrator of {name} for a new one."
            ),
            None => return Ok(self),
        };
        Err(Refusal::NotNow(why))
    }

    /// The roles in words.
    pub fn titles(&self) -> Vec<&'static str> {
        self.roles.iter().map(|role| role.title()).collect()
    }
}

async fn list(
    ctx: &Ctx,
    statement: &'static db::Statement,
    args: &[db::Value],
) -> Result<Vec<Offer>, Refusal> {
    let rows = ctx.app.db.all(statement, args).await?;
    rows.iter().map(Offer::read).collect()
}

async fn optional(
    ctx: &Ctx,
    statement: &'static db::Statement,
    args: &[db::Value],
) -> Result<Option<Offer>, Refusal> {
    let row = ctx.app.db.optional(statement, args).await?;
    row.as_ref().map(Offer::read).transpose()
}

/// The offer behind a link, in whatever state.
pub async fn by_token(ctx: &Ctx, token: &str) -> Result<Option<Offer>, Refusal> {
    optional(ctx, &BY_TOKEN, args![token_hash(token)]).await
}

/// An offer, in whatever state.
pub async fn one(ctx: &Ctx, id: &str) -> Result<Offer, Refusal> {
    optional(ctx, &ONE, args![id])
        .await?
        .ok_or(Refusal::NotFound)
}

/// What an organisation has offered, and has no answer to or was declined.
pub async fn of_organisation(
    ctx: &Ctx,
    organisation: &OrganisationId,
) -> Result<Vec<Offer>, Refusal> {
    list(ctx, &OF_ORGANISATION, args![organisation, ctx.now.0]).await
}

/// What waits for this person, whose address is proved to everyone.
pub async fn to_person(ctx: &Ctx, person: &PersonId) -> Result<Vec<Offer>, Refusal> {
    list(ctx, &TO_PERSON, args![person, ctx.now.0]).await
}

/// What this organisation offers to an address.
pub async fn from_to(
    ctx: &Ctx,
    organisation: &OrganisationId,
    email: &str,
) -> Result<Option<Offer>, Refusal> {
    let args = args![organisation, fold_email(email), ctx.now.0];
    optional(ctx, &FROM_TO, args).await
}

/// Offers roles to an address: the secret of the link, and the change. An earlier offer to it ends.
pub fn make(
    ctx: &Ctx,
    organisation: &OrganisationId,
    name: &str,
    email: &str,
    wanted: &[Role],
    proof: LinkProof,
) -> (String, Change) {
    let token = ctx.app.entropy.token();
    let id = ctx.new_id("off");
    let email = fold_email(email);
    let words: Vec<&str> = wanted.iter().map(|role| role.as_str()).collect();
    let act = Act::new("membership.offered", organisation)
        .with("offer", &*id)
        .with("roles", words.clone());
    let change = Change::new(act)
        .write(&REPLACE, args![organisation, &*email, ctx.now.0])
        .write_one(
            &MAKE,
            args![
                id,
                token_hash(&token),
                organisation,
                email,
                text::Name::tidied(name),
                words.join(" "),
                proof.as_str(),
                made_by(ctx),
                ctx.now.0,
                ctx.now.0 + LINK_TTL
            ],
        );
    (token, change)
}

fn made_by(ctx: &Ctx) -> &str {
    let acting = ctx.acting.as_ref();
    acting.map_or("", |acting| acting.person.as_str())
}

/// A new link for the same roles; the one before stops working.
pub fn renew(ctx: &Ctx, offer: &Offer, proof: LinkProof) -> (String, Change) {
    make(
        ctx,
        &offer.organisation,
        &offer.name,
        &offer.email,
        &offer.roles,
        proof,
    )
}

/// The person holds the roles from now on. Links with which others could set their password end.
///
/// # Errors
/// When the database cannot be read.
pub async fn accept(ctx: &Ctx, offer: &Offer, person: &PersonId) -> Result<Change, Refusal> {
    let held = roles::held(ctx, &offer.organisation).await?;
    let act = Act::new("person.joined", &offer.organisation)
        .with("person", person.as_str())
        .with("offer", &*offer.id);
    let mut change = Change::new(act)
        .write_one(
            &ANSWER,
            args![&*offer.id, ctx.now.0, "accepted", person.as_str()],
        )
        .and(identity::spend_invitations(ctx, person));
    for role in &offer.roles {
        let has = held
            .iter()
            .any(|h| h.person == *person && h.role == *role && h.deputy_for.is_none());
        if !has {
            change = change.and(roles::grant_by(
                ctx,
                &offer.made_by,
                &offer.organisation,
                person,
                &(*role).into(),
            ));
        }
    }
    Ok(change)
}

/// The person does not want it.
pub fn decline(ctx: &Ctx, offer: &Offer) -> Change {
    let act = Act::new("membership.declined", &offer.organisation).with("offer", &*offer.id);
    Change::new(act).write_one(
        &ANSWER,
        args![&*offer.id, ctx.now.0, "declined", None::<String>],
    )
}

/// The organisation takes it back, or puts a declined one away.
pub fn withdraw(ctx: &Ctx, offer: &Offer) -> Change {
    let act = Act::new("membership.withdrawn", &offer.organisation).with("offer", &*offer.id);
    Change::new(act).write_one(&WITHDRAW, args![&*offer.id, &offer.organisation, ctx.now.0])
}
