//! Organisations from a CSV file: read and checked whole, shown row by row, then written.

use std::collections::HashMap;

use db::{args, sql};
use packs::Law;
use text::Rows;

use crate::kernel::{Change, Ctx, Refusal, phrases};
use crate::organisations::details::Details;
use crate::organisations::store;
use crate::organisations::store::OrganisationStanding;

sql! {
    KEYS = "select id, name, name_key, look_key, fee_number, ods_code from organisations
        where (name_key, id) > ($1, $2) order by name_key, id limit 2000";
}

/// The most rows that one file may have.
pub const MOST_ROWS: usize = 50_000;
/// The columns, in any order. Name and kind must be there.
pub const COLUMNS: [&str; 6] = ["name", "kind", "area", "fee_number", "ods_code", "standing"];
/// Rows written in one transaction.
const BATCH: usize = 200;

/// What would be done with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Add {
        details: Details,
        registered: bool,
    },
    /// It is in the gateway or in an earlier row already.
    Same {
        as_what: String,
    },
    Problem(String),
}

/// One row with the line of the file it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub name: String,
    pub fate: Fate,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.fate {
            Fate::Add { registered, .. } => {
                let standing = if *registered {
                    "registered"
                } else {
                    "external"
                };
                write!(f, "would add {} ({standing})", self.name)
            }
            Fate::Same { as_what } => write!(f, "{} is the same as {as_what}", self.name),
            Fate::Problem(what) => write!(f, "problem: {what}"),
        }
    }
}

/// Everything a file would do.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// How the file was read: "UTF-8", "windows-1252" and so on.
    pub encoding: &'static str,
    pub rows: Vec<Row>,
}

impl Plan {
    pub fn to_add(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Add { .. }))
    }

    pub fn same(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Same { .. }))
    }

    pub fn problems(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Problem(_)))
    }

    fn count(&self, wanted: fn(&Fate) -> bool) -> usize {
        self.rows.iter().filter(|row| wanted(&row.fate)).count()
    }

    /// Writes what is to be added.
    ///
    /// # Errors
    /// Says how many rows were written before it failed; the rest is not.
    pub async fn write(&self, ctx: &Ctx) -> Result<usize, (usize, Refusal)> {
        let mut written = 0;
        let adding: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| matches!(row.fate, Fate::Add { .. }))
            .collect();
        for batch in adding.chunks(BATCH) {
            let mut changes: Option<Change> = None;
            for row in batch {
                let Fate::Add {
                    details,
                    registered,
                } = &row.fate
                else {
                    continue;
                };
                let (_, change) = if *registered {
                    store::add_confirmed(ctx, details)
                } else {
                    store::add(ctx, details, OrganisationStanding::External, None)
                };
                changes = Some(match changes {
                    Some(before) => before.and(change),
                    None => change,
                });
            }
            if let Some(change) = changes {
                ctx.commit(change).await.map_err(|e| (written, e))?;
                written += batch.len();
            }
        }
        Ok(written)
    }
}

/// Reads a file and works out what each row would do. Nothing is written.
///
/// # Errors
/// In words, when the file as a whole cannot be read or the database does not answer.
pub async fn read(ctx: &Ctx, bytes: &[u8]) -> Result<Plan, String> {
    let law = &ctx.app.packs.law;
    let mut known = Known::load(ctx).await.map_err(|e| e.to_string())?;
    let Some(decoded) = text::decoded(bytes) else {
        let place = text::first_control(bytes).map_or_else(String::new, |(line, c)| {
            format!(": line {line} holds {}", text::called(c))
        });
        return Err(format!(
            "The file is not text{place}. Save the sheet as CSV, in UTF-8, and give that file."
        ));
    };
    let file = Rows::read(&decoded.text)?;
    if file.head.cells.is_empty() {
        return Err(format!("The file is empty. {}", Header::expected()));
    }
    let header = Header::read(&file.head)?;
    if file.rows.len() > MOST_ROWS {
        return Err(format!(
            "The file has more than {MOST_ROWS} rows. Split it into several files."
        ));
    }
    if file.rows.is_empty() {
        return Err("The file has a header and no rows.".to_owned());
    }
    let rows = file.rows.iter();
    Ok(Plan {
        encoding: decoded.encoding,
        rows: rows.map(|row| header.row(law, row, &mut known)).collect(),
    })
}

/// Where each column stands.
struct Header {
    places: Vec<&'static str>,
}

impl Header {
    fn expected() -> String {
        format!(
            "The first line must name the columns: {}.",
            phrases::list(&COLUMNS)
        )
    }

    fn read(head: &text::Row) -> Result<Header, String> {
        let line = head.line;
        let mut places = Vec::new();
        for name in &head.cells {
            let name = text::kept(name)
                .text
                .trim()
                .to_lowercase()
                .replace(' ', "_");
            let known = COLUMNS.iter().find(|column| **column == name);
            let column = *known.ok_or_else(|| {
                format!(
                    "Line {line} names the column “{name}”. {}",
                    Header::expected()
                )
            })?;
            if places.contains(&column) {
                return Err(format!("Line {line} names the column “{name}” twice."));
            }
            places.push(column);
        }
        for needed in ["name", "kind"] {
            if !places.contains(&needed) {
                return Err(format!(
                    "Line {line} lacks the column “{needed}”. {}",
                    Header::expected()
                ));
            }
        }
        Ok(Header { places })
    }

