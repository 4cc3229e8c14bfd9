//! Witnesses: who has checked that another log only grew says so below its checkpoint
//! (C2SP tlog-cosignature, the Ed25519 form `cosignature/v1`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, Verifier, VerifierList};

use crate::canonical::hex;
use crate::{CheckpointFault, KeyFault};

/// The signature type of cosignatures in key ids and public keys.
const COSIGNATURE: u8 = 0x04;

/// A witness's private key and name. Never the same key as a log's.
#[derive(Clone)]
pub struct WitnessKey {
    key: SigningKey,
    verifier: WitnessVerifier,
}

impl WitnessKey {
    /// Makes the key from 32 secret random bytes. The same seed and name give the same key.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyFault> {
        if !signed_note::is_key_name_valid(name) || name.chars().any(char::is_control) {
            return Err(KeyFault::Name(name.to_owned()));
        }
        let key = SigningKey::from_bytes(seed);
        let verifier = WitnessVerifier::new(name, key.verifying_key());
        Ok(Self { key, verifier })
    }

    /// The public half, to be published.
    pub fn verifier(&self) -> &WitnessVerifier {
        &self.verifier
    }

    /// The signature line over a checkpoint's text (without its signatures) at a time in seconds
    /// since 1970, with the line feed at its end.
    pub fn cosign(&self, text: &str, at: u64) -> String {
        let signature = self.key.sign(&message(text, at)).to_bytes();
        let mut bytes = self.verifier.key_id().to_be_bytes().to_vec();
        bytes.extend(at.to_be_bytes());
        bytes.extend(signature);
        let name = self.verifier.name();
        format!("— {name} {}\n", BASE64_STANDARD.encode(bytes))
    }
}

impl fmt::Debug for WitnessKey {
    /// Shows the public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WitnessKey({})", self.verifier)
    }
}

/// A witness's public key in the text form of C2SP signed-note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessVerifier {
    name: String,
    key: VerifyingKey,
}

impl WitnessVerifier {
    fn new(name: &str, key: VerifyingKey) -> Self {
        Self {
            name: name.to_owned(),
            key,
        }
    }

    fn typed_key(&self) -> Vec<u8> {
        [&[COSIGNATURE], self.key.as_bytes().as_slice()].concat()
    }

    /// Checks the witness's cosignature on a checkpoint and says when it was made, in seconds since
    /// 1970. None when the witness has not signed it.
    pub fn cosigned(&self, note: &str) -> Result<Option<u64>, CheckpointFault> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointFault::Malformed)?;
        let known = VerifierList::new(vec![Box::new(self.clone())]);
        match note.verify(&known) {
            Ok((held, _)) => Ok(held.first().and_then(|line| time(line.signature()))),
            Err(signed_note::NoteError::UnverifiedNote) => Ok(None),
            Err(_) => Err(CheckpointFault::Signature(self.to_string())),
        }
    }
}

impl Verifier for WitnessVerifier {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        signed_note::key_id(&self.name, &self.typed_key())
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let (Some(at), Ok(text)) = (time(signature), std::str::from_utf8(text)) else {
            return false;
        };
        Signature::from_slice(&signature[8..])
            .is_ok_and(|s| self.key.verify_strict(&message(text, at), &s).is_ok())
    }
}

/// The time in front of the signature.
fn time(signature: &[u8]) -> Option<u64> {
    let (at, rest) = signature.split_first_chunk::<8>()?;
    let at = u64::from_be_bytes(*at);
    (rest.len() == 64 && i64::try_from(at).is_ok()).then_some(at)
}

fn message(text: &str, at: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {at}\n{text}").into_bytes()
}

impl FromStr for WitnessVerifier {
    type Err = KeyFault;

    fn from_str(text: &str) -> Result<Self, KeyFault> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyFault::Malformed);
        };
        let bytes = BASE64_STANDARD
            .decode(key)
            .map_err(|_| KeyFault::Malformed)?;
        let (&COSIGNATURE, key) = bytes.split_first().ok_or(KeyFault::Malformed)? else {
            return Err(KeyFault::Algorithm);
        };
        let key = key.try_into().map_err(|_| KeyFault::Malformed)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyFault::Malformed)?;
        let made = Self::new(name, key);
        if made.to_string() == text && signed_note::is_key_name_valid(name) {
            Ok(made)
        } else {
            Err(KeyFault::Id)
        }
    }
}

impl fmt::Display for WitnessVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = hex(&self.key_id().to_be_bytes());
        let key = BASE64_STANDARD.encode(self.typed_key());
        write!(f, "{}+{id}+{key}", self.name)
    }
}
