//! Whether a password is among those of known breaches: 1.46 million of 12 characters and more, in a Bloom
//! filter that `tools/breached-passwords.py` makes. Nothing is asked of anyone else.

use sha2::{Digest as _, Sha256};

static FILTER: &[u8] = include_bytes!("../../data/breached-passwords.bloom");
/// As in the tool that makes the filter.
const HASHES: u64 = 14;

/// As it is, or in lower case. About one other password in 5,000 is taken for one of them.
pub fn is_breached(password: &str) -> bool {
    let lower = password.to_lowercase();
    contains(password) || (lower != password && contains(&lower))
}

fn contains(password: &str) -> bool {
    let digest = Sha256::digest(password.as_bytes());
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte))
    };
    let (start, step) = (number(&digest[..8]), number(&digest[8..16]) | 1);
    let size = FILTER.len() as u64 * 8;
    (0..HASHES).all(|hash| {
        let at = start.wrapping_add(hash.wrapping_mul(step)) % size;
        let byte = usize::try_from(at / 8).ok().and_then(|at| FILTER.get(at));
        byte.is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_breaches_are_known_and_others_are_not() {
        for known in ["!@#qweasd876", "!Benedikt16!", "!@#QWEASD876"] {
            assert!(is_breached(known), "{known}");
        }
        let taken = (0..20_000)
            .filter(|number| is_breached(&format!("a new password {number}")))
            .count();
        assert!(taken < 20, "{taken} of 20,000 are taken for known ones");
    }
}
