//! All packs together.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::checking::{Checking, Mark};
use crate::clock::Clocks;
use crate::fault::{Fault, Faults, Place, suggest};
use crate::fields::{Fields, Source};
use crate::files::Files;
use crate::law::Law;
use crate::load_clocks::ReadClocks;
use crate::load_law::ReadLaw;
use crate::record_type::RecordType;
use crate::type_files::TypeFiles;
use crate::workflow::State;

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
    /// The law's clocks, and the holidays they count by.
    pub clocks: Clocks,
    pub types: BTreeMap<String, RecordType>,
}

/// The regulator, held as data because its name is about to change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Regulator {
    pub name: String,
    pub url: String,
    pub phone: String,
}

/// What of the law was not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unchecked {
    pub provisions: usize,
    pub powers: usize,
    /// Rules that rest on a provision that was not read.
    pub rules: usize,
    pub clocks: usize,
}

impl Unchecked {
    /// Whether everything was read.
    pub fn is_empty(&self) -> bool {
        *self == Unchecked::default()
    }
}

/// The content of `pack.toml`.
struct Head {
    name: String,
    version: String,
    date: Date,
    regulator: Regulator,
}

impl Packs {
    /// Reads and checks all files; every fault is returned, not only the first.
    pub fn load(files: &Files) -> Result<Packs, Vec<Fault>> {
        match Packs::read(files) {
            (Some(packs), faults) if faults.is_empty() => Ok(packs),
            (_, faults) => Err(faults),
        }
    }

    /// Reads files that an earlier version of the program has checked and used, to show texts that
    /// were written under them. What only this version calls a fault is passed over.
    pub fn load_kept(files: &Files) -> Result<Packs, Vec<Fault>> {
        let (packs, faults) = Packs::read(files);
        packs.ok_or(faults)
    }

    /// Whatever can be read, with every fault. `None` without a `pack.toml`.
    fn read(files: &Files) -> (Option<Packs>, Vec<Fault>) {
        let faults = RefCell::new(Faults::default());
        let mut head = None;
        let mut read_law = ReadLaw::default();
        let mut read_clocks = ReadClocks::default();
        let mut types: BTreeMap<&str, TypeFiles> = BTreeMap::new();
        for (path, text) in files.iter() {
            let source = Source::new(path, text, &faults);
            let table = source.parse();
            let fields = Fields::new(&source, table.get_ref(), 0..0, "file");
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                ["pack.toml"] => head = Some(read_head(fields)),
                ["law", "kinds.toml"] => {
                    read_law.kinds(&fields);
                    fields.finish();
                }
                ["law", "provisions", _] => {
                    read_law.provisions(&fields);
                    fields.finish();
                }
                ["law", "gateways", _] => {
                    read_law.gateways(&fields);
                    fields.finish();
                }
                ["law", "clocks", _] => {
                    read_clocks.clocks(&fields);
                    fields.finish();
                }
                ["law", "calendars.toml"] => read_clocks.holidays.calendars(fields),
                ["law", "holidays", _] => read_clocks.holidays.division(fields),
                ["agreements", folder, rest @ ..] if TypeFiles::knows(rest) => {
                    types.entry(folder).or_default().read(folder, rest, fields);
                }
                _ => fields.fault(
                    &fields.place,
                    format!("\"{path}\" is not a file that packs have"),
                    "Move it to law/ or agreements/<type>/, or take it away",
                ),
            }
        }
        let mut faults = faults.into_inner();
        read_law.check(&mut faults);
        let clocks = read_clocks.finish(&read_law.law, &mut faults);
        let date = head
            .as_ref()
            .map_or(Date::constant(2026, 1, 1), |head| head.date);
        called_once(&types, &mut faults);
        let mut done = BTreeMap::new();
        for (folder, type_files) in types {
            if let Some(record_type) = type_files.finish(folder, &read_law.law, date, &mut faults) {
                done.insert(record_type.id.clone(), record_type);
            }
        }
        check_purposes(&read_law, &done, &mut faults);
        let Some(head) = head else {
            let place = Place {
                file: "pack.toml".into(),
                line: 1,
            };
            faults.add(
                &place,
                "There is no pack.toml",
                "Add it with name, version, date and [regulator]",
            );
            return (None, faults.into_sorted());
        };
        let packs = Packs {
            name: head.name,
            version: head.version,
            date: head.date,
            regulator: head.regulator,
            digest: files.digest(),
            law: read_law.law,
            clocks,
            types: done,
        };
        (Some(packs), faults.into_sorted())
    }

    /// These packs with a type, and a state of it, that they do not have: so that a record of it can still be read.
    /// It asks nothing, and the state is an end.
    #[must_use]
    pub fn with_unknown(&self, type_id: &str, state: &str) -> Packs {
        let mut packs = self.clone();
        let unknown = || RecordType::unknown(type_id, &self.law);
        let record_type = packs.types.entry(type_id.to_owned());
        let workflow = &mut record_type.or_insert_with(unknown).workflow;
        if workflow.state(state).is_none() {
            workflow.states.push(State::unknown(state));
        }
        packs
    }

    /// How much of the law was not read. A release that says nothing it has not read leaves this out.
    pub fn unchecked(&self) -> Unchecked {
        let unread = |checking: &Checking| checking.mark == Mark::Unchecked;
        let powers = self.law.gateways.iter().flat_map(|gateway| &gateway.powers);
        let rules = self.types.values().flat_map(|t| &t.rules);
        Unchecked {
            provisions: self
                .law
                .provisions
                .values()
                .filter(|p| unread(&p.checking))
                .count(),
            powers: powers.filter(|power| unread(&power.checking)).count(),
            rules: rules
                .filter(|rule| !rule.unchecked(&self.law).is_empty())
                .count(),
            clocks: self
                .clocks
                .clocks
                .iter()
                .filter(|clock| !clock.house && unread(&clock.checking))
                .count(),
        }
    }

    /// The version, named a preview while some of the law was not read.
    pub fn version_name(&self) -> String {
        if self.unchecked().is_empty() {
            self.version.clone()
        } else {
            format!("{} (preview)", self.version)
        }
    }

    /// The record type with this id.
    pub fn record_type(&self, id: &str) -> Option<&RecordType> {
        self.types.get(id)
    }
}

