//! The Merkle tree of RFC 6962 (section 2.1) as far as a reader needs it.

use sha2::{Digest as _, Sha256};

use crate::{Hash, base64_of};

/// The hash of an act's leaf. Its entry is `aldgate-act-v1`, a line feed, the base64 of
/// SHA-256(salt ‖ act), and a line feed; the leaf is SHA-256(0x00 ‖ entry).
pub fn leaf(salt: &Hash, act: &str) -> Hash {
    use base64::Engine as _;
    let commitment = Sha256::new()
        .chain_update(salt)
        .chain_update(act)
        .finalize();
    let entry = format!(
        "aldgate-act-v1\n{}\n",
        base64::prelude::BASE64_STANDARD.encode(commitment)
    );
    Sha256::new()
        .chain_update([0])
        .chain_update(entry)
        .finalize()
        .into()
}

/// The root to which an audit path leads, by RFC 9162, section 2.1.3.2; none where the path does
/// not fit the place.
pub fn root(place: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if place >= size {
        return None;
    }
    let (mut place, mut last, mut hash) = (place, size - 1, leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if place % 2 == 1 || place == last {
            hash = node(beside, &hash);
            while place % 2 == 0 && place != 0 {
                place /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, beside);
        }
        place /= 2;
        last /= 2;
    }
    (last == 0).then_some(hash)
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// A checkpoint's text: the log's name, its size and its root (C2SP tlog-checkpoint).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    pub fn read(text: &str) -> Option<Checkpoint> {
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let plain = !size.is_empty()
            && size.len() <= 16
            && size.bytes().all(|b| b.is_ascii_digit())
            && (size == "0" || !size.starts_with('0'));
        Some(Checkpoint {
            origin: origin.to_owned(),
            size: size.parse().ok().filter(|_| plain)?,
            root: base64_of(root)?,
        })
    }
}
