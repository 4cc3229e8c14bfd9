//! Which account here is whose at a provider: by issuer and subject, and never by the address alone.

use db::{args, sql};

use crate::identity::openid::Provider;
use crate::identity::people;
use crate::identity::people::Account;
use crate::kernel::ids::PersonId;
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    PERSON = "select person_id from openid_accounts where issuer = $1 and subject = $2";
    OF_PERSON = "select a.issuer, a.linked_at, o.name from openid_accounts a
        join organisations o on o.id = a.organisation_id where a.person_id = $1 order by a.linked_at, a.issuer";
    LINK = "insert into openid_accounts (issuer, subject, person_id, organisation_id, linked_at)
        values ($1, $2, $3, $4, $5)";
    PASSKEYS = "select count(*) as held from passkeys where person_id = $1";
    // Links that speak against a new one: at another organisation, or at this very provider.
    OTHER_LINKS = "select count(*) as held from openid_accounts
        where person_id = $1 and (organisation_id <> $2 or issuer = $3)";
    INVITED = "select count(*) as held from invitations
        where person_id = $1 and organisation_id = $2 and used_at is null";
}

/// Who this is here, if that is known.
pub async fn person(ctx: &Ctx, issuer: &str, subject: &str) -> Result<Option<PersonId>, Refusal> {
    let row = ctx.app.db.optional(&PERSON, args![issuer, subject]).await?;
    row.map(|row| Ok(row.text("person_id")?.into())).transpose()
}

/// A provider at which a person signs in.
pub struct Link {
    pub issuer: String,
    pub organisation_name: String,
    /// UTC microseconds.
    pub linked_at: i64,
}

pub async fn of_person(ctx: &Ctx, person: &PersonId) -> Result<Vec<Link>, Refusal> {
    let rows = ctx.app.db.all(&OF_PERSON, args![person]).await?;
    rows.iter()
        .map(|row| {
            Ok(Link {
                issuer: row.text("issuer")?,
                organisation_name: row.text("name")?,
                linked_at: row.int("linked_at")?,
            })
        })
        .collect()
}

/// From now on this subject of the provider is this person.
pub fn link(ctx: &Ctx, provider: &Provider, subject: &str, person: &PersonId) -> Change {
    let act = Act::new("openid.linked", person).with("issuer", &*provider.issuer);
    Change::new(act).write_one(
        &LINK,
        args![
            &*provider.issuer,
            subject,
            person,
            &provider.organisation,
            ctx.now.0
        ],
    )
}

/// Whether an account with the provider's address is linked without being asked for a credential: it
/// has none, holds no role elsewhere, and was invited by this organisation, or signed in at the provider
/// that this organisation had before.
pub async fn may_link_at_once(
    ctx: &Ctx,
    provider: &Provider,
    account: &Account,
) -> Result<bool, Refusal> {
    let organisation = &provider.organisation;
    if account.password.is_some()
        || count(ctx, &PASSKEYS, args![&account.id]).await? > 0
        || !people::may_invite(ctx, account, organisation).await?
    {
        return Ok(false);
    }
    let others = args![&account.id, organisation, &*provider.issuer];
    if count(ctx, &OTHER_LINKS, others).await? > 0 {
        return Ok(false);
    }
    Ok(account.linked || count(ctx, &INVITED, args![&account.id, organisation]).await? > 0)
}

async fn count(
    ctx: &Ctx,
    statement: &'static db::Statement,
    args: &[db::Value],
) -> Result<i64, Refusal> {
    Ok(ctx.app.db.one(statement, args).await?.int("held")?)
}
