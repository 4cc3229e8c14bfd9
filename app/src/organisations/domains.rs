//! The e-mail domains of an organisation. Nothing rests on one until the operator has confirmed it, and
//! a confirmed domain is one organisation's only.

use db::{Row, args, sql};

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Act, Change, Ctx, Refusal};
use crate::organisations::trust;

sql! {
    ASK = "insert into domains (id, organisation_id, domain, asked_at) values ($1, $2, $3, $4)";
    DECIDE = "update domains set decided_at = $2, confirmed = $3
        where id = $1 and decided_at is null and ended_at is null";
    END = "update domains set ended_at = $3 where id = $1 and organisation_id = $2 and ended_at is null";
    OF = "select d.id, d.organisation_id, o.name, d.domain, d.asked_at, d.decided_at, d.confirmed
        from domains d join organisations o on o.id = d.organisation_id
        where d.organisation_id = $1 and d.ended_at is null order by d.domain, d.id";
    OPEN = "select d.id, d.organisation_id, o.name, d.domain, d.asked_at, d.decided_at, d.confirmed
        from domains d join organisations o on o.id = d.organisation_id
        where d.ended_at is null order by d.asked_at, d.id limit 1000";
    ONE = "select d.id, d.organisation_id, o.name, d.domain, d.asked_at, d.decided_at, d.confirmed
        from domains d join organisations o on o.id = d.organisation_id
        where d.id = $1 and d.ended_at is null";
    OWNER = "select organisation_id from domains where domain = $1 and confirmed = 1 and ended_at is null";
}

/// Domains that are nobody's own, one on each line.
const PUBLIC: &str = include_str!("public_mail.txt");

/// The most domains an organisation has.
pub const MOST: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    pub id: String,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    /// Lower case.
    pub domain: String,
    /// UTC microseconds.
    pub asked_at: i64,
    /// None while it waits.
    pub confirmed: Option<bool>,
}

impl Domain {
    fn read(row: &Row) -> Result<Domain, Refusal> {
        Ok(Domain {
            id: row.text("id")?,
            organisation: row.text("organisation_id")?.into(),
            organisation_name: row.text("name")?,
            domain: row.text("domain")?,
            asked_at: row.int("asked_at")?,
            confirmed: match row.opt_int("decided_at")? {
                Some(_) => Some(row.opt_int("confirmed")? == Some(1)),
                None => None,
            },
        })
    }
}

/// A domain as it is compared: lower case, without an @ in front or a dot at the end.
pub fn fold(typed: &str) -> String {
    let folded = typed.trim().to_lowercase();
    folded
        .trim_start_matches('@')
        .trim_end_matches('.')
        .to_owned()
}

/// What is wrong with a domain that an organisation says is its own.
pub fn problem(domain: &str) -> Option<String> {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let parts: Vec<&str> = domain.split('.').collect();
    let named = parts
        .last()
        .is_some_and(|last| last.bytes().any(|b| b.is_ascii_lowercase()));
    if domain.len() > 253 || parts.len() < 2 || !named || !parts.iter().all(|part| label(part)) {
        return Some(
            "Enter a domain such as camden.gov.uk: what comes after the @ in your addresses"
                .to_owned(),
        );
    }
    is_public(domain).then(|| {
        format!("Anyone, or many organisations, can have an address at {domain}. Enter a domain that is yours alone")
    })
}

fn is_public(domain: &str) -> bool {
    PUBLIC.lines().any(|line| line == domain)
}

/// Whose domain it is, once that was confirmed.
pub async fn owner(ctx: &Ctx, domain: &str) -> Result<Option<OrganisationId>, Refusal> {
    let row = ctx.app.db.optional(&OWNER, args![domain]).await?;
    row.map(|row| Ok(row.text("organisation_id")?.into()))
        .transpose()
}

/// The domains of an organisation.
pub async fn of(ctx: &Ctx, organisation: &OrganisationId) -> Result<Vec<Domain>, Refusal> {
    let rows = ctx.app.db.all(&OF, args![organisation]).await?;
    rows.iter().map(Domain::read).collect()
}

/// Every domain of every organisation.
pub async fn all(ctx: &Ctx) -> Result<Vec<Domain>, Refusal> {
    let rows = ctx.app.db.all(&OPEN, &[]).await?;
    rows.iter().map(Domain::read).collect()
}

/// # Errors
/// [`Refusal::NotFound`].
pub async fn one(ctx: &Ctx, id: &str) -> Result<Domain, Refusal> {
    let row = ctx.app.db.optional(&ONE, args![id]).await?;
    Domain::read(&row.ok_or(Refusal::NotFound)?)
}

/// The organisation says that it is its own. It waits until it is confirmed.
pub fn ask(ctx: &Ctx, organisation: &OrganisationId, domain: &str) -> Change {
    let act = Act::new("domain.named", organisation).with("domain", domain);
    let id = ctx.new_id("dom");
    Change::new(act).write_one(&ASK, args![id, organisation, domain, ctx.now.0])
}

/// The operator confirms or refuses.
///
/// # Errors
/// [`Refusal::NotNow`] when it is decided already, or is confirmed as another organisation's.
pub async fn decide(ctx: &Ctx, domain: &Domain, confirm: bool) -> Result<Change, Refusal> {
    match domain.confirmed {
        Some(true) => return Err(Refusal::NotNow("This domain is confirmed already.".into())),
        Some(false) => return Err(Refusal::NotNow("This domain was refused already.".into())),
        None => {}
    }
    if confirm && owner(ctx, &domain.domain).await?.is_some() {
        return Err(Refusal::NotNow(format!(
            "{} is confirmed as another organisation’s. Ask that one to remove it first.",
            domain.domain
        )));
    }
    let kind = if confirm {
        "domain.confirmed"
    } else {
        "domain.refused"
    };
    let act = Act::new(kind, &domain.organisation).with("domain", &*domain.domain);
    let decided = args![&*domain.id, ctx.now.0, i64::from(confirm)];
    let change = Change::new(act).write_one(&DECIDE, decided);
    // To say so, the operator has called the organisation.
    Ok(if confirm {
        change.and(trust::confirm(ctx, &domain.organisation))
    } else {
        change
    })
}

/// The organisation takes it back. Nobody new comes in by it from then on.
pub fn end(ctx: &Ctx, domain: &Domain) -> Change {
    let act = Act::new("domain.ended", &domain.organisation).with("domain", &*domain.domain);
    Change::new(act).write_one(&END, args![&*domain.id, &domain.organisation, ctx.now.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_checked() {
        for good in ["camden.gov.uk", "x-y.example.org", "xn--bcher-kva.example"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in [
            "",
            "camden",
            "camden..uk",
            "-a.uk",
            "a-.uk",
            "a b.uk",
            "10.0.0.1",
            "a@b.uk",
            "camdén.uk",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
        for public in ["gmail.com", "nhs.net", "gov.uk", "outlook.com"] {
            assert!(problem(public).unwrap().contains("yours alone"), "{public}");
        }
        assert_eq!(fold(" @Camden.GOV.uk. "), "camden.gov.uk");
    }
}
