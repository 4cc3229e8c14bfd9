//! A record that was made through the application, read from where it was made and cut for copying.

use std::collections::BTreeMap;

use db::{Row, Statement, args, sql};
use evidence::Statement as Decision;

use crate::demo::generate::cut::{Cut, Known, Slot};
use crate::demo::generate::tables::{Column, TABLES};
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::records::decision_seal::Kept;

sql! {
    ACTS = "select at, person_id, organisation_id, kind, subject, act from acts where subject = $1 order by sequence";
    OVERRULED = "select count(*) as overruled from lines where record_id = $1 and overruled_at is not null";
}

/// One value of a row.
pub enum Cell {
    Text(Option<Cut>),
    Number(Option<i64>),
    Time(Option<i64>),
    Bytes(Vec<u8>),
    /// The text of the version of this number.
    Fixed(i64, Cut),
    Seal(Option<Box<Seal>>),
    /// The register's item of this revision.
    Item(i64, Cut),
}

/// What was decided on a line, and by whom.
pub struct Seal {
    pub statement: Decision,
    /// The digest of the statement, by which the act of the mould names it.
    pub digest: String,
    pub line: Cut,
    pub reason: Cut,
    pub who: Option<Cut>,
    pub proof: Option<Cut>,
    pub seat: usize,
}

pub struct ToldAct {
    pub at: i64,
    pub person: Cut,
    pub seat: Option<usize>,
    pub unnamed: bool,
    pub kind: String,
    pub subject: Cut,
    pub detail: Cut,
}

pub struct Mould {
    /// The prefixes of the ids that each copy has of its own.
    pub ids: Vec<String>,
    /// When the record was begun: UTC microseconds.
    pub begun_at: i64,
    pub rows: Vec<(&'static Statement, Vec<Cell>)>,
    pub acts: Vec<ToldAct>,
}

impl Mould {
    /// Reads a record from where it was made. `known` names the organisations and people at its seats.
    pub async fn of(ctx: &Ctx, record: &RecordId, mut known: Known) -> Result<Mould, Refusal> {
        let db = &ctx.app.db;
        let overruled = db.one(&OVERRULED, args![record]).await?;
        if overruled.int("overruled")? > 0 {
            return Err(Refusal::broken(
                "a mould with overruled advice cannot be copied",
            ));
        }
        let mut tables = Vec::new();
        for table in TABLES {
            tables.push((table, db.all(table.read, args![record]).await?));
        }
        // Digests are known before the texts that name them are cut.
        for (_, rows) in &tables {
            for row in rows {
                if let (Ok(number), Ok(digest), Ok(_)) =
                    (row.int("number"), row.text("digest"), row.text("text"))
                {
                    known.words.insert(digest, Slot::Digest(number));
                }
            }
        }
        let mut rows = Vec::new();
        for (table, found) in &tables {
            for row in found {
                let cells = table.columns.iter().map(|c| cell(&mut known, row, *c));
                rows.push((table.add, cells.collect::<Result<_, _>>()?));
            }
        }
        let mut acts = Vec::new();
        for row in db.all(&ACTS, args![record]).await? {
            acts.push(act(&mut known, &row)?);
        }
        let begun_at = acts.first().map_or(0, |act| act.at);
        Ok(Mould {
            ids: known.ids,
            begun_at,
            rows,
            acts,
        })
    }
}

fn cell(known: &mut Known, row: &Row, column: Column) -> Result<Cell, Refusal> {
    Ok(match column {
        Column::Text(name) => Cell::Text(row.opt_text(name)?.map(|text| known.cut(&text))),
        Column::Number(name) => Cell::Number(row.opt_int(name)?),
        Column::Time(name) => Cell::Time(row.opt_int(name)?),
        Column::Bytes(name) => Cell::Bytes(row.bytes(name)?),
        Column::Fixed(name) => Cell::Fixed(row.int("number")?, known.cut(&row.text(name)?)),
        Column::Item(name) => Cell::Item(row.int("revision")?, known.cut(&row.text(name)?)),
        Column::Seal(name) => Cell::Seal(match row.opt_text(name)? {
            Some(kept) => Some(Box::new(seal(known, &kept)?)),
            None => None,
        }),
    })
}

fn seal(known: &mut Known, kept: &str) -> Result<Seal, Refusal> {
    let unreadable = || Refusal::broken("a seal of a mould cannot be read");
    let kept: Kept = serde_json::from_str(kept).map_err(Refusal::broken)?;
    let note = evidence::Note::read(&kept.note).ok_or_else(unreadable)?;
    let statement = Decision::read(&note.text).ok_or_else(unreadable)?;
    let mut opened = |opening: Option<evidence::Opening>| {
        opening.map(|opening| known.cut(&opening.value.to_string()))
    };
    let (who, proof) = (opened(kept.who), opened(kept.proof));
    Ok(Seal {
        line: known.cut(&statement.line),
        reason: known.cut(&statement.reason),
        who,
        proof,
        seat: seat(known, &statement.party.id).ok_or_else(unreadable)?,
        digest: Decision::digest(&note.text),
        statement,
    })
}

fn act(known: &mut Known, row: &Row) -> Result<ToldAct, Refusal> {
    let person = row.text("person_id")?;
    let organisation = row.text("organisation_id")?;
    let act = row.opt_text("act")?.unwrap_or_default();
    let said: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&act).map_err(Refusal::broken)?;
    let detail = said.get("detail").map(ToString::to_string);
    Ok(ToldAct {
        at: row.int("at")?,
        unnamed: person.is_empty() && !organisation.is_empty(),
        seat: seat(known, &organisation),
        person: known.cut(&person),
        kind: row.text("kind")?,
        subject: known.cut(&row.text("subject")?),
        detail: known.cut(&detail.unwrap_or_default()),
    })
}

fn seat(known: &Known, organisation: &str) -> Option<usize> {
    match known.words.get(organisation) {
        Some(Slot::Organisation(seat)) => Some(*seat),
        _ => None,
    }
}
