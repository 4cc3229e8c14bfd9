//! C2SP signed notes, read strictly: one form, and no other.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::{Hash, base64_of, sha256};

/// Signature type of plain Ed25519.
const PLAIN: u8 = 1;
/// Signature type of a witness's cosignature/v1.
const COSIGNATURE: u8 = 4;

/// A public key in the text form of C2SP signed-note: `name+hash+key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    text: String,
    pub name: String,
    pub(crate) hash: [u8; 4],
    kind: u8,
    public: Hash,
}

/// Why a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a public key of the form name+hash+key")]
pub struct KeyFault;

impl FromStr for VerifierKey {
    type Err = KeyFault;

    fn from_str(text: &str) -> Result<VerifierKey, KeyFault> {
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or(KeyFault);
        let (name, hash, key) = (part()?, part()?, part()?);
        let key: [u8; 33] = base64_of(key).ok_or(KeyFault)?;
        let (kind, public) = (key[0], key[1..].try_into().map_err(|_| KeyFault)?);
        let named = sha256(&[name.as_bytes(), b"\n", &key].concat());
        let sound = !name.is_empty()
            && !name.chars().any(|c| c.is_whitespace() || c.is_control())
            && hash == hex::encode(&named[..4])
            && matches!(kind, PLAIN | COSIGNATURE);
        if !sound {
            return Err(KeyFault);
        }
        Ok(VerifierKey {
            text: text.to_owned(),
            name: name.to_owned(),
            hash: [named[0], named[1], named[2], named[3]],
            kind,
            public,
        })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl VerifierKey {
    /// Whether a plain Ed25519 signature by this key is on the text.
    pub(crate) fn holds(&self, text: &str, signature: &[u8]) -> bool {
        self.kind == PLAIN && self.ed25519(text.as_bytes(), signature)
    }

    /// The time (UTC seconds) at which this witness says it saw the text; none where its
    /// cosignature does not hold. The form is C2SP tlog-cosignature, cosignature/v1.
    pub(crate) fn cosigned(&self, text: &str, signature: &[u8]) -> Option<u64> {
        let (time, signature) = signature.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let message = format!("cosignature/v1\ntime {time}\n{text}");
        (self.kind == COSIGNATURE && self.ed25519(message.as_bytes(), signature)).then_some(time)
    }

    fn ed25519(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(message, signature)
            .is_ok()
    }
}

/// A text and the signatures on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// With the line feed at its end.
    pub text: String,
    pub(crate) signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub name: String,
    pub hash: [u8; 4],
    pub bytes: Vec<u8>,
}

impl Note {
    /// Reads a note; none where it is not one.
    pub fn read(note: &str) -> Option<Note> {
        let (text, signatures) = note.rsplit_once("\n\n")?;
        let signatures = signatures
            .strip_suffix('\n')?
            .split('\n')
            .map(Signature::read)
            .collect::<Option<Vec<_>>>()?;
        (!text.is_empty()).then(|| Note {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// The signature by this key, which may not hold.
    pub(crate) fn by(&self, key: &VerifierKey) -> Option<&Signature> {
        self.signatures
            .iter()
            .find(|s| s.name == key.name && s.hash == key.hash)
    }

    /// Whether the one signature on the note is by this key and holds.
    pub(crate) fn sealed_by(&self, key: &VerifierKey) -> bool {
        self.signatures.len() == 1
            && self
                .by(key)
                .is_some_and(|signature| key.holds(&self.text, &signature.bytes))
    }
}

impl Signature {
    fn read(line: &str) -> Option<Signature> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = BASE64_STANDARD.decode(encoded).ok()?;
        let (hash, bytes) = bytes.split_first_chunk::<4>()?;
        (!name.is_empty()).then(|| Signature {
            name: name.to_owned(),
            hash: *hash,
            bytes: bytes.to_vec(),
        })
    }
}
