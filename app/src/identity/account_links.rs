//! Links that go to the address of an account by email: to choose a new password, or to prove the address.

use db::{args, sql};
use serde_json::json;

use crate::adapters::smtp::Mail;
use crate::identity::people;
use crate::identity::people::{Account, fold_email};
use crate::identity::proofs;
use crate::identity::proofs::Proof;
use crate::identity::token::token_hash;
use crate::kernel::jobs::Job;
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    MAKE = "insert into account_links (token_hash, kind, email, made_at, expires_at) values ($1, $2, $3, $4, $5)";
    LATELY = "select count(*) as made from account_links where email = $1 and made_at > $2";
    FIND = "select kind, email, expires_at, used_at from account_links where token_hash = $1";
    USE = "update account_links set used_at = $2 where token_hash = $1 and used_at is null and expires_at >= $2";
    SPEND = "update account_links set used_at = $2 where email = $1 and used_at is null";
    FORGET = "delete from account_links where expires_at < $1";
    SET_PASSWORD = "update people set password = $2 where id = $1 and email = $3";
    END_SESSIONS = "update sessions set ended_at = $2, id_token = null where person_id = $1 and ended_at is null";
    END_TOKENS = "update api_tokens set ended_at = $2 where person_id = $1 and ended_at is null";
}

const HOUR: i64 = 3_600_000_000;
/// The most links that are sent to one address in an hour, whoever asks for them.
const MAX_PER_HOUR: i64 = 3;
/// The job that sends one.
pub const JOB: &str = "account_link.send";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Someone has forgotten their password.
    Reset,
    /// Someone has set up an account and says that the address is theirs.
    Prove,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Reset => "reset",
            Kind::Prove => "prove",
        }
    }

    fn parse(word: &str) -> Kind {
        if word == "prove" {
            Kind::Prove
        } else {
            Kind::Reset
        }
    }

    /// How long it can be used (microseconds).
    fn ttl(self) -> i64 {
        match self {
            Kind::Reset => HOUR,
            Kind::Prove => 72 * HOUR,
        }
    }
}

/// Sends a link to this address, if it has an account: whether it has is looked up afterwards, so that
/// asking takes the same time and leaves the same traces. None when enough were asked for lately.
///
/// # Errors
/// When the database cannot be read.
pub async fn ask(ctx: &Ctx, kind: Kind, email: &str) -> Result<Option<Change>, Refusal> {
    let email = fold_email(email);
    let now = ctx.now.0;
    let lately = ctx.app.db.one(&LATELY, args![&*email, now - HOUR]).await?;
    if lately.int("made")? >= MAX_PER_HOUR {
        return Ok(None);
    }
    let token = ctx.app.entropy.token();
    let job = Job {
        id: ctx.new_id("job"),
        kind: JOB,
        about: String::new(),
        person: String::new(),
        payload: json!({ "kind": kind.as_str(), "email": email, "token": token }),
    };
    let act = Act::new("account_link.asked", "accounts").with("kind", kind.as_str());
    let made = args![
        token_hash(&token),
        kind.as_str(),
        email,
        now,
        now + kind.ttl()
    ];
    let change = Change::new(act)
        .write(&FORGET, args![now - 24 * HOUR])
        .write_one(&MAKE, made);
    Ok(Some(change.job(ctx, job)))
}

/// The email that the job sends; none where the address has no account.
///
/// # Errors
/// When the database cannot be read.
pub async fn mail(
    ctx: &Ctx,
    kind: &str,
    email: &str,
    token: &str,
) -> Result<Option<Mail>, Refusal> {
    let Some(account) = people::by_email(ctx, email).await? else {
        return Ok(None);
    };
    let address = ctx.app.settings.address();
    let (subject, text) = match Kind::parse(kind) {
        Kind::Reset if account.password.is_none() && account.linked => (
            "How you sign in",
            format!(
                "Someone, probably you, asked for a new password. You have none here: you sign in with your \
                 organisation, at\n{address}/sign-in/organisation\n"
            ),
        ),
        Kind::Reset => (
            "Choose a new password",
            format!(
                "Someone, probably you, asked for a new password. Choose it here. The link works once and expires in \
                 one hour:\n{address}/account-links/{token}\n\nIf it was not you, do nothing. Your password stays as \
                 it is.\n"
            ),
        ),
        Kind::Prove => (
            "Is this your email address?",
            format!(
                "Someone, probably you, set up an account with this email address. Confirm that it is yours here. The \
                 link works once and expires in 3 days:\n{address}/account-links/{token}\n\nIf it was not you, do \
                 nothing: no one can give that account anything. Or open the link to take the account over.\n"
            ),
        ),
    };
    Ok(Some(Mail {
        to: account.email,
        about: String::new(),
        person: String::new(),
        subject: subject.to_owned(),
        text,
    }))
}

/// A link that can be used, and the account at its address.
#[derive(Debug, Clone)]
pub struct Link {
    pub kind: Kind,
    pub account: Account,
}

/// The link with this secret, while it can be used.
///
/// # Errors
/// [`Refusal::NotNow`] when it was used or has expired.
pub async fn find(ctx: &Ctx, token: &str) -> Result<Link, Refusal> {
    let row = ctx.app.db.optional(&FIND, args![token_hash(token)]).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    if row.opt_int("used_at")?.is_some() || row.int("expires_at")? < ctx.now.0 {
        return Err(Refusal::NotNow(
            "This link has been used, has expired or a newer one has taken its place. Ask for a new one.".to_owned(),
        ));
    }
    let account = people::by_email(ctx, &row.text("email")?).await?;
    Ok(Link {
        kind: Kind::parse(&row.text("kind")?),
        account: account.ok_or(Refusal::NotFound)?,
    })
}

/// The account's owner has shown both: that they hold the account and that they read its mail.
pub fn prove(ctx: &Ctx, token: &str, account: &Account) -> Change {
    proofs::set(&account.id, &Proof::Mail).write_one(&USE, args![token_hash(token), ctx.now.0])
}

/// A new password for whoever reads the mail of the address. Every session and every other link ends. Of
/// an account that was never proved nothing else that opens it is left: another may have made it.
pub fn reset(ctx: &Ctx, token: &str, account: &Account, hash: String) -> Change {
    let person = &account.id;
    let now = ctx.now.0;
    let change = Change::new(Act::new("password.reset", person))
        .write_one(&USE, args![token_hash(token), now])
        .write_one(&SET_PASSWORD, args![person, hash, &*account.email])
        .write(&END_SESSIONS, args![person, now])
        .write(&SPEND, args![&*account.email, now])
        .and(people::spend_invitations(ctx, person))
        .and(proofs::set(person, &Proof::Mail));
    if account.proof.is_some() {
        return change;
    }
    change
        .and(people::forget_credentials(ctx, person))
        .write(&END_TOKENS, args![person, now])
}

/// Tells the owner of an account that its password is another.
pub fn notice(account: &Account) -> Mail {
    Mail {
        to: account.email.clone(),
        about: String::new(),
        person: String::new(),
        subject: "Your password was changed".to_owned(),
        text: format!(
            "{},\n\nThe password of your account was changed with a link that we sent to this address, and you are \
             signed out everywhere.\n\nIf it was not you, someone else reads your mail. Tell those who look after it, \
             and ask an administrator of your organisation for a new link.\n",
            account.name
        ),
    }
}
