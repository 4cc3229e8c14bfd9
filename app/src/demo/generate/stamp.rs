//! One copy of a mould: other organisations, people, ids and times, and texts fixed and sealed anew.

use std::collections::BTreeMap;

use evidence::{Opening, Party, Statement};
use jiff::ToSpan as _;
use packs::Role;
use serde_json::Value as Json;

use crate::demo::generate::coalition::Member;
use crate::demo::generate::cut::{Cut, Slot};
use crate::demo::generate::mould::{Cell, Mould, Seal, ToldAct};
use crate::kernel::clock::Now;
use crate::kernel::ids;
use crate::kernel::ids::PersonId;
use crate::kernel::{Act, Acting, Change, Ctx, Refusal};
use crate::records::decision_seal::Kept;

pub struct Stamp<'a> {
    /// The gateway that is filled.
    pub ctx: &'a Ctx,
    /// Its log's name.
    pub origin: &'a str,
    pub mould: &'a Mould,
    /// Who sits at each seat.
    pub members: Vec<&'a Member>,
    pub title: String,
    /// Whole days between the mould and the copy, and microseconds within the day.
    pub days: i64,
    pub later: i64,
    /// How many days the days in its texts are moved: its review is not overdue by years.
    pub text_days: i64,
}

const DAY: i64 = 86_400_000_000;

/// What is made anew for each copy.
#[derive(Default)]
struct Fresh {
    ids: Vec<String>,
    /// Of each version, by its number.
    digests: BTreeMap<i64, String>,
    /// Of each sealed decision, by the digest of the mould's statement: the new one's digest, and the key.
    seals: BTreeMap<String, (String, String)>,
    /// The digest of each of the register's items, by its revision.
    items: BTreeMap<i64, String>,
}

