//! People who came in by their organisation's provider and domain, and wait for a role.

use db::{Row, args, sql};
use packs::Role;

use crate::identity::people as identity;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Acting, Change, Ctx, Refusal};
use crate::organisations::roles;

sql! {
    ASK = "insert into joiners (id, organisation_id, person_id, asked_at) values ($1, $2, $3, $4)";
    DECIDE = "update joiners set decided_at = $2, granted = $3, decided_by = $4
        where id = $1 and decided_at is null";
    WAITING = "select j.id, j.organisation_id, j.person_id, p.name, p.email, j.asked_at, j.decided_at, j.granted
        from joiners j join people p on p.id = j.person_id
        where j.organisation_id = $1 and j.decided_at is null order by j.asked_at, j.id limit 100";
    ONE = "select j.id, j.organisation_id, j.person_id, p.name, p.email, j.asked_at, j.decided_at, j.granted
        from joiners j join people p on p.id = j.person_id where j.id = $1 and j.organisation_id = $2";
    OF_PERSON = "select j.id, j.organisation_id, j.person_id, p.name, p.email, j.asked_at, j.decided_at, j.granted
        from joiners j join people p on p.id = j.person_id
        where j.person_id = $1 and j.organisation_id = $2 order by j.asked_at desc, j.id limit 1";
}

#[derive(Debug, Clone)]
pub struct Joiner {
    pub id: String,
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub name: String,
    pub email: String,
    /// UTC microseconds.
    pub asked_at: i64,
    /// None while they wait.
    pub granted: Option<bool>,
}

impl Joiner {
    fn read(row: &Row) -> Result<Joiner, Refusal> {
        Ok(Joiner {
            id: row.text("id")?,
            organisation: row.text("organisation_id")?.into(),
            person: row.text("person_id")?.into(),
            name: row.text("name")?,
            email: row.text("email")?,
            asked_at: row.int("asked_at")?,
            granted: match row.opt_int("decided_at")? {
                Some(_) => Some(row.opt_int("granted")? == Some(1)),
                None => None,
            },
        })
    }
}

/// The person is of this organisation, by its provider and its domain, and has no role yet.
pub fn ask(ctx: &Ctx, organisation: &OrganisationId, person: &PersonId) -> Change {
    let act = Act::new("person.joined_by_domain", organisation).with("person", person.as_str());
    let id = ctx.new_id("jon");
    Change::new(act).write_one(&ASK, args![id, organisation, person, ctx.now.0])
}

/// Who waits for this administrator; nobody for others.
pub async fn waiting(ctx: &Ctx, acting: &Acting) -> Result<Vec<Joiner>, Refusal> {
    if !acting.holds(Role::Administrator) {
        return Ok(Vec::new());
    }
    let rows = ctx
        .app
        .db
        .all(&WAITING, args![&acting.organisation])
        .await?;
    rows.iter().map(Joiner::read).collect()
}

/// How it stands with this person in this organisation.
pub async fn of_person(
    ctx: &Ctx,
    person: &PersonId,
    organisation: &OrganisationId,
) -> Result<Option<Joiner>, Refusal> {
    let row = ctx
        .app
        .db
        .optional(&OF_PERSON, args![person, organisation])
        .await?;
    row.as_ref().map(Joiner::read).transpose()
}

/// Somebody whom the acting administrator may decide on.
///
/// # Errors
/// [`Refusal::NotFound`] when it is not theirs to decide, [`Refusal::NotNow`] when it is decided.
pub async fn to_decide(ctx: &Ctx, id: &str) -> Result<Joiner, Refusal> {
    let acting = ctx.acting()?;
    if !acting.holds(Role::Administrator) {
        return Err(Refusal::NotFound);
    }
    let of = args![id, &acting.organisation];
    let row = ctx.app.db.optional(&ONE, of).await?;
    let joiner = Joiner::read(&row.ok_or(Refusal::NotFound)?)?;
    match joiner.granted {
        None => Ok(joiner),
        Some(true) => Err(Refusal::NotNow(
            "They have been given a role already.".into(),
        )),
        Some(false) => Err(Refusal::NotNow("They have been sent away already.".into())),
    }
}

/// Gives the roles, or, where there are none, sends the person away: their sessions end.
///
/// # Errors
/// [`Refusal::SignIn`].
pub fn decide(ctx: &Ctx, joiner: &Joiner, wanted: &[Role]) -> Result<Change, Refusal> {
    let granted = !wanted.is_empty();
    let kind = if granted {
        "person.taken_in"
    } else {
        "person.sent_away"
    };
    let act = Act::new(kind, &joiner.organisation).with("person", joiner.person.as_str());
    let by = &ctx.acting()?.person;
    let mut change = Change::new(act).write_one(
        &DECIDE,
        args![&*joiner.id, ctx.now.0, i64::from(granted), by],
    );
    for role in wanted {
        let grant = roles::grant(ctx, &joiner.organisation, &joiner.person, &(*role).into());
        change = change.and(grant);
    }
    if !granted {
        change = change.and(identity::end_sessions(ctx, &joiner.person));
    }
    Ok(change)
}
