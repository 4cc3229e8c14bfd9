//! What goes into the log for an act: a salted commitment, never the act itself.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Hash, canonical};

/// First line of every leaf entry; a new form of entry gets a new number.
const HEADER: &str = "aldgate-act-v1\n";

/// The leaf entry of an act, 60 bytes of ASCII:
///
/// ```text
/// aldgate-act-v1⏎
/// BASE64(SHA-256(salt ‖ canonical act))⏎
/// ```
///
/// with standard padded base64 (44 characters) and both lines ended by a line feed. The salt is 32
/// secret random bytes, fresh for each act: without it nobody can test a guess at the act
/// against the entry, so erasing act and salt leaves an entry that says nothing. Keep the entry
/// itself: after an erasure it cannot be made again.
pub fn leaf(salt: &[u8; 32], act: &Value) -> Vec<u8> {
    leaf_of_canonical(salt, &canonical(act))
}

/// [`leaf`] for an act that is already in canonical form.
pub fn leaf_of_canonical(salt: &[u8; 32], act: &[u8]) -> Vec<u8> {
    let commitment = Sha256::new()
        .chain_update(salt)
        .chain_update(act)
        .finalize();
    let mut entry = [0; HEADER.len() + 45];
    entry[..HEADER.len()].copy_from_slice(HEADER.as_bytes());
    BASE64_STANDARD
        .encode_slice(commitment, &mut entry[HEADER.len()..])
        .expect("32 bytes are 44 characters of base64");
    entry[HEADER.len() + 44] = b'\n';
    entry.to_vec()
}

/// The tree's hash of a leaf entry: SHA-256(0x00 ‖ entry), as RFC 6962 has it.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    tlog_tiles::tlog::record_hash(entry).0
}
