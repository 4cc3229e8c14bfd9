//! The organisations and people of a generated coalition: most are tiny.

use std::collections::BTreeMap;

use ledger::LogKey;
use packs::{Packs, Role};

use crate::demo::generate::chance::Chance;
use crate::demo::generate::names;
use crate::identity::proofs as identity;
use crate::identity::proofs::Proof;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Change, Ctx, Refusal};
use crate::ledger::keys;
use crate::organisations::details::Details;
use crate::organisations::roles;
use crate::organisations::store as organisations;
use crate::organisations::store::OrganisationStanding;

/// How many of a hundred organisations are of each kind.
const KINDS: &[(u32, &str)] = &[
    (40, "school"),
    (22, "gp"),
    (14, "vcs"),
    (6, "supplier"),
    (5, "housing_provider"),
    (4, "borough"),
    (3, "nhs_trust"),
    (1, "gla"),
    (1, "police"),
    (1, "fire"),
    (1, "probation"),
    (1, "university"),
    (1, "energy_supplier"),
];

/// The first organisations are one of each kind, and a second of those that agreements need twice.
const FIRST: &[&str] = &[
    "borough",
    "gla",
    "police",
    "fire",
    "nhs_trust",
    "probation",
    "school",
    "gp",
    "vcs",
    "housing_provider",
    "borough",
    "dwp",
    "energy_supplier",
    "supplier",
    "university",
];

/// The fewest organisations of a coalition.
pub const FEWEST: usize = 20;

/// Whether organisations of a kind use the gateway; the others are only listed.
pub fn is_registered(kind: &str) -> bool {
    !matches!(kind, "supplier" | "university" | "energy_supplier" | "dwp")
}

/// Whether organisations of a kind give care.
pub fn is_care(packs: &Packs, kind: &str) -> bool {
    packs.law.kind(kind).is_some_and(|kind| kind.care)
}

pub struct Key {
    pub private: LogKey,
    pub vkey: String,
}

pub struct Member {
    pub id: OrganisationId,
    pub name: String,
    /// Without what all of them are under.
    pub domain: String,
    pub fee_number: String,
    pub ods_code: String,
    /// Since when its people hold their roles: UTC microseconds.
    pub since: i64,
    /// Who holds a role.
    pub people: BTreeMap<Role, (PersonId, String)>,
    /// An organisation that uses the gateway has one from the start.
    pub key: Option<Key>,
}

/// What an organisation is to be.
pub struct Plan {
    pub kind: &'static str,
    /// Its number among those of its kind, from 1.
    pub number: usize,
    /// Who uses the gateway has at least two.
    pub people: usize,
}

/// Plans the coalition. Where there are fewer people than two for each organisation that could use
/// the gateway, the last ones are only listed.
pub fn plan(chance: &mut Chance, organisations: usize, people: usize) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::with_capacity(organisations);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut registered, mut left) = (Vec::new(), people);
    for place in 0..organisations {
        let kind = match FIRST.get(place) {
            Some(kind) => kind,
            None => chance.one_of(KINDS),
        };
        let number = numbers.entry(kind).or_default();
        *number += 1;
        // Two in five of those that could use it are only listed: they are in the directory.
        let uses = is_registered(kind) && (place < FEWEST || chance.below(5) < 3) && left >= 2;
        if uses {
            registered.push(place);
            left -= 2;
        }
        plans.push(Plan {
            kind,
            number: *number,
            people: if uses { 2 } else { 0 },
        });
    }
    for _ in 0..left {
        let larger = chance.skewed(registered.len());
        plans[registered[larger]].people += 1;
    }
    plans
}

/// Which roles the people of an organisation hold: two share them all, further ones take some over.
fn held(place: usize) -> &'static [Role] {
    match place {
        0 => &[
            Role::Administrator,
            Role::Author,
            Role::DataProtectionOfficer,
        ],
        1 => &[Role::SeniorOfficer, Role::CaldicottGuardian],
        2 => &[Role::Author],
        3 => &[Role::DataProtectionOfficer],
        4 => &[Role::CaldicottGuardian],
        5 => &[Role::Auditor],
        place if place % 3 == 0 => &[Role::Author],
        _ => &[Role::Viewer],
    }
}

/// What the domains of made-up organisations are under.
pub const UNDER: &str = ".demo.example";

/// An organisation with its people, their roles and its key, at the moment of `ctx`.
pub async fn register(
    ctx: &Ctx,
    chance: &mut Chance,
    plan: &Plan,
    password: &str,
) -> Result<(Member, Change), Refusal> {
    let uses = plan.people > 0;
    let domain = format!("{}-{}", plan.kind.replace('_', "-"), plan.number);
    let details = Details {
        name: names::organisation(chance, plan.kind),
        kind: plan.kind.to_owned(),
        area: format!("E0900{:04}", chance.below(33) + 1),
        fee_number: format!("Z{}", 1_000_000 + chance.below(8_000_000)),
        ods_code: if is_care(&ctx.app.packs, plan.kind) {
            format!("G{:05}", chance.below(100_000))
        } else {
            String::new()
        },
    };
    let (id, mut change) = if uses {
        organisations::add_confirmed(ctx, &details)
    } else {
        organisations::add(ctx, &details, OrganisationStanding::External, None)
    };
    let mut people = BTreeMap::new();
    for place in 0..plan.people {
        let name = names::person(chance);
        let local = match place {
            0 => "administrator".to_owned(),
            1 => "senior.officer".to_owned(),
            more => format!("person-{more}"),
        };
        let email = format!("{local}@{domain}{UNDER}");
        let (person, added) = identity::add(
            ctx,
            &name,
            &email,
            Some(password.to_owned()),
            &Proof::Operator,
        );
        change = change.and(added);
        for role in held(place) {
            change = change.and(roles::grant(ctx, &id, &person, &(*role).into()));
            people.insert(*role, (person.clone(), name.clone()));
        }
    }
    let mut key = None;
    if uses {
        let (private, public, made) = keys::first(ctx, &id).await?;
        change = change.and(made);
        key = Some(Key {
            private,
            vkey: public.vkey,
        });
    }
    let member = Member {
        id,
        name: details.name,
        domain,
        fee_number: details.fee_number,
        ods_code: details.ods_code,
        since: ctx.now.0,
        people,
        key,
    };
    Ok((member, change))
}
