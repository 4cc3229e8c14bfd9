//! One byte form per JSON value (RFC 8785), and its digest.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The canonical form of a JSON value: RFC 8785 (JSON Canonicalization Scheme), UTF-8 bytes.
///
/// RFC 8785 knows one kind of number, the IEEE 754 double: integers beyond 2^53 lose digits.
/// Write such a number as text in anything that is to be signed or logged.
///
/// # Panics
///
/// Never for values as `serde_json` reads them. Its feature `arbitrary_precision`, which nothing
/// here turns on, would let in numbers (such as `1e999`) that have no canonical form.
pub fn canonical(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value)
        .expect("a JSON value has finite numbers and distinct text keys")
}

/// SHA-256 of the bytes as 64 lower-case hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
    }
    text
}
