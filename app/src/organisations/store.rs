//! Organisations as rows.

use db::{Row, args, sql};

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Act, Change, Ctx, Refusal, phrases};
use crate::organisations::details::Details;

sql! {
    ADD = "insert into organisations (id, name, name_key, kind, area, fee_number, ods_code, standing, lead_id,
            look_key, revision, created_at, confirmed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12)";
    CHANGE = "update organisations set name = $3, name_key = $4, kind = $5, area = $6, fee_number = $7,
            ods_code = $8, look_key = $9, revision = revision + 1,
            confirmed_at = case when name_key = $4 and kind = $5 then confirmed_at end
        where id = $1 and revision = $2";
    REGISTER = "update organisations set standing = 'registered', lead_id = $3, revision = revision + 1
        where id = $1 and revision = $2 and standing = 'external'";
    ONE = "select id, name, kind, area, fee_number, ods_code, standing, lead_id, confirmed_at, revision
        from organisations where id = $1";
    ALIKE = "select id, name, kind, area, fee_number, ods_code, standing, lead_id, confirmed_at, revision from organisations
        where name_key = $1 or name_key = $4 or (look_key <> '' and look_key = $5)
            or (fee_number <> '' and fee_number = $2) or (ods_code <> '' and ods_code = $3)
        order by name_key, id";
    /// How many have these words, as far as it matters.
    WITH_WORDS = "select count(*) as n from (select 1 as one from organisation_words($1) limit cast($2 as bigint)) w";
    FEW = "select o.id, o.name, o.kind, o.area, o.fee_number, o.ods_code, o.standing, o.lead_id, o.confirmed_at, o.revision from (
            select id from organisation_words($1)
            union select id from organisations where fee_number = $2
            union select id from organisations where ods_code = $2
        ) w cross join organisations o
        where o.id = w.id and ($3 = '' or o.kind = $3) and (o.name_key, o.id) > ($4, $5)
        order by o.name_key, o.id limit cast($6 as bigint)";
    MANY = "select o.id, o.name, o.kind, o.area, o.fee_number, o.ods_code, o.standing, o.lead_id, o.confirmed_at, o.revision from (
            select id from organisations
            where (' ' || name_key like $1 and ' ' || name_key like $2 and ' ' || name_key like $3
                    or fee_number = $4 or ods_code = $4)
                and ($5 = '' or kind = $5) and (name_key, id) > ($6, $7)
            order by name_key, id limit $8
        ) w cross join organisations o
        where o.id = w.id";
    SUPPORTED = "select id, name, kind, area, fee_number, ods_code, standing, lead_id, confirmed_at, revision from organisations
        where lead_id = $1 and (name_key, id) > ($2, $3) order by name_key, id limit $4";
    TOUCH = "update organisations set revision = revision + 1 where id = $1 and revision = $2";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganisationStanding {
    /// It uses the gateway.
    Registered,
    /// It is only listed.
    External,
}

#[derive(Debug, Clone)]
pub struct Organisation {
    pub id: OrganisationId,
    pub details: Details,
    pub standing: OrganisationStanding,
    /// The lead organisation that registered it (*supported*).
    pub lead: Option<OrganisationId>,
    /// Somebody who knew it said who acts under this name (`trust.rs`).
    pub is_confirmed: bool,
    pub revision: i64,
    pub name_key: String,
}

impl Organisation {
    fn read(row: &Row) -> Result<Organisation, Refusal> {
        let name = row.text("name")?;
        Ok(Organisation {
            id: row.text("id")?.into(),
            name_key: phrases::fold(&name),
            details: Details {
                name,
                kind: row.text("kind")?,
                area: row.text("area")?,
                fee_number: row.text("fee_number")?,
                ods_code: row.text("ods_code")?,
            },
            standing: if row.text("standing")? == "registered" {
                OrganisationStanding::Registered
            } else {
                OrganisationStanding::External
            },
            lead: row.opt_text("lead_id")?.map(OrganisationId::from),
            is_confirmed: row.opt_int("confirmed_at")?.is_some(),
            revision: row.int("revision")?,
        })
    }

    pub fn is_registered(&self) -> bool {
        self.standing == OrganisationStanding::Registered
    }
}

/// One organisation.
pub async fn one(ctx: &Ctx, id: &OrganisationId) -> Result<Organisation, Refusal> {
    let row = ctx
        .app
        .db
        .optional(&ONE, args![id])
        .await?
        .ok_or(Refusal::NotFound)?;
    Organisation::read(&row)
}

/// Organisations that may be the same: a name that is or looks the same, the same fee number or ODS code.
pub async fn alike(ctx: &Ctx, details: &Details) -> Result<Vec<Organisation>, Refusal> {
    let args = args![
        phrases::fold(&details.name),
        details.fee_number.as_str(),
        details.ods_code.as_str(),
        text::looks_folded(&details.name),
        text::looks(&details.name)
    ];
    ctx.app
        .db
        .all(&ALIKE, args)
        .await?
        .iter()
        .map(Organisation::read)
        .collect()
}

