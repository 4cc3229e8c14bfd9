//! Signed statements of the log's size and root (C2SP tlog-checkpoint on C2SP signed-note).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey};
use signed_note::{Signer, StandardVerifier, Verifier as _, VerifierError};
use tlog_tiles::checkpoint::Checkpoint as Body;

use crate::note::{open_note, sign_note};
use crate::{Hash, LedgerFault, verify_consistency};

/// The log's private Ed25519 key together with the log's name (its *origin*).
#[derive(Clone)]
pub struct LogKey {
    key: SigningKey,
    verifier: VerifierKey,
}

impl LogKey {
    /// Makes the key from 32 secret random bytes. The same seed and origin give the same key.
    ///
    /// The origin names the log for ever, best as a URL without its scheme, such as
    /// `gateway.example.org/ledger`.
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, KeyFault> {
        if !signed_note::is_key_name_valid(origin) || origin.chars().any(char::is_control) {
            return Err(KeyFault::Name(origin.to_owned()));
        }
        let key = SigningKey::from_bytes(seed);
        let verifier =
            signed_note::new_ed25519_verifier_key(origin, &key.verifying_key()).parse()?;
        Ok(Self { key, verifier })
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        self.verifier.origin()
    }

    /// The public half, to be published.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }
}

impl fmt::Debug for LogKey {
    /// Shows the public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.verifier)
    }
}

impl Signer for LogKey {
    fn name(&self) -> &str {
        self.origin()
    }

    fn key_id(&self) -> u32 {
        self.verifier.inner.key_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.key.try_sign(message)?.to_vec())
    }
}

/// A public key in the text form of C2SP signed-note: `origin+hash+key`.
#[derive(Clone)]
pub struct VerifierKey {
    text: String,
    pub(crate) inner: StandardVerifier,
}

impl VerifierKey {
    /// The name of the log whose key this is.
    pub fn origin(&self) -> &str {
        self.inner.name()
    }
}

impl FromStr for VerifierKey {
    type Err = KeyFault;

    fn from_str(text: &str) -> Result<Self, KeyFault> {
        match StandardVerifier::new(text) {
            Ok(inner) => Ok(Self {
                text: text.to_owned(),
                inner,
            }),
            Err(VerifierError::Format) => Err(KeyFault::Malformed),
            Err(VerifierError::Alg) => Err(KeyFault::Algorithm),
            Err(VerifierError::Id) => Err(KeyFault::Id),
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({})", self.text)
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for VerifierKey {}

/// Why a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The name is empty, or has spaces, control characters or a plus sign.
    #[error("‘{0}’ cannot name a log: it must not be empty or hold spaces or a plus sign")]
    Name(String),
    /// Not of the form `origin+hash+key`.
    #[error("this is not a public key of the form origin+hash+key")]
    Malformed,
    /// A key of another kind than Ed25519.
    #[error("the public key is not an Ed25519 key")]
    Algorithm,
    /// Name, hash and key do not belong together.
    #[error("the public key was altered: its name, hash and key do not belong together")]
    Id,
}

/// The log's size and root at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many acts the log holds.
    pub size: u64,
    /// The tree's root over them.
    pub root: Hash,
}

/// Why a checkpoint was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// Not a signed note with a checkpoint in it.
    #[error("this is not a checkpoint in the form of a signed note")]
    Malformed,
    /// No signature by any key that was given.
    #[error("the checkpoint is not signed by any of the keys given")]
    NoKnownKey,
    /// A signature that does not hold: text or signature was altered.
    #[error(
        "the signature of key {0} does not hold: the checkpoint's text or its signature was altered"
    )]
    Signature(String),
    /// The key signs for another log.
    #[error("the checkpoint is for the log ‘{found}’, not for ‘{expected}’")]
    Origin {
        /// The log of the key or of the checkpoint at hand.
        expected: String,
        /// The log that the checkpoint names.
        found: String,
    },
    /// A smaller log than one seen before: replayed or cut off.
    #[error(
        "the checkpoint of {found} acts is older than one of {remembered} acts seen before: \
         it is replayed, or the log was cut off"
    )]
    Older {
        /// The size seen before.
        remembered: u64,
        /// The size now shown.
        found: u64,
    },
    /// Two signed roots for one size.
    #[error("two checkpoints of {size} acts have different roots: the log shows two faces")]
    SplitView {
        /// The size of both.
        size: u64,
    },
    /// The later log does not begin with the earlier one, or the proof does not show it.
    #[error(transparent)]
    NotConsistent(#[from] LedgerFault),
}

impl Checkpoint {
    /// The signed note: text, empty line, signature line.
    pub fn sign(&self, key: &LogKey) -> Result<String, CheckpointFault> {
        self.sign_all(&[key])
    }

    /// The signed note with a signature line of each key: two while a new key takes over.
    pub fn sign_all(&self, keys: &[&LogKey]) -> Result<String, CheckpointFault> {
        if let Some(key) = keys.iter().find(|key| self.origin != key.origin()) {
            return Err(CheckpointFault::Origin {
                expected: key.origin().to_owned(),
                found: self.origin.clone(),
            });
        }
        let root = tlog_tiles::tlog::Hash(self.root);
        let body =
            Body::new(&self.origin, self.size, root, "").map_err(|_| CheckpointFault::Malformed)?;
        let text = String::from_utf8(body.to_bytes()).map_err(|_| CheckpointFault::Malformed)?;
        sign_note(&text, keys).map_err(|_| CheckpointFault::Malformed)
    }

    /// Reads a signed note and checks it against the log's known keys (more than one while keys
    /// are rotated). Signatures by other keys, such as witnesses', are passed over.
    pub fn open(note: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointFault> {
        let opened = open_note(note, keys)?;
        let body =
            Body::from_bytes(opened.text.as_bytes()).map_err(|_| CheckpointFault::Malformed)?;
        if !opened.signers.iter().any(|s| s.origin() == body.origin()) {
            return Err(CheckpointFault::Origin {
                expected: opened.signers[0].origin().to_owned(),
                found: body.origin().to_owned(),
            });
        }
        Ok(Self {
            origin: body.origin().to_owned(),
            size: body.size(),
            root: body.hash().0,
        })
    }

    /// Checks that the log of this checkpoint begins with the whole log of an earlier one that
    /// was remembered: nothing removed, nothing rewritten.
    pub fn follows(&self, earlier: &Self, proof: &[Hash]) -> Result<(), CheckpointFault> {
        if self.origin != earlier.origin {
            return Err(CheckpointFault::Origin {
                expected: earlier.origin.clone(),
                found: self.origin.clone(),
            });
        }
        if self.size < earlier.size {
            return Err(CheckpointFault::Older {
                remembered: earlier.size,
                found: self.size,
            });
        }
        if self.size == earlier.size && self.root != earlier.root {
            return Err(CheckpointFault::SplitView { size: self.size });
        }
        verify_consistency(proof, earlier.size, earlier.root, self.size, self.root)?;
        Ok(())
    }
}
