//! The government's sheet of information sharing agreements (2019): 18 columns, tab separated,
//! several values in one cell apart by `;`, and names of register entries as `register:number`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use text::{Name, Rows};

use crate::kernel::phrases;

/// The columns, in any order.
pub const COLUMNS: [&str; 18] = [
    KEY,
    "name",
    "purpose",
    "information-sharing-benefits",
    "legal-power-disclosure",
    "disclosed-information",
    "controllers",
    "controller-names",
    "information-sharing-method",
    "processors",
    "processor-names",
    "retention-period",
    "start-date",
    "end-date",
    "review-date",
    "contact",
    "areas",
    "area-names",
];
const KEY: &str = "information-sharing-agreement-0001";

/// Registers that a cell may name an entry of.
const POWERS: &[&str] = &["information-sharing-agreement-powers-and-objectives-0001"];
const BODIES: &[&str] = &[
    "government-organisation",
    "information-sharing-agreement-specified-person-0001",
    "local-authority-eng",
    "local-authority-nir",
    "local-authority-sct",
    "principal-local-authority",
];
const AREAS: &[&str] = &[
    "country",
    "territory",
    "local-authority-eng",
    "local-authority-nir",
    "local-authority-sct",
    "principal-local-authority",
];

/// Entries that the sheet itself names in words.
const KNOWN_BODIES: &[(&str, &str)] = &[
    ("government-organisation:D2", "Cabinet Office"),
    ("government-organisation:D25", "HM Revenue and Customs"),
];

/// What is wrong with a cell, or with a row where no column is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    pub column: String,
    pub message: String,
}

impl CellProblem {
    pub fn new(column: &str, message: impl Into<String>) -> CellProblem {
        CellProblem {
            column: column.to_owned(),
            message: message.into(),
        }
    }
}

/// An organisation that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub name: String,
    pub entry: String,
    pub processor: bool,
}

/// One agreement as the sheet states it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub name: String,
    pub purpose: String,
    pub benefits: String,
    pub powers: Vec<String>,
    pub information: Vec<String>,
    pub bodies: Vec<Body>,
    pub method: String,
    pub retention: String,
    /// Days as YYYY-MM-DD, or empty.
    pub start: String,
    pub end: String,
    pub review: String,
    pub contact: String,
    pub areas: Vec<String>,
}

/// A row of the sheet by its line in the file.
#[derive(Debug)]
pub struct Row {
    pub number: u64,
    pub read: Result<Entry, Vec<CellProblem>>,
}

/// Reads a sheet.
///
/// # Errors
/// When it is not such a sheet at all: says what is missing.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>, String> {
    // A control character in a text is named with its cell.
    let text = match text::decoded(bytes) {
        Some(decoded) => decoded.text,
        None if text::first_control(bytes).is_some() => String::from_utf8_lossy(bytes).into_owned(),
        None => return Err(NOT_A_SHEET.to_owned()),
    };
    let file = Rows::read(&text)?;
    let heading: Vec<String> = file
        .head
        .cells
        .iter()
        .map(|name| text::kept(name).text)
        .collect();
    let missing: Vec<&str> = COLUMNS
        .into_iter()
        .filter(|column| !heading.iter().any(|found| found == column))
        .collect();
    if missing.len() > COLUMNS.len() / 2 {
        return Err(NOT_A_SHEET.to_owned());
    }
    if !missing.is_empty() {
        return Err(format!(
            "Row 1 lacks the {} {}. Add what is missing; a column may be empty.",
            if missing.len() == 1 {
                "column"
            } else {
                "columns"
            },
            phrases::list(&missing)
        ));
    }
    let rows = file.rows.iter();
    Ok(rows
        .map(|row| Row {
            number: row.line,
            read: cells(&heading, &row.cells).and_then(|cells| entry(&cells)),
        })
        .collect())
}

const NOT_A_SHEET: &str = "This is not a tab-separated sheet of agreements: row 1 does not name its columns. Save \
                           the sheet as tab-separated text (TSV), with the headings in the first row.";

fn cells(heading: &[String], row: &[String]) -> Result<BTreeMap<String, String>, Vec<CellProblem>> {
    if row.len() != heading.len() {
        return Err(vec![CellProblem::new(
            "",
            format!(
                "has {} columns, and the heading has {}. Look for a tab or a line break inside a cell",
                row.len(),
                heading.len()
            ),
        )]);
    }
    let mut problems = Vec::new();
    let mut cells = BTreeMap::new();
    for (column, cell) in heading.iter().zip(row) {
        if cell.contains('\t') {
            problems.push(CellProblem::new(
                column,
                "a quotation mark is opened and never closed, so the cell runs on",
            ));
        } else if let Some(c) = cell.chars().find(|c| text::is_no_text(*c) && *c != '\r') {
            let what = format!("holds characters that are no text ({})", text::called(c));
            problems.push(CellProblem::new(column, what));
        } else {
            cells.insert(column.clone(), text::kept(cell).text);
        }
    }
    if problems.is_empty() {
        Ok(cells)
    } else {
        Err(problems)
    }
}

