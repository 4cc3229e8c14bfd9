//! Authenticator apps: codes that change every 30 seconds (TOTP, RFC 6238), beside a password.

use db::{args, sql};
use totp_rs::{Builder, Secret, Totp};

use crate::adapters::encryption::{lock, unlock};
use crate::kernel::ids::PersonId;
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    HELD = "select totp, totp_step from people where id = $1";
    SET = "update people set totp = $2, totp_step = $3 where id = $1";
    USE = "update people set totp_step = $2 where id = $1 and totp_step < $2";
}

/// What the app is told: who issued the code, and for whom.
pub struct Setup {
    /// For the hidden field of the form, locked.
    pub locked: String,
    /// For typing into the app.
    pub text: String,
    /// For the app's camera: an `otpauth` address.
    pub address: String,
}

/// A new secret, not stored anywhere. Only a form with the same `belongs_to` can bring it back.
pub fn setup(ctx: &Ctx, belongs_to: &str, email: &str) -> Setup {
    let bytes = ctx.app.entropy.bytes::<20>();
    described(&bytes, lock(&ctx.app, belongs_to, &bytes), email)
}

fn described(bytes: &[u8], locked: String, email: &str) -> Setup {
    let text = totp(bytes).secret().to_base32();
    let of = |part: &str| -> String { form_urlencoded::byte_serialize(part.as_bytes()).collect() };
    Setup {
        locked,
        address: format!(
            "otpauth://totp/Aldgate:{}?secret={text}&issuer=Aldgate",
            of(email)
        ),
        text,
    }
}

/// The same secret again, for a form that comes back, or none when it is not of this form.
pub fn again(ctx: &Ctx, belongs_to: &str, locked: &str, email: &str) -> Option<Setup> {
    let bytes = unlock(&ctx.app, belongs_to, locked)?;
    Some(described(&bytes, locked.to_owned(), email))
}

/// The change that gives the person this secret, or none when the code is not the app's.
pub fn confirm(
    ctx: &Ctx,
    person: &PersonId,
    belongs_to: &str,
    locked: &str,
    code: &str,
) -> Option<Change> {
    let bytes = unlock(&ctx.app, belongs_to, locked)?;
    let step = step(ctx, &bytes, code)?;
    let kept = lock(&ctx.app, person.as_str(), &bytes);
    Some(
        Change::new(Act::new("authenticator.added", person))
            .write_one(&SET, args![person, kept, step]),
    )
}

pub fn remove(person: &PersonId) -> Change {
    Change::new(Act::new("authenticator.removed", person))
        .write_one(&SET, args![person, None::<String>, 0])
}

/// Whether the person has an authenticator app.
pub async fn is_set(ctx: &Ctx, person: &PersonId) -> Result<bool, Refusal> {
    let row = ctx.app.db.one(&HELD, args![person]).await?;
    Ok(row.opt_text("totp")?.is_some())
}

/// The change that uses this code up, or none when it is wrong or was used: each 30 seconds have one
/// code, and no code counts after a newer one.
pub async fn redeem(ctx: &Ctx, person: &PersonId, typed: &str) -> Result<Option<Change>, Refusal> {
    let row = ctx.app.db.one(&HELD, args![person]).await?;
    let Some(kept) = row.opt_text("totp")? else {
        return Ok(None);
    };
    let Some(bytes) = unlock(&ctx.app, person.as_str(), &kept) else {
        tracing::error!(
            person = person.as_str(),
            "an authenticator's secret does not open: the gateway's secret has changed"
        );
        return Ok(None);
    };
    let last = row.int("totp_step")?;
    Ok(step(ctx, &bytes, typed)
        .filter(|step| *step > last)
        .map(|step| {
            Change::new(Act::new("authenticator.used", person)).write_one(&USE, args![person, step])
        }))
}

/// The time that a code has to be typed and to arrive after its 30 seconds are over (seconds; RFC 6238,
/// section 5.2, allows up to 30).
const ON_ITS_WAY: u64 = 10;

/// Which 30 seconds the code is of: these, or in their first 10 the ones before. A code of later ones
/// does not count.
fn step(ctx: &Ctx, secret: &[u8], code: &str) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(ctx.now.0 / 1_000_000).ok()?;
    let totp = totp(secret);
    let sent = now.checked_sub(ON_ITS_WAY)?;
    let step = totp.check(&code, now).or_else(|| totp.check(&code, sent))?;
    i64::try_from(step).ok()
}

fn totp(secret: &[u8]) -> Totp {
    Builder::new()
        .with_secret(Secret::from(secret.to_vec()))
        .with_skew(0)
        .build_noncompliant()
}
