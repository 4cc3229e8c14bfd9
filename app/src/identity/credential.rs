//! Passwords: how they are kept and checked.

use std::sync::Arc;
use std::time::Duration;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
};
use db::{args, sql};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::{Score, zxcvbn};

use crate::kernel::ids::PersonId;
use crate::kernel::{Ctx, Refusal};

sql! {
    PASSWORD = "select password from people where id = $1";
}

/// The shortest password that is taken (NCSC: three random words). No other rule of composition.
pub const SHORTEST: usize = 12;
/// The longest in characters, so that hashing cannot be used to tire the server.
pub const LONGEST: usize = 128;
/// The longest that is looked at, in bytes: decomposed, a letter has several characters of up to four bytes.
pub const MAX_SENT_BYTES: usize = 8 * LONGEST;

/// How long a password waits for its turn.
pub const PATIENCE: Duration = Duration::from_secs(10);

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

/// A password as it is hashed, the same from whatever keyboard: spaces of any kind as one, characters
/// composed (the OpaqueString profile, RFC 8265 section 4.2; what it disallows is refused when one is chosen).
pub fn prepared(typed: &str) -> String {
    let space = |c: char| if is_space(c) { ' ' } else { c };
    typed.chars().map(space).nfc().collect()
}

/// The spaces of Unicode (category Zs) that are not of ASCII.
fn is_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Hashes a new password, away from the threads that answer requests.
pub async fn hash(ctx: &Ctx, password: String) -> Result<String, Refusal> {
    hash_in(ctx, &ctx.app.new_password_turns, password).await
}

async fn hash_in(ctx: &Ctx, turns: &Arc<Semaphore>, password: String) -> Result<String, Refusal> {
    let salt = ctx.app.entropy.bytes::<16>();
    in_turn(turns, move || {
        argon2()
            .hash_password_with_salt(prepared(&password).as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|e| Refusal::broken(e.to_string()))
    })
    .await?
}

/// Whether a million guesses find a new password. zxcvbn counts them, from 30,000 common passwords, names, English
/// words, keys that lie side by side, dates and repetitions. Its work grows faster than the password, so it is
/// done part by part, and away from the threads that answer requests. `about` is what others know of the person.
pub async fn is_tried_first(ctx: &Ctx, password: &str, about: &[&str]) -> Result<bool, Refusal> {
    let password = password.to_owned();
    let about: Vec<String> = about
        .iter()
        .map(|text| text.chars().take(200).collect())
        .collect();
    let turns = &ctx.app.new_password_turns;
    in_turn(turns, move || is_weak(&password, &about)).await
}

/// Characters that are looked at together.
const PART: usize = 64;

fn is_weak(password: &str, about: &[String]) -> bool {
    let mut known = vec!["aldgate"];
    for text in about {
        known.push(text);
        known.extend(
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.len() > 2),
        );
    }
    let characters: Vec<char> = password.chars().collect();
    // One part that is hard to guess is enough.
    characters.chunks(PART).all(|part| {
        let part: String = part.iter().collect();
        zxcvbn(&part, &known).score() < Score::Two
    })
}

/// Whether the password is the one behind the hash. Without a hash the same work is done, so that
/// the time taken tells nobody whether the person exists.
///
/// A password that is typed otherwise than it is prepared is also compared as it was typed: that is how
/// it was hashed before passwords were prepared.
pub async fn verify(ctx: &Ctx, password: String, stored: Option<String>) -> Result<bool, Refusal> {
    if password.len() > MAX_SENT_BYTES {
        return Ok(false);
    }
    let turns = &ctx.app.sign_in_turns;
    let mut forms = vec![prepared(&password)];
    if forms[0] != password {
        forms.push(password);
    }
    let Some(stored) = stored else {
        for form in forms {
            hash_in(ctx, turns, form).await?;
        }
        return Ok(false);
    };
    in_turn(turns, move || {
        let stored = PasswordHash::new(&stored).map_err(|e| Refusal::broken(e.to_string()))?;
        let fits = |form: &String| argon2().verify_password(form.as_bytes(), &stored).is_ok();
        Ok(forms.iter().any(fits))
    })
    .await?
}

/// Whether this is the person's password.
pub async fn is_password_of(ctx: &Ctx, person: &PersonId, typed: &str) -> Result<bool, Refusal> {
    let stored = password_of(ctx, person).await?;
    verify(ctx, typed.to_owned(), stored).await
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
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let turn = tokio::time::timeout(PATIENCE, turns.clone().acquire_owned()).await;
    let Ok(Ok(turn)) = turn else {
        return Err(Refusal::NotNow(
            "Very many people are signing in at this moment. Wait a minute, then try again."
                .to_owned(),
        ));
    };
    // The turn goes with the work: whoever goes away meanwhile does not end it.
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await
    .map_err(Refusal::broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused() {
        let about = ["Asha Rai", "asha.rai@camden.gov.uk", "Camden Council"].map(str::to_owned);
        for bad in [
            "password1234",
            "Passw0rd1234",
            "passwordpassword",
            "qwertyuiop12",
            "123456789012",
            "aaaaaaaaaaaa",
            "iloveyou1234",
            "aldgatealdgate",
            "camdencouncil",
            "asha.rai@camden.gov.uk",
        ] {
            assert!(is_weak(bad, &about), "{bad}");
        }
        for good in [
            "correct horse battery",
            "three random words",
            "three other random words",
            "gravel-otter-timetable",
            "Vk3#nq9z!Lw2",
        ] {
            assert!(!is_weak(good, &about), "{good}");
        }
    }

    #[test]
    fn a_password_is_the_same_from_every_keyboard() {
        assert_eq!(prepared("gw\u{302}yl otter"), "g\u{175}yl otter");
        assert_eq!(
            prepared("three\u{a0}random\u{3000}words"),
            "three random words"
        );
        assert_eq!(prepared("\u{212b}ngstro\u{308}m"), "\u{c5}ngstr\u{f6}m");
        assert_eq!(
            prepared("ﬁ stays ½"),
            "ﬁ stays ½",
            "nothing is folded together"
        );
    }
}
