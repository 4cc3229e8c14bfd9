//! Tokens that stand for a person: of sessions, links and programs.

/// They are stored by the hash of their token: whoever reads the database cannot use them.
pub fn token_hash(token: &str) -> String {
    ledger::digest(token.as_bytes())
}

/// A session lasts this long at most (microseconds): 12 hours.
pub const LONGEST_SESSION: i64 = 12 * 3_600_000_000;
