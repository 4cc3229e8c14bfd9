//! Evidence of an agreement: what was agreed, by whom, on which exact text, to be checked by
//! anybody, anywhere, without the gateway.
//!
//! Nothing here reads a file, a clock or the network. A bundle is one JSON file; `README.md`
//! states each byte of it. [`verify`] takes foreign bytes, never panics on them, and answers with
//! a line for each thing that was checked. Nothing is shared with the code that writes the ledger:
//! notes, tree and keys are read afresh here, so that a mistake there is not repeated.

mod answers;
mod bounds;
mod bundle;
mod day;
mod decision;
mod note;
mod openid;
mod passkey;
mod pdf;
mod report;
mod statement;
mod tree;
mod verify;

pub use bounds::{MAX_DEPTH, MAX_ITEMS, MAX_PARTS};
pub use bundle::{Body, Bundle, Decision, Extent, Key, LoggedAct, RecordName, Unreadable, Version};
pub use day::{DayBody, DayFile, InForce};
pub use note::{KeyFault, Note, VerifierKey};
pub use passkey::challenge;
pub use pdf::{MAX_NAMES, PdfFault, extract, insert_seal, seal_text as pdf_seal_text};
pub use report::{Check, Code, Outcome, Report};
pub use statement::{Opening, Party, Statement};
pub use verify::{Given, verify};

use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Bundles beyond this many bytes are refused: 16 MiB.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// PDF files beyond this many bytes are refused: 64 MiB.
pub const LARGEST_PDF: usize = 64 * 1024 * 1024;

/// RFC 8785 canonical JSON.
pub(crate) fn canonical(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("names are text and numbers are finite")
}

/// SHA-256 as 64 lower-case hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Standard padded base64 of exactly `N` bytes, in its one canonical form.
pub(crate) fn base64_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD
        .decode(text)
        .ok()?
        .try_into()
        .ok()
}