fn entry(cells: &BTreeMap<String, String>) -> Result<Entry, Vec<CellProblem>> {
    let mut problems = Vec::new();
    let cell = |column: &str| cells.get(column).map_or("", String::as_str);
    let mut note = |result: Result<(), CellProblem>| problems.extend(result.err());
    for column in ["name", "purpose", "controllers"] {
        if cell(column).is_empty() {
            note(Err(CellProblem::new(column, "is empty")));
        }
    }
    let mut days = Vec::new();
    for column in ["start-date", "end-date", "review-date"] {
        let text = cell(column);
        if !text.is_empty() && (text.len() != 10 || text.parse::<Date>().is_err()) {
            note(Err(CellProblem::new(
                column,
                format!("“{text}” is not a day. Write it as 2019-12-31"),
            )));
        }
        days.push(text.to_owned());
    }
    if !days[0].is_empty() && !days[1].is_empty() && days[1] < days[0] {
        note(Err(CellProblem::new(
            "end-date",
            format!("{} is before the start date, {}", days[1], days[0]),
        )));
    }
    let retention = match cell("retention-period") {
        "" => String::new(),
        text => match duration(text) {
            Some(words) => words,
            None => {
                note(Err(CellProblem::new(
                    "retention-period",
                    format!("“{text}” is not a length of time. Write it as P6Y, P18M or P30D"),
                )));
                String::new()
            }
        },
    };
    let powers = entries(cell("legal-power-disclosure"));
    let areas = match entries(cell("area-names")) {
        names if names.is_empty() => entries(cell("areas")),
        names => names,
    };
    for (column, registers) in [
        ("legal-power-disclosure", POWERS),
        ("controllers", BODIES),
        ("processors", BODIES),
        ("areas", AREAS),
    ] {
        for value in entries(cell(column)) {
            note(check_entry(column, &value, registers));
        }
    }
    for column in ["controller-names", "processor-names"] {
        for name in entries(cell(column)) {
            note(
                Name::new(&name)
                    .map(drop)
                    .map_err(|fault| CellProblem::new(column, fault.to_string())),
            );
        }
    }
    let mut bodies = parties(cell("controllers"), cell("controller-names"), false);
    for processor in parties(cell("processors"), cell("processor-names"), true) {
        // A body that decides about the data is a controller, also where it handles it for others.
        if !bodies.iter().any(|body| body.name == processor.name) {
            bodies.push(processor);
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Entry {
        key: cell(KEY).to_owned(),
        name: cell("name")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        purpose: cell("purpose").to_owned(),
        benefits: cell("information-sharing-benefits").to_owned(),
        powers,
        information: cell("disclosed-information")
            .split('●')
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect(),
        bodies,
        method: cell("information-sharing-method").to_owned(),
        retention,
        start: days[0].clone(),
        end: days[1].clone(),
        review: days[2].clone(),
        contact: cell("contact").to_owned(),
        areas,
    })
}

fn entries(cell: &str) -> Vec<String> {
    cell.split(';')
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

fn check_entry(column: &str, value: &str, registers: &[&str]) -> Result<(), CellProblem> {
    let problem = |message: String| Err(CellProblem::new(column, message));
    let Some((register, number)) = value.split_once(':') else {
        return problem(format!(
            "“{value}” is not an entry of a register. Write it as {}:1",
            registers[0]
        ));
    };
    if number.is_empty()
        || !number
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-')
    {
        return problem(format!("“{value}” names no entry after the colon"));
    }
    if registers.contains(&register) {
        return Ok(());
    }
    let near = registers
        .iter()
        .map(|known| (strsim::damerau_levenshtein(register, known), known))
        .min()
        .filter(|(distance, _)| *distance <= 4);
    problem(match near {
        Some((_, known)) => {
            format!("there is no register “{register}”. Did you mean “{known}:{number}”?")
        }
        None => format!(
            "there is no register “{register}” for this column. Use one of: {}",
            registers.join(", ")
        ),
    })
}

/// The bodies of a cell, named by the cell beside it where that names each of them.
fn parties(codes: &str, names: &str, processor: bool) -> Vec<Body> {
    let codes = entries(codes);
    let names = entries(names);
    codes
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let known = KNOWN_BODIES.iter().find(|(known, _)| known == entry);
            let named = names.get(at).filter(|_| names.len() == codes.len());
            Body {
                name: match (named, known) {
                    (Some(name), _) => name.clone(),
                    (None, Some((_, name))) => (*name).to_owned(),
                    (None, None) => entry.clone(),
                },
                entry: entry.clone(),
                processor,
            }
        })
        .collect()
}

/// "3 years 11 months" for "P3Y11M".
fn duration(text: &str) -> Option<String> {
    let mut parts = Vec::new();
    let mut number = String::new();
    for c in text.strip_prefix('P')?.chars() {
        let unit = match c {
            '0'..='9' if number.len() < 4 => {
                number.push(c);
                continue;
            }
            'Y' => "year",
            'M' => "month",
            'W' => "week",
            'D' => "day",
            _ => return None,
        };
        let plural = if number == "1" { "" } else { "s" };
        parts.push(format!("{} {unit}{plural}", number.parse::<u16>().ok()?));
        number.clear();
    }
    (number.is_empty() && !parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_in_words() {
        assert_eq!(duration("P3Y11M").as_deref(), Some("3 years 11 months"));
        assert_eq!(duration("P1Y").as_deref(), Some("1 year"));
        for bad in ["", "P", "3M", "P3", "PM", "P3H", "P99999Y"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_misspelt_register_is_told_with_the_right_one() {
        let problem = check_entry(
            "legal-power-disclosure",
            "information-sharing-agreement-powers-and-objecitves-0001:2",
            POWERS,
        )
        .unwrap_err();
        assert!(
            problem.message.contains(
                "Did you mean “information-sharing-agreement-powers-and-objectives-0001:2”"
            ),
            "{}",
            problem.message
        );
    }
}
