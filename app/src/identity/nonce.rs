//! Nonces: what a page gives out so that an answer to it is fresh, from this session and counts once.
//! Nothing is stored until one is answered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{args, sql};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::kernel::{Change, Ctx};

sql! {
    SPEND = "insert into spent_nonces (hash, until) values ($1, $2)";
    FORGET = "delete from spent_nonces where until < $1";
}

/// A nonce can be answered this long (microseconds): as long as a session lasts, because a text of
/// fifty pages is read before it is decided.
pub const LASTS: i64 = crate::identity::token::LONGEST_SESSION;
/// For what is done at once (microseconds).
pub const MINUTES_15: i64 = 15 * 60 * 1_000_000;

/// 16 random bytes, the time, and a code over both and what they are for.
const LENGTH: usize = 16 + 8 + 32;

/// A new nonce for this purpose. Nobody without the gateway's key can make one.
pub fn issue(ctx: &Ctx, purpose: &str) -> String {
    let mut bytes = ctx.app.entropy.bytes::<16>().to_vec();
    bytes.extend(ctx.now.0.to_be_bytes());
    let code = code(ctx, purpose, &bytes).finalize().into_bytes();
    bytes.extend(code);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether it was issued here, for this purpose, and not longer ago than `within` (microseconds). [`spend`] says whether it is
/// the first answer.
pub fn holds(ctx: &Ctx, purpose: &str, nonce: &str, within: i64) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(nonce) else {
        return false;
    };
    if bytes.len() != LENGTH {
        return false;
    }
    let (said, sent) = bytes.split_at(LENGTH - 32);
    let at = i64::from_be_bytes(said[16..].try_into().expect("eight bytes"));
    code(ctx, purpose, said).verify_slice(sent).is_ok() && (0..=within).contains(&(ctx.now.0 - at))
}

/// Adds to a change that this nonce is used up. A second use makes the commit fail:
/// [`Refusal::Raced`](crate::kernel::Refusal::Raced).
pub fn spend(ctx: &Ctx, nonce: &str, change: Change) -> Change {
    change.write(&FORGET, args![ctx.now.0]).write_one(
        &SPEND,
        args![ledger::digest(nonce.as_bytes()), ctx.now.0 + LASTS],
    )
}

fn code(ctx: &Ctx, purpose: &str, said: &[u8]) -> Hmac<Sha256> {
    let mut code = Hmac::<Sha256>::new_from_slice(&ctx.app.nonce_key).expect("any length of key");
    code.update(purpose.as_bytes());
    code.update(&[0]);
    code.update(said);
    code
}
