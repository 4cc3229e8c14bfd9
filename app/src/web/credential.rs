//! Passwords: how they are kept and checked.

use std::time::Duration;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
};
use db::{args, sql};

use crate::kernel::ids::PersonId;
use crate::kernel::{Ctx, Refusal};

sql! {
    PASSWORD = "select password from people where id = $1";
}

/// The shortest password that is taken (NCSC: three random words). No other rule of composition.
pub const SHORTEST: usize = 12;
/// The longest, so that hashing cannot be used to tire the server.
pub const LONGEST: usize = 128;

/// How long a password waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// OWASP's minimum for Argon2id: 19 MiB, two passes.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// How passwords are kept, in words.
pub fn kept_as() -> String {
    format!(
        "{SHORTEST} to {LONGEST} characters, kept as Argon2id with {} MiB and {PASSES} passes",
        MEMORY / 1024
    )
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY, PASSES, 1, None).expect("constant parameters");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password, away from the threads that answer requests.
pub async fn hash(ctx: &Ctx, password: String) -> Result<String, Refusal> {
    let salt = ctx.app.entropy.bytes::<16>();
    blocking(ctx, move || {
        argon2()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|e| Refusal::broken(e.to_string()))
    })
    .await?
}

/// Whether the password is the one behind the hash. Without a hash the same work is done, so that
/// the time taken tells nobody whether the person exists.
pub async fn verify(ctx: &Ctx, password: String, stored: Option<String>) -> Result<bool, Refusal> {
    let Some(stored) = stored else {
        hash(ctx, password).await?;
        return Ok(false);
    };
    blocking(ctx, move || {
        let stored = PasswordHash::new(&stored).map_err(|e| Refusal::broken(e.to_string()))?;
        Ok(argon2()
            .verify_password(password.as_bytes(), &stored)
            .is_ok())
    })
    .await?
}

/// Whether this is the person's password.
pub async fn is_password_of(ctx: &Ctx, person: &PersonId, typed: &str) -> Result<bool, Refusal> {
    let stored = password_of(ctx, person).await?;
    Ok(typed.len() <= LONGEST && verify(ctx, typed.to_owned(), stored).await?)
}

async fn password_of(ctx: &Ctx, person: &PersonId) -> Result<Option<String>, Refusal> {
    let row = ctx.app.db.optional(&PASSWORD, args![person]).await?;
    Ok(match row {
        Some(row) => row.opt_text("password")?,
        None => None,
    })
}

/// A few at a time: others wait their turn, so that a flood of sign-ins leaves the rest of the gateway
/// its processors. Who would wait too long is told.
async fn blocking<T: Send + 'static>(
    ctx: &Ctx,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let turn = tokio::time::timeout(PATIENCE, ctx.app.hashes.acquire()).await;
    let Ok(Ok(_turn)) = turn else {
        return Err(Refusal::NotNow(
            "Very many people are signing in at this moment. Wait a minute, then try again."
                .to_owned(),
        ));
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Refusal::broken)
}
