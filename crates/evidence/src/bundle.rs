//! The file: its shape, and reading it from foreign bytes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::bounds::{self, Budget};
use crate::verify::{Keys, Origin};
use crate::{LARGEST, Opening, canonical, decision, digest};

const FORMAT: &str = "aldgate-evidence-v1";

/// The whole file. It is stored as RFC 8785 canonical JSON and in no other form, so that no byte
/// of it is without meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub body: Body,
    /// A signed note by the log's key over [`Bundle::seal_text`].
    pub seal: String,
}

/// What the gateway hands over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// `aldgate-evidence-v1`.
    pub format: String,
    /// The log's name, such as `gateway.example.org/log`.
    pub gateway: String,
    /// When the file was made: UTC microseconds.
    pub made_at: i64,
    pub extent: Extent,
    pub record: RecordName,
    /// The version that the file is about.
    pub version: i64,
    pub versions: Vec<Version>,
    pub decisions: Vec<Decision>,
    /// A checkpoint of the log (C2SP tlog-checkpoint, a signed note) that covers every act here.
    pub checkpoint: String,
    pub keys: Vec<Key>,
}

/// How much the file shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Everything, for those who take part.
    Parties,
    /// What everybody may see: no names of staff, no reviews, and the text only where all of it
    /// is published.
    Public,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordName {
    pub id: String,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    pub number: i64,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    /// The canonical text, as it was signed; absent where it is not handed over.
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// A signed note by the party's key; its text is the [`Statement`](crate::Statement).
    pub note: String,
    /// The name of the person who decided.
    pub who: Option<Opening>,
    /// How that person was authenticated.
    pub proof: Option<Opening>,
    pub act: LoggedAct,
}

/// An act of the log, and the way from it to the root of the checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedAct {
    /// Its place in the log, from 0.
    pub sequence: i64,
    /// 32 bytes in base64.
    pub salt: String,
    /// The act's canonical text.
    pub text: String,
    /// The RFC 6962 audit path: hashes in base64.
    pub path: Vec<String>,
}

/// A public key and when it was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// `log`, or the id of an organisation.
    pub owner: String,
    /// In the text form of C2SP signed-note.
    pub vkey: String,
    /// UTC microseconds.
    pub from: i64,
    /// UTC microseconds; absent while it is in use.
    pub until: Option<i64>,
}

/// Why a file was refused before anything in it was checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the file is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the file is neither JSON nor PDF: {0}")]
    NotJson(String),
    #[error("the file is nested too deeply")]
    TooDeep,
    #[error("the file holds more than the evidence of an agreement does")]
    TooMany,
    #[error("the file names a version or a key twice")]
    Twice,
    #[error("the file holds a number that is not a whole number of at most 2^53")]
    Number,
    #[error("the file is not evidence in a known form: {0}")]
    Shape(String),
    #[error("the file is not in canonical form: it was changed after it was made")]
    NotCanonical,
    #[error(transparent)]
    Pdf(#[from] crate::PdfFault),
}

impl Bundle {
    /// Reads a file, and refuses every form but the canonical one.
    pub fn read(bytes: &[u8]) -> Result<Bundle, Unreadable> {
        Bundle::read_within(bytes, &Budget::new())
    }

    pub(crate) fn read_within(bytes: &[u8], budget: &Budget) -> Result<Bundle, Unreadable> {
        let bundle: Bundle = read(bytes, budget)?;
        bounds::body(&bundle.body, budget)?;
        if bundle.body.format != FORMAT {
            return Err(Unreadable::Shape(format!(
                "its format is “{}”",
                bundle.body.format
            )));
        }
        Ok(bundle)
    }

    /// The file, in canonical form.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical(self)
    }

    /// What the gateway seals: four lines, each ended by a line feed.
    pub fn seal_text(body: &Body) -> String {
        format!(
            "aldgate-evidence-v1\n{}\n{}\n{}\n",
            body.gateway,
            body.record.id,
            digest(&canonical(body))
        )
    }
}

impl Body {
    pub(crate) fn origin(&self) -> Origin<'_> {
        Origin {
            gateway: &self.gateway,
            made_at: self.made_at,
            last: decision::last_at(self),
            checkpoint: &self.checkpoint,
            keys: Keys::read(&self.keys),
        }
    }
}

/// The format that a file says it has; empty where it says none, or nothing that can be read.
pub(crate) fn format_of(bytes: &[u8]) -> String {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Said {
        body: SaidBody,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct SaidBody {
        format: String,
    }
    let text = text(bytes).unwrap_or_default();
    let said: Said = serde_json::from_str(text).unwrap_or_default();
    said.body.format
}

/// Reads a file of this shape in its one canonical form. What is not of this shape is never held.
pub(crate) fn read<T: DeserializeOwned + Serialize>(
    bytes: &[u8],
    budget: &Budget,
) -> Result<T, Unreadable> {
    let text = text(bytes)?;
    budget.count_file(bytes)?;
    let file: T = serde_json::from_str(text).map_err(|fault| match fault.classify() {
        Category::Data => Unreadable::Shape(fault.to_string()),
        _ => Unreadable::NotJson(fault.to_string()),
    })?;
    if canonical(&file) != bytes {
        return Err(Unreadable::NotCanonical);
    }
    Ok(file)
}

fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::TooLarge(LARGEST));
    }
    std::str::from_utf8(bytes).map_err(|e| Unreadable::NotJson(e.to_string()))
}