    /// A row may be shorter than the heading: spreadsheets leave out blank cells at its end.
    fn row(&self, law: &Law, row: &text::Row, known: &mut Known) -> Row {
        let line = row.line;
        let problem = |what: String| Row {
            line,
            name: String::new(),
            fate: Fate::Problem(what),
        };
        if row.cells.len() > self.places.len() {
            return problem(format!(
                "it has {} columns where the header has {}",
                row.cells.len(),
                self.places.len()
            ));
        }
        let cells = || self.places.iter().zip(&row.cells);
        let unseen = cells().find_map(|(column, cell)| {
            Some((
                column,
                cell.chars().find(|c| text::is_no_text(*c) && *c != '\r')?,
            ))
        });
        if let Some((column, c)) = unseen {
            return problem(format!(
                "column {column} holds {}, which is no text",
                text::called(c)
            ));
        }
        let value = |column: &str| {
            let cell = cells().find(|(place, _)| **place == column);
            cell.map_or_else(String::new, |(_, cell)| text::kept(cell).text)
        };
        let details = Details {
            name: value("name"),
            kind: value("kind"),
            area: value("area"),
            fee_number: value("fee_number"),
            ods_code: value("ods_code"),
        }
        .tidy();
        let name = details.name.clone();
        let registered = match value("standing").trim().to_lowercase().as_str() {
            "" | "external" => Ok(false),
            "registered" => Ok(true),
            other => Err(format!(
                "column standing: “{other}” is neither registered nor external"
            )),
        };
        let mut faults: Vec<String> = details
            .problems(law)
            .iter()
            .map(|p| match p.field.as_str() {
                "kind" => format!("column kind: “{}” is no kind of the law pack", details.kind),
                field => format!("column {field}: {}", p.message),
            })
            .collect();
        let fate = match registered {
            Ok(registered) if faults.is_empty() => known.fate(details, registered, line),
            Ok(_) => Fate::Problem(faults.join("; ")),
            Err(fault) => {
                faults.push(fault);
                Fate::Problem(faults.join("; "))
            }
        };
        Row { line, name, fate }
    }
}

/// What the gateway holds and earlier rows add, by each thing that makes two the same.
#[derive(Default)]
struct Known {
    names: HashMap<String, String>,
    looks: HashMap<String, String>,
    fee_numbers: HashMap<String, String>,
    ods_codes: HashMap<String, String>,
}

impl Known {
    async fn load(ctx: &Ctx) -> Result<Known, Refusal> {
        let mut known = Known::default();
        let mut after = (String::new(), String::new());
        loop {
            let args = args![after.0.as_str(), after.1.as_str()];
            let rows = ctx.app.db.all(&KEYS, args).await?;
            let Some(last) = rows.last() else {
                return Ok(known);
            };
            after = (last.text("name_key")?, last.text("id")?);
            for row in &rows {
                let what = format!("{} ({})", row.text("name")?, row.text("id")?);
                known.add(
                    [row.text("name_key")?, row.text("look_key")?],
                    &row.text("fee_number")?,
                    &row.text("ods_code")?,
                    &what,
                );
            }
        }
    }

    fn add(&mut self, keys: [String; 2], fee_number: &str, ods_code: &str, what: &str) {
        let [name, look] = keys;
        self.names.entry(name).or_insert_with(|| what.to_owned());
        self.looks.entry(look).or_insert_with(|| what.to_owned());
        for (codes, code) in [
            (&mut self.fee_numbers, fee_number),
            (&mut self.ods_codes, ods_code),
        ] {
            if !code.is_empty() {
                codes
                    .entry(code.to_owned())
                    .or_insert_with(|| what.to_owned());
            }
        }
    }

    fn fate(&mut self, details: Details, registered: bool, line: u64) -> Fate {
        let (name_key, look) = (phrases::fold(&details.name), text::looks(&details.name));
        let same = [
            (self.names.get(&name_key), "name"),
            (self.looks.get(&look), "a name that looks the same"),
            (
                self.names.get(&text::looks_folded(&details.name)),
                "a name that looks the same",
            ),
            (self.fee_numbers.get(&details.fee_number), "fee number"),
            (self.ods_codes.get(&details.ods_code), "ODS code"),
        ];
        for (found, by) in same {
            if let Some(what) = found {
                return Fate::Same {
                    as_what: format!("{what}, by {by}"),
                };
            }
        }
        let what = format!("line {line}, {}", details.name);
        self.add(
            [name_key, look],
            &details.fee_number,
            &details.ods_code,
            &what,
        );
        Fate::Add {
            details,
            registered,
        }
    }
}
