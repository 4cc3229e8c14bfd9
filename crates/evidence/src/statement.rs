//! What a party's seal is on: one decision, in words a program and a lawyer read alike.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{base64_of, canonical, digest};

/// One decision on one exact text. Its text is RFC 8785 canonical JSON and a line feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `aldgate-statement-v1`.
    pub format: String,
    /// The log's name.
    pub gateway: String,
    pub record: String,
    pub version: i64,
    /// SHA-256 of the version's text, in hexadecimal.
    pub digest: String,
    pub line: String,
    /// `review` or `sign_off`.
    pub stage: String,
    pub party: Party,
    /// The role in which it was decided.
    pub role: String,
    /// Since when the person holds that role: UTC microseconds.
    pub role_since: Option<i64>,
    /// The commitment to the person's name: see [`Opening`].
    pub who: String,
    /// `agrees`, `conditions`, `against`, `overruled`, `signed` or `declined`.
    pub outcome: String,
    pub reason: String,
    /// UTC microseconds.
    pub at: i64,
    /// The commitment to how the person was authenticated; absent where they were not asked again.
    pub proof: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub id: String,
    /// As it stood when it was decided.
    pub name: String,
}

impl Statement {
    /// The text that is sealed.
    pub fn text(&self) -> String {
        let mut text = String::from_utf8(canonical(self)).expect("canonical JSON is UTF-8");
        text.push('\n');
        text
    }

    /// Reads a sealed text; none if it is not exactly the text that [`Statement::text`] makes.
    pub fn read(text: &str) -> Option<Statement> {
        let statement: Statement = serde_json::from_str(text.strip_suffix('\n')?).ok()?;
        (statement.format == "aldgate-statement-v1" && statement.text() == text)
            .then_some(statement)
    }

    /// SHA-256 of a sealed text: what the log holds of it.
    pub fn digest(text: &str) -> String {
        digest(text.as_bytes())
    }
}

/// A value to which a statement is bound without showing it. Without salt and value, the statement
/// and its seal still hold, and say nothing about a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// 32 secret random bytes in base64.
    pub salt: String,
    pub value: Value,
}

impl Opening {
    pub fn new(salt: &[u8; 32], value: Value) -> Opening {
        Opening {
            salt: BASE64_STANDARD.encode(salt),
            value,
        }
    }

    /// SHA-256 of `aldgate-opening-v1`, a line feed, the salt and the value's canonical form, in
    /// hexadecimal; none where the salt is not 32 bytes.
    pub fn commitment(&self) -> Option<String> {
        let salt: [u8; 32] = base64_of(&self.salt)?;
        let hash = Sha256::new()
            .chain_update(b"aldgate-opening-v1\n")
            .chain_update(salt)
            .chain_update(canonical(&self.value))
            .finalize();
        Some(hex::encode(hash))
    }
}
