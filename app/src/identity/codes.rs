//! Recovery codes: ten words of chance on paper, each good once, for when nothing else is at hand.

use db::{args, sql};

use crate::kernel::ids::PersonId;
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    LEFT = "select count(*) as left_over from recovery_codes where person_id = $1 and used_at is null";
    FIND = "select code_hash from recovery_codes where code_hash = $1 and person_id = $2 and used_at is null";
    USE = "update recovery_codes set used_at = $2 where code_hash = $1 and used_at is null";
    FORGET = "delete from recovery_codes where person_id = $1";
    ADD = "insert into recovery_codes (code_hash, person_id) values ($1, $2)";
}

const COUNT: usize = 10;

/// No letter or digit that looks like another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// How many codes the person can still use.
pub async fn left(ctx: &Ctx, person: &PersonId) -> Result<i64, Refusal> {
    Ok(ctx
        .app
        .db
        .one(&LEFT, args![person])
        .await?
        .int("left_over")?)
}

/// Ten new codes, to be shown once, and the change that stores their hashes in place of the old ones.
pub fn make(ctx: &Ctx, person: &PersonId) -> (Vec<String>, Change) {
    let codes: Vec<String> = (0..COUNT).map(|_| code(ctx)).collect();
    let mut change =
        Change::new(Act::new("recovery_codes.made", person)).write(&FORGET, args![person]);
    for code in &codes {
        change = change.write_one(&ADD, args![hash(code), person]);
    }
    (codes, change)
}

/// 24 letters, 120 bits: so many that a plain hash keeps them (OWASP ASVS 5.0, 6.5.2).
fn code(ctx: &Ctx) -> String {
    let bytes = ctx.app.entropy.bytes::<24>();
    let letters: Vec<char> = bytes
        .iter()
        .map(|b| char::from(LETTERS[usize::from(b % 32)]))
        .collect();
    letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect::<Vec<String>>()
        .join("-")
}

/// The change that uses this code up, or none when it is not one of the person's.
pub async fn redeem(ctx: &Ctx, person: &PersonId, typed: &str) -> Result<Option<Change>, Refusal> {
    let hash = hash(typed);
    let found = ctx.app.db.optional(&FIND, args![&*hash, person]).await?;
    Ok(found.map(|_| {
        Change::new(Act::new("recovery_code.used", person)).write_one(&USE, args![hash, ctx.now.0])
    }))
}

fn hash(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    ledger::digest(plain.as_bytes())
}
