//! Rows of CSV files: RFC 4180, UTF-8 without a mark, and nothing that a spreadsheet would run.

use csv::{Terminator, WriterBuilder};
use jiff::civil::Date;
use serde_json::Number;

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    /// Shown in pounds with two decimals.
    Pence(i64),
    Number(Number),
    Date(Date),
    /// Joined by semicolons.
    List(Vec<String>),
    Withheld,
}

/// What stands in the place of what is withheld.
pub const WITHHELD: &str = "[withheld]";

/// One row with its line end.
pub fn row(cells: &[Cell]) -> String {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    let written = writer.write_record(cells.iter().map(Cell::shown));
    debug_assert!(written.is_ok(), "memory takes every row");
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

impl Cell {
    fn shown(&self) -> String {
        match self {
            Cell::Text(text) => defused(text.clone()),
            Cell::Pence(pence) => {
                let sign = if *pence < 0 { "-" } else { "" };
                let pence = pence.unsigned_abs();
                format!("{sign}{}.{:02}", pence / 100, pence % 100)
            }
            Cell::Number(number) => number.to_string(),
            Cell::Date(date) => date.to_string(),
            Cell::List(list) => defused(list.join(";")),
            Cell::Withheld => WITHHELD.to_owned(),
        }
    }
}

/// A spreadsheet runs text that begins like a formula: such text gets an apostrophe in front.
fn defused(mut text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        text.insert(0, '\'');
    }
    text
}
