//! The files in `demo/`, read.

use std::collections::BTreeMap;

use packs::Answers;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::records::publication::{Extent, Withheld};

#[derive(RustEmbed)]
#[folder = "../demo"]
#[include = "*.toml"]
struct Embedded;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name in the other files. Without one it only fills the directory.
    #[serde(default)]
    pub key: String,
    pub name: String,
    pub kind: String,
    pub area: String,
    #[serde(default)]
    pub fee_number: String,
    #[serde(default)]
    pub ods_code: String,
    /// It does not use the gateway.
    #[serde(default)]
    pub listed: bool,
    #[serde(default)]
    pub domain: String,
    /// Its job in law, in words that fit into answers.
    #[serde(default)]
    pub task: String,
    #[serde(default)]
    pub assurance_expires: String,
    #[serde(default)]
    pub people: Vec<Person>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub name: String,
    pub roles: Vec<String>,
    /// The name of the person they stand in for, between two days.
    #[serde(default)]
    pub deputy_for: String,
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub until: String,
}

/// Answers for what an agreement's own file leaves out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    pub record: Answers,
    pub party: Answers,
    pub flow: Answers,
    pub dismissed: BTreeMap<String, String>,
    pub not_applicable: BTreeMap<String, String>,
    pub files: BTreeMap<String, File>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub name: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assurance {
    pub answers: Answers,
    /// Bodies that give care answer these too, the others those.
    pub care: Answers,
    pub other: Answers,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    pub answers: Answers,
    pub parties: Parties,
    /// Answers of every party, and of one.
    #[serde(default)]
    pub party: Answers,
    #[serde(default, rename = "party-of")]
    pub party_of: BTreeMap<String, Answers>,
    pub flows: Vec<Answers>,
    /// Questions that nobody has answered yet.
    #[serde(default)]
    pub leave: Leave,
    #[serde(rename = "act")]
    pub acts: Vec<Act>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parties {
    pub lead: String,
    pub names: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    #[serde(default)]
    pub record: Vec<String>,
    #[serde(default)]
    pub party: Vec<String>,
}

/// One thing that somebody does on a day counted from today.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Act {
    pub day: i64,
    #[serde(rename = "do")]
    pub what: String,
    /// `camden.author`: the organisation's key and the role.
    pub by: String,
    /// What it is about: a line as `police.data_protection_officer`, or an organisation.
    pub of: String,
    pub advice: String,
    pub text: String,
    pub question: String,
    pub extent: Option<Extent>,
    pub withheld: Vec<Withheld>,
    pub every_party: Answers,
}

#[derive(Debug)]
pub struct Demo {
    pub organisations: Vec<Organisation>,
    pub library: Library,
    pub assurance: Assurance,
    pub agreements: Vec<Agreement>,
}

/// Reads everything.
///
/// # Errors
/// Names the file and what is wrong with it.
pub fn read() -> Result<Demo, String> {
    #[derive(Deserialize)]
    struct Organisations {
        organisation: Vec<Organisation>,
    }
    let organisations: Organisations = parse("organisations.toml")?;
    let mut names: Vec<String> = Embedded::iter()
        .filter(|path| path.starts_with("agreements/"))
        .map(|path| path.into_owned())
        .collect();
    names.sort();
    Ok(Demo {
        organisations: organisations.organisation,
        library: parse("answers.toml")?,
        assurance: parse("assurance.toml")?,
        agreements: names
            .iter()
            .map(|name| parse(name))
            .collect::<Result<_, _>>()?,
    })
}

fn parse<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    let file = Embedded::get(name).ok_or_else(|| format!("demo/{name} is missing"))?;
    toml::from_str(&String::from_utf8_lossy(&file.data)).map_err(|e| format!("demo/{name}: {e}"))
}