impl Stamp<'_> {
    /// The copy: its rows come with its first act, each act in the name of who did it.
    ///
    /// # Errors
    /// When a member has no key though it decided something.
    pub fn press(&self) -> Result<Vec<(Ctx, Change)>, Refusal> {
        let mut fresh = Fresh::default();
        let begun = Now(self.moved(self.mould.begun_at));
        for prefix in &self.mould.ids {
            fresh
                .ids
                .push(ids::make(prefix, begun, &self.ctx.app.entropy));
        }
        let mut rows = Vec::new();
        for (statement, cells) in &self.mould.rows {
            let mut args = Vec::with_capacity(cells.len());
            for cell in cells {
                args.push(self.value(cell, &mut fresh)?);
            }
            rows.push((*statement, args));
        }
        let mut told = Vec::with_capacity(self.mould.acts.len());
        for act in &self.mould.acts {
            let (ctx, act) = self.act(act, &fresh)?;
            let mut change = Change::new(act);
            for (statement, args) in rows.drain(..) {
                change = if statement.sql.contains("on conflict") {
                    change.write(statement, &args)
                } else {
                    change.write_one(statement, &args)
                };
            }
            told.push((ctx, change));
        }
        Ok(told)
    }

    fn value(&self, cell: &Cell, fresh: &mut Fresh) -> Result<db::Value, Refusal> {
        Ok(match cell {
            Cell::Text(cut) => cut.as_ref().map(|cut| self.text(cut, fresh)).into(),
            Cell::Number(number) => (*number).into(),
            Cell::Time(time) => time.map(|time| self.moved(time)).into(),
            Cell::Bytes(bytes) => bytes.clone().into(),
            Cell::Fixed(number, cut) => {
                // Other ids may sort otherwise, so the text is made canonical again.
                let text: Json =
                    serde_json::from_str(&self.text(cut, fresh)).map_err(Refusal::broken)?;
                let bytes = ledger::canonical(&text);
                fresh.digests.insert(*number, ledger::digest(&bytes));
                String::from_utf8(bytes).map_err(Refusal::broken)?.into()
            }
            Cell::Item(revision, cut) => {
                let item = self.text(cut, fresh);
                fresh
                    .items
                    .insert(*revision, ledger::digest(item.as_bytes()));
                item.into()
            }
            Cell::Seal(None) => None::<String>.into(),
            Cell::Seal(Some(seal)) => self.seal(seal, fresh)?.into(),
        })
    }

    fn seal(&self, seal: &Seal, fresh: &mut Fresh) -> Result<String, Refusal> {
        let member = self.members[seal.seat];
        let key = member
            .key
            .as_ref()
            .ok_or_else(|| Refusal::broken("a member that decides has no key"))?;
        let entropy = &self.ctx.app.entropy;
        let open = |cut: &Option<Cut>| -> Result<Option<Opening>, Refusal> {
            let Some(cut) = cut else { return Ok(None) };
            let value = serde_json::from_str(&self.text(cut, fresh)).map_err(Refusal::broken)?;
            Ok(Some(Opening::new(&entropy.bytes(), value)))
        };
        let (who, proof) = (open(&seal.who)?, open(&seal.proof)?);
        let line = self.text(&seal.line, fresh);
        let committed = |opening: &Option<Opening>| opening.as_ref()?.commitment();
        let statement = Statement {
            gateway: self.origin.to_owned(),
            record: fresh.ids[0].clone(),
            digest: fresh.digests[&seal.statement.version].clone(),
            line,
            party: Party {
                id: member.id.to_string(),
                name: member.name.clone(),
            },
            role_since: Some(member.since),
            who: committed(&who).unwrap_or_default(),
            reason: self.text(&seal.reason, fresh),
            at: self.moved(seal.statement.at),
            proof: committed(&proof),
            ..seal.statement.clone()
        };
        let text = statement.text();
        let note = ledger::sign_note(&text, &[&key.private]).map_err(Refusal::broken)?;
        let sealed = (Statement::digest(&text), key.vkey.clone());
        fresh.seals.insert(seal.digest.clone(), sealed);
        serde_json::to_string(&Kept { note, who, proof }).map_err(Refusal::broken)
    }

    fn act(&self, told: &ToldAct, fresh: &Fresh) -> Result<(Ctx, Act), Refusal> {
        let detail = self.text(&told.detail, fresh);
        let mut detail: Json = serde_json::from_str(&detail).map_err(Refusal::broken)?;
        if told.kind == "decision.sealed" {
            let mould = detail["statement"].as_str().unwrap_or_default();
            let (statement, key) = fresh
                .seals
                .get(mould)
                .ok_or_else(|| Refusal::broken("an act of a mould seals no line"))?;
            (detail["statement"], detail["key"]) = (statement.as_str().into(), key.as_str().into());
        }
        if told.kind == "register.entry" && detail["item"].is_string() {
            let item = detail["number"].as_i64().and_then(|n| fresh.items.get(&n));
            let item = item.ok_or_else(|| Refusal::broken("an act of a mould enters no item"))?;
            detail["item"] = item.as_str().into();
        }
        let mut act = Act::again(&told.kind, &self.text(&told.subject, fresh), detail);
        if told.unnamed {
            act = act.unnamed();
        }
        let mut ctx = self.ctx.clone();
        ctx.now = Now(self.moved(told.at));
        ctx.acting = told.seat.map(|seat| Acting {
            person: PersonId::from(self.text(&told.person, fresh)),
            name: String::new(),
            organisation: self.members[seat].id.clone(),
            organisation_name: String::new(),
            roles: Default::default(),
        });
        Ok((ctx, act))
    }

    fn moved(&self, time: i64) -> i64 {
        time + self.days * DAY + self.later
    }

    fn text(&self, cut: &Cut, fresh: &Fresh) -> String {
        cut.fill(&|slot, text| match slot {
            Slot::Id(number) => text.push_str(&fresh.ids[*number]),
            Slot::Organisation(seat) => text.push_str(self.members[*seat].id.as_str()),
            Slot::Name(seat) => text.push_str(&self.members[*seat].name),
            Slot::Person(seat, role) => text.push_str(self.person(*seat, *role).0.as_str()),
            Slot::PersonName(seat, role) => text.push_str(&self.person(*seat, *role).1),
            Slot::Domain(seat) => text.push_str(&self.members[*seat].domain),
            Slot::Code(seat) => text.push_str(&self.members[*seat].ods_code),
            Slot::Fee(seat) => text.push_str(&self.members[*seat].fee_number),
            Slot::FeeNumber(seat) => text.push_str(&self.members[*seat].fee_number[1..]),
            Slot::Title => text.push_str(&self.title),
            Slot::Time(time) => text.push_str(&self.moved(*time).to_string()),
            Slot::Day(day) => {
                let day = day.checked_add(self.text_days.days()).unwrap_or(*day);
                text.push_str(&day.to_string());
            }
            Slot::Digest(number) => text.push_str(&fresh.digests[number]),
        })
    }

    fn person(&self, seat: usize, role: Role) -> &(PersonId, String) {
        let people = &self.members[seat].people;
        people
            .get(&role)
            .or_else(|| people.values().next())
            .expect("people act here")
    }
}
