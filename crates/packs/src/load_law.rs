//! Reading kinds, provisions and gateways.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::checking::{Approval, Checking, Mark};
use crate::fault::{Faults, Place};
use crate::fields::{Fields, Word};
use crate::law::{Gateway, GatewayType, Kind, Law, Power, Provision, Status};

/// The law with the places and references that are checked once everything is read.
#[derive(Default)]
pub(crate) struct ReadLaw {
    pub law: Law,
    places: BTreeMap<(&'static str, String), Place>,
    kinds_named: Vec<Word>,
    provisions_named: Vec<Word>,
    /// Purposes named by gateways; the forms that offer them are read later.
    pub purposes_named: Vec<Word>,
}

impl ReadLaw {
    pub fn kinds(&mut self, file: &Fields) {
        for fields in file.tables("kind", "kind") {
            let kind = Kind {
                id: fields.need_text("id"),
                name: fields.need_text("name"),
                public: fields.flag("public").unwrap_or(false),
                care: fields.flag("care").unwrap_or(false),
                group: fields.text("group").unwrap_or_default(),
                welsh: BTreeMap::new(),
            };
            self.once("kind", &kind.id, &fields);
            let welsh = fields.finish();
            self.law.kinds.push(Kind { welsh, ..kind });
        }
    }

    pub fn provisions(&mut self, file: &Fields) {
        let for_whom = file.text("for_whom").unwrap_or_default();
        for fields in file.tables("provision", "provision") {
            let (from, to) = fields.period();
            let provision = Provision {
                id: identifier(&fields),
                title: fields.need_text("title"),
                link: link(&fields),
                jurisdiction: fields.text("jurisdiction").unwrap_or_default(),
                from,
                to,
                status: fields
                    .one_of("status", &Status::ALL)
                    .unwrap_or(Status::InForce),
                plain: fields.need_text("plain"),
                checking: checking(&fields, &for_whom),
                welsh: BTreeMap::new(),
            };
            self.once("provision", &provision.id, &fields);
            let welsh = fields.finish();
            self.law
                .provisions
                .insert(provision.id.clone(), Provision { welsh, ..provision });
        }
    }

    pub fn gateways(&mut self, file: &Fields) {
        let for_whom = file.text("for_whom").unwrap_or_default();
        for fields in file.tables("gateway", "gateway") {
            let types = fields.some_of("type", &GatewayType::ALL);
            let (from, to) = fields.period();
            for key in ["givers", "receivers"] {
                self.kinds_named.extend(fields.words(key));
            }
            self.provisions_named.extend(fields.words("provisions"));
            self.purposes_named.extend(fields.words("purposes"));
            let mut gateway = Gateway {
                id: fields.need_text("id"),
                title: fields.need_text("title"),
                givers: fields.texts("givers"),
                receivers: fields.texts("receivers"),
                from_to: fields.text("from_to").unwrap_or_default(),
                purposes: fields.texts("purposes"),
                purpose: fields.text("purpose").unwrap_or_default(),
                limits: fields.text("limits").unwrap_or_default(),
                plain: fields.need_text("plain"),
                provisions: fields.texts("provisions"),
                status: fields
                    .one_of("status", &Status::ALL)
                    .unwrap_or(Status::Unknown),
                from,
                to,
                checking: checking(&fields, &for_whom),
                note: fields.text("note"),
                powers: Vec::new(),
                types,
                welsh: BTreeMap::new(),
            };
            gateway.powers = self.powers(&fields, &gateway);
            self.once("gateway", &gateway.id, &fields);
            if gateway.types.is_empty() && !fields.has("type") {
                fields.fault(
                    &fields.place,
                    "This gateway has no \"type\"",
                    "Add type = [\"power\"], or duty, cooperation, limit, transparency",
                );
            }
            if gateway.powers.is_empty() && gateway.types.iter().any(|t| t.lets_share()) {
                fields.fault(
                    &fields.place,
                    format!(
                        "Gateway {} lets bodies share but has no power to choose",
                        gateway.id
                    ),
                    "Add a [[gateway.power]] with id and title",
                );
            }
            let welsh = fields.finish();
            self.law.gateways.push(Gateway { welsh, ..gateway });
        }
    }