/// No two types are called the same, and no two begin the ids of their records alike.
fn called_once(types: &BTreeMap<&str, TypeFiles>, faults: &mut Faults) {
    let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for (folder, files) in types {
        for (what, word) in files.called() {
            if word.text.is_empty() {
                continue;
            }
            if let Some(first) = seen.insert((what, word.text.to_lowercase()), folder) {
                faults.add(
                    &word.place,
                    format!(
                        "The {what} \"{}\" is that of the type \"{first}\" too",
                        word.text
                    ),
                    "Give one of them another",
                );
            }
        }
    }
}

fn read_head(file: Fields) -> Head {
    if !file.has("date") {
        file.fault(
            &file.place,
            "This pack has no \"date\"",
            "Add date = 2026-11-21, the day it was last checked",
        );
    }
    let regulator = file.need_table("regulator", "regulator").map(|fields| {
        let regulator = Regulator {
            name: fields.need_text("name"),
            url: fields.need_text("url"),
            phone: fields.text("phone").unwrap_or_default(),
        };
        fields.finish();
        regulator
    });
    let head = Head {
        name: file.need_text("name"),
        version: file.need_text("version"),
        date: file.date("date").unwrap_or(Date::constant(2026, 1, 1)),
        regulator: regulator.unwrap_or_default(),
    };
    file.finish();
    head
}

/// A gateway's purposes are options of a question `purposes` in some type.
fn check_purposes(read: &ReadLaw, types: &BTreeMap<String, RecordType>, faults: &mut Faults) {
    let known: Vec<&str> = types
        .values()
        .filter_map(|record_type| record_type.form.question("purposes"))
        .flat_map(|(_, question)| question.options.iter().map(|option| option.id.as_str()))
        .collect();
    for word in &read.purposes_named {
        if !known.contains(&word.text.as_str()) {
            faults.add(
                &word.place,
                format!("No form offers the purpose \"{}\"", word.text),
                suggest(&word.text, known.iter().copied()),
            );
        }
    }
}