/// So many are read and put in order; where there are more, the directory is read in its order until
/// the page is full, which is then soon.
const AT_ONCE: i64 = 500;

/// One page of the directory, after the one named by its folded name and id: names with words that
/// begin like each word of the text, or its fee number or ODS code.
pub async fn search(
    ctx: &Ctx,
    text: &str,
    kind: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Organisation>, Refusal> {
    let db = &ctx.app.db;
    let code = text.trim().to_uppercase();
    let asked = [phrases::begins(text, ""), phrases::exactly(kind, "k_")].join(" ");
    let asked = asked.trim();
    let mut patterns = phrases::fold(text)
        .split_terminator(' ')
        .map(|word| format!("% {word}%"))
        .collect::<Vec<_>>();
    let is_few = patterns.len() > 3
        || !asked.is_empty() && {
            let row = db.one(&WITH_WORDS, args![asked, AT_ONCE]).await?;
            row.int("n")? < AT_ONCE
        };
    let found = if is_few {
        let args = args![asked, code, kind, after.0, after.1, limit];
        db.all(&FEW, args).await?
    } else {
        patterns.resize(3, "%".to_owned());
        let [a, b, c] = [&patterns[0], &patterns[1], &patterns[2]];
        let args = args![a, b, c, code, kind, after.0, after.1, limit];
        db.all(&MANY, args).await?
    };
    let found: Result<Vec<_>, _> = found.iter().map(Organisation::read).collect();
    let mut found = found?;
    found.sort_by(|one, other| (&one.name_key, &one.id).cmp(&(&other.name_key, &other.id)));
    Ok(found)
}

/// One page of the organisations that this one registered and supports.
pub async fn supported(
    ctx: &Ctx,
    lead: &OrganisationId,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Organisation>, Refusal> {
    ctx.app
        .db
        .all(&SUPPORTED, args![lead, after.0, after.1, limit])
        .await?
        .iter()
        .map(Organisation::read)
        .collect()
}

/// A new organisation, which nobody has confirmed.
pub fn add(
    ctx: &Ctx,
    details: &Details,
    standing: OrganisationStanding,
    lead: Option<&OrganisationId>,
) -> (OrganisationId, Change) {
    insert(ctx, details, standing, lead, false)
}

/// A new organisation that uses the gateway, which the operator brings in and so knows.
pub fn add_confirmed(ctx: &Ctx, details: &Details) -> (OrganisationId, Change) {
    insert(ctx, details, OrganisationStanding::Registered, None, true)
}

fn insert(
    ctx: &Ctx,
    details: &Details,
    standing: OrganisationStanding,
    lead: Option<&OrganisationId>,
    confirmed: bool,
) -> (OrganisationId, Change) {
    let id = OrganisationId::make(ctx.now, &ctx.app.entropy);
    let (kind, word) = match standing {
        OrganisationStanding::Registered => ("organisation.registered", "registered"),
        OrganisationStanding::External => ("organisation.listed", "external"),
    };
    let mut act = Act::new(kind, &id).with("name", details.name.as_str());
    if confirmed {
        act = act.with("confirmed", true);
    }
    let change = Change::new(act).write_one(
        &ADD,
        args![
            &id,
            details.name.as_str(),
            phrases::fold(&details.name),
            details.kind.as_str(),
            details.area.as_str(),
            details.fee_number.as_str(),
            details.ods_code.as_str(),
            word,
            lead.map(|lead| lead.to_string()),
            text::looks(&details.name),
            ctx.now.0,
            confirmed.then_some(ctx.now.0)
        ],
    );
    (id, change)
}

/// An external organisation begins to use the gateway; every record that lists it stays linked.
pub fn register_external(organisation: &Organisation, lead: Option<&OrganisationId>) -> Change {
    Change::new(Act::new("organisation.registered", &organisation.id).with("was", "external"))
        .write_one(
            &REGISTER,
            args![
                &organisation.id,
                organisation.revision,
                lead.map(|lead| lead.to_string())
            ],
        )
}

/// New details. Another name or kind is somebody else to those who confirmed the old one, so it is no longer
/// confirmed.
pub fn change_details(organisation: &Organisation, details: &Details) -> Change {
    Change::new(
        Act::new("organisation.changed", &organisation.id).with("name", details.name.as_str()),
    )
    .write_one(
        &CHANGE,
        args![
            &organisation.id,
            organisation.revision,
            details.name.as_str(),
            phrases::fold(&details.name),
            details.kind.as_str(),
            details.area.as_str(),
            details.fee_number.as_str(),
            details.ods_code.as_str(),
            text::looks(&details.name)
        ],
    )
}

/// Adds to a change that nobody else changed the organisation since it was read. What must hold
/// for all of its roles together is decided one change at a time.
pub fn unchanged(organisation: &Organisation, change: Change) -> Change {
    change.write_one(&TOUCH, args![&organisation.id, organisation.revision])
}
