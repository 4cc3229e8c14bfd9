//! Who holds which role in an organisation, and from when to when.

use std::collections::BTreeSet;

use db::{Row, args, sql};
use packs::Role;

use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    GRANT = "insert into roles (id, organisation_id, person_id, role, deputy_for, from_day, until_day, granted_by,
            granted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    END = "update roles set ended_at = $3 where id = $1 and organisation_id = $2 and ended_at is null";
    HELD = "select r.id, r.person_id, p.name, p.email, r.role, r.deputy_for, d.name as deputy_for_name,
            r.from_day, r.until_day,
            cast(case when p.password is null and not exists
                (select 1 from openid_accounts a where a.person_id = p.id) then 0 else 1 end as bigint) as joined
        from roles r join people p on p.id = r.person_id left join people d on d.id = r.deputy_for
        where r.organisation_id = $1 and r.ended_at is null and r.role in ($2, $3, $4, $5, $6, $7, $8)
        order by p.name, p.id, r.role";
    OTHERS = "select count(*) as held from roles where person_id = $1 and id <> $2 and ended_at is null
        and (until_day = '' or until_day >= $3)";
    OF_PERSON = "select distinct r.organisation_id, o.name from roles r
        join organisations o on o.id = r.organisation_id
        where r.person_id = $1 and r.ended_at is null and (r.until_day = '' or r.until_day >= $2)
        order by o.name";
}

/// A role that a person holds or will hold.
#[derive(Debug, Clone)]
pub struct Holding {
    pub id: String,
    pub person: PersonId,
    pub name: String,
    pub email: String,
    /// Can sign in: has a password, or came by the provider.
    pub joined: bool,
    pub role: Role,
    /// Stands in for this person.
    pub deputy_for: Option<(PersonId, String)>,
    /// Days as YYYY-MM-DD; "" for no limit.
    pub from_day: String,
    pub until_day: String,
}

impl Holding {
    fn read(row: &Row) -> Result<Holding, Refusal> {
        Ok(Holding {
            id: row.text("id")?,
            person: row.text("person_id")?.into(),
            name: row.text("name")?,
            email: row.text("email")?,
            joined: row.flag("joined")?,
            role: Role::parse(&row.text("role")?)
                .ok_or_else(|| Refusal::broken("an unknown role"))?,
            deputy_for: match (
                row.opt_text("deputy_for")?,
                row.opt_text("deputy_for_name")?,
            ) {
                (Some(id), Some(name)) => Some((id.into(), name)),
                _ => None,
            },
            from_day: row.text("from_day")?,
            until_day: row.text("until_day")?,
        })
    }

    /// Whether its last day lies before this one.
    pub fn is_over(&self, day: &str) -> bool {
        !self.until_day.is_empty() && self.until_day.as_str() < day
    }

    /// Whether it counts on this day (YYYY-MM-DD).
    pub fn is_on(&self, day: &str) -> bool {
        (self.from_day.is_empty() || self.from_day.as_str() <= day)
            && (self.until_day.is_empty() || self.until_day.as_str() >= day)
    }
}

/// Every role held in an organisation, by person.
pub async fn held(ctx: &Ctx, organisation: &OrganisationId) -> Result<Vec<Holding>, Refusal> {
    held_as(ctx, organisation, &Role::ALL.map(|(_, role)| role).into()).await
}

/// Those of these roles that are held in an organisation, by person.
pub async fn held_as(
    ctx: &Ctx,
    organisation: &OrganisationId,
    roles: &BTreeSet<Role>,
) -> Result<Vec<Holding>, Refusal> {
    let asked = |(word, role)| if roles.contains(&role) { word } else { "" };
    let [a, b, c, d, e, f, g] = Role::ALL.map(asked);
    let args = args![organisation, a, b, c, d, e, f, g];
    let rows = ctx.app.db.all(&HELD, args).await?;
    rows.iter().map(Holding::read).collect()
}

/// The organisations a person may act for: id and name.
pub async fn organisations_of(
    ctx: &Ctx,
    person: &PersonId,
) -> Result<Vec<(OrganisationId, String)>, Refusal> {
    let today = ctx.now.today().to_string();
    ctx.app
        .db
        .all(&OF_PERSON, args![person, today])
        .await?
        .iter()
        .map(|row| Ok((row.text("organisation_id")?.into(), row.text("name")?)))
        .collect()
}

/// Whether the person holds no other role anywhere, now or later.
pub async fn is_only(ctx: &Ctx, holding: &Holding) -> Result<bool, Refusal> {
    let today = ctx.now.today().to_string();
    let others = args![&holding.person, holding.id.as_str(), today];
    Ok(ctx.app.db.one(&OTHERS, others).await?.int("held")? == 0)
}

/// What is given: a role, as itself or as a deputy between two days.
#[derive(Debug, Clone)]
pub struct Grant {
    pub role: Role,
    pub deputy_for: Option<PersonId>,
    pub from_day: String,
    pub until_day: String,
}

impl From<Role> for Grant {
    fn from(role: Role) -> Grant {
        Grant {
            role,
            deputy_for: None,
            from_day: String::new(),
            until_day: String::new(),
        }
    }
}

pub fn grant(ctx: &Ctx, organisation: &OrganisationId, person: &PersonId, grant: &Grant) -> Change {
    let acting = ctx.acting.as_ref();
    let by = acting.map_or("", |acting| acting.person.as_str());
    grant_by(ctx, by, organisation, person, grant)
}

/// A role that this administrator gave, "" for the operator.
pub fn grant_by(
    ctx: &Ctx,
    by: &str,
    organisation: &OrganisationId,
    person: &PersonId,
    grant: &Grant,
) -> Change {
    Change::new(
        Act::new("role.granted", organisation)
            .with("person", person.as_str())
            .with("role", grant.role.as_str())
            .with("from", grant.from_day.as_str())
            .with("until", grant.until_day.as_str()),
    )
    .write_one(
        &GRANT,
        args![
            ctx.new_id("rol"),
            organisation,
            person,
            grant.role.as_str(),
            grant.deputy_for.as_ref().map(|person| person.to_string()),
            grant.from_day.as_str(),
            grant.until_day.as_str(),
            by,
            ctx.now.0
        ],
    )
}

pub fn end(ctx: &Ctx, organisation: &OrganisationId, holding: &Holding) -> Change {
    Change::new(
        Act::new("role.ended", organisation)
            .with("person", holding.person.as_str())
            .with("role", holding.role.as_str()),
    )
    .write_one(&END, args![holding.id.as_str(), organisation, ctx.now.0])
}

/// What whoever sets an organisation up begins with.
pub fn first_roles(ctx: &Ctx, organisation: &OrganisationId, person: &PersonId) -> Change {
    grant(ctx, organisation, person, &Role::Administrator.into()).and(grant(
        ctx,
        organisation,
        person,
        &Role::Author.into(),
    ))
}