    /// The powers of a gateway. What a power does not say of itself is as its gateway says.
    fn powers(&mut self, fields: &Fields, gateway: &Gateway) -> Vec<Power> {
        let mut powers = Vec::new();
        for fields in fields.tables("power", "power") {
            for key in ["givers", "receivers", "one_end"] {
                self.kinds_named.extend(fields.words(key));
            }
            self.purposes_named.extend(fields.words("purposes"));
            let own = |key: &'static str, otherwise: &[String]| {
                if fields.has(key) {
                    fields.texts(key)
                } else {
                    otherwise.to_vec()
                }
            };
            let (from, to) = fields.period();
            let types = fields.some_of("type", &GatewayType::ALL);
            let power = Power {
                id: fields.need_text("id"),
                title: fields.need_text("title"),
                types: if types.is_empty() {
                    gateway.types.clone()
                } else {
                    types
                },
                status: fields
                    .one_of("status", &Status::ALL)
                    .unwrap_or(gateway.status),
                from: from.or(gateway.from),
                to: to.or(gateway.to),
                givers: own("givers", &gateway.givers),
                receivers: own("receivers", &gateway.receivers),
                purposes: own("purposes", &gateway.purposes),
                one_end: fields.texts("one_end"),
                checking: if fields.has("mark") {
                    checking(&fields, &gateway.checking.for_whom)
                } else {
                    gateway.checking.clone()
                },
            };
            self.once("power", &power.id, &fields);
            fields.finish();
            powers.push(power);
        }
        powers
    }

    fn once(&mut self, what: &'static str, id: &str, fields: &Fields) {
        let place = &fields.place;
        match self.places.entry((what, id.to_owned())) {
            Entry::Occupied(first) => twice(fields, what, id, place, first.get()),
            Entry::Vacant(free) => {
                free.insert(place.clone());
            }
        }
    }

    /// Checks every kind and provision that a gateway names.
    pub fn check(&self, faults: &mut Faults) {
        for word in &self.kinds_named {
            check_kind(&self.law, word, faults);
        }
        for word in &self.provisions_named {
            check_provision(&self.law, word, faults);
        }
    }
}

/// How something was checked. What was not read has no day of reading, and what was read has one.
pub(crate) fn checking(fields: &Fields, for_whom: &str) -> Checking {
    let mark = fields.one_of("mark", &Mark::ALL).unwrap_or_default();
    let checking = Checking {
        mark,
        read_on: fields.date("checked"),
        copy: fields.text("copy"),
        approvals: approvals(fields),
        for_whom: fields
            .text("for_whom")
            .unwrap_or_else(|| for_whom.to_owned()),
    };
    if mark == Mark::Unchecked && checking.read_on.is_some() {
        fields.fault(
            &fields.place_of("checked"),
            "This was not read (mark K) and yet has a day on which it was checked",
            "Take \"checked\" out, or read the law and change the mark",
        );
    }
    if mark != Mark::Unchecked && checking.read_on.is_none() {
        fields.fault(
            &fields.place,
            format!(
                "This has the mark {} and no day on which it was read",
                mark.as_str()
            ),
            "Add checked = 2026-11-21, or mark = \"K\"",
        );
    }
    checking
}

/// Approvals by named reviewers.
pub(crate) fn approvals(fields: &Fields) -> Vec<Approval> {
    let mut approvals = Vec::new();
    for fields in fields.tables("approval", "approval") {
        let (name, role) = (fields.need_text("name"), fields.need_text("role"));
        let date = fields.date("date");
        if !fields.has("date") {
            fields.fault(
                &fields.place,
                "This approval has no \"date\"",
                "Add the day on which the reviewer approved it",
            );
        }
        fields.finish();
        approvals.extend(date.map(|date| Approval { name, role, date }));
    }
    approvals
}

pub(crate) fn check_provision(law: &Law, word: &Word, faults: &mut Faults) {
    if !law.provisions.contains_key(&word.text) {
        faults.add(
            &word.place,
            format!("There is no provision \"{}\"", word.text),
            format!(
                "Add it under law/provisions. {}",
                crate::fault::suggest(&word.text, law.provisions.keys().map(String::as_str))
            ),
        );
    }
}

fn check_kind(law: &Law, word: &Word, faults: &mut Faults) {
    if word.text != "any" && law.kind(&word.text).is_none() {
        faults.add(
            &word.place,
            format!("There is no kind of party \"{}\"", word.text),
            crate::fault::suggest(&word.text, law.kinds.iter().map(|kind| kind.id.as_str())),
        );
    }
}

/// Names an id that is given twice.
pub(crate) fn twice(fields: &Fields, what: &str, id: &str, place: &Place, first: &Place) {
    fields.fault(
        place,
        format!(
            "The {what} \"{id}\" is there twice; first in {}:{}",
            first.file, first.line
        ),
        "Give one of them another id, or take it out",
    );
}

fn identifier(fields: &Fields) -> String {
    let id = fields.need_text("id");
    if !id
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    {
        fields.fault(
            &fields.place_of("id"),
            format!("The id \"{id}\" is not in lower case letters, digits and hyphens"),
            "Write it as in \"ukgdpr-art6\"",
        );
    }
    id
}

fn link(fields: &Fields) -> String {
    let link = fields.need_text("link");
    if !link.is_empty() && !link.starts_with("https://") && !link.starts_with("http://") {
        fields.fault(
            &fields.place_of("link"),
            format!("\"{link}\" is not a web address"),
            "Start the link with https://",
        );
    }
    link
}
