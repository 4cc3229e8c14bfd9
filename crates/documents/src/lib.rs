//! A record as a document: tagged PDF that a screen reader can read (PDF/UA-1)
//! and an archive can keep (PDF/A-3a).
//!
//! Nothing here reads a file, a clock or the environment. The layout is one
//! fixed Typst template; what people wrote reaches it as data, never as source,
//! so no answer can be a command.
//!
//! Rendering is work for the processor and for memory: the caller bounds how
//! many documents are made at once.

mod content;
mod press;
mod text;
mod world;

pub use press::{PdfFault, pdf};

/// A document, ready to be set.
///
/// Texts are plain. A line feed breaks the line, an empty line the paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The title; the reference stands in when it is empty.
    pub title: String,
    /// A line under the title.
    pub subtitle: Option<String>,
    /// The language as a tag: `en`, `cy`, `en-GB`.
    pub language: String,
    /// Who issues the document.
    pub author: String,
    /// What the record is known by.
    pub reference: String,
    /// The version of the record.
    pub version: String,
    /// The digest of the text that was signed, in full.
    pub digest: Option<String>,
    /// When this document was made.
    pub made_at: Moment,
    /// Whether every page says that this is a draft.
    pub draft: bool,
    /// Paragraphs under the title, such as "information, not advice".
    pub notice: Vec<String>,
    /// The address at which a reader can look the document up, shown with a QR code.
    pub address: Option<String>,
    /// A file that the document carries, as PDF/A-3 has it: what the pages were made from.
    pub attached: Option<Attached>,
    /// The body.
    pub blocks: Vec<Block>,
}

/// A file in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name, such as `evidence.json`.
    pub name: String,
    /// Such as `application/json`.
    pub media_type: String,
    /// What it is, for people.
    pub description: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A moment in UTC, in parts, so that no calendar library is imposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// The year, 0 to 9999.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59.
    pub second: u8,
}

/// One piece of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading. Level 1 is the highest; a level that would skip one is raised,
    /// because a screen reader's user moves by levels.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The words.
        text: String,
    },
    /// A paragraph.
    Paragraph(String),
    /// A list with bullets.
    List(Vec<String>),
    /// Terms, each with the paragraphs said about it.
    Facts(Vec<(String, Vec<String>)>),
    /// A table.
    Table {
        /// What the table shows; may be empty.
        caption: String,
        /// The columns, each with a heading.
        columns: Vec<Column>,
        /// The rows. A short row is filled up with empty cells; a row with more
        /// cells than columns is a fault.
        rows: Vec<Vec<String>>,
        /// Whether the first cell of each row is the row's heading.
        row_headers: bool,
    },
    /// A paragraph set apart.
    Note(String),
    /// What follows starts on a new page.
    PageBreak,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub title: String,
    /// The share of the page's width, relative to the other columns; 0 counts as 1.
    pub width: u16,
}

impl Column {
    /// A column.
    pub fn new(title: impl Into<String>, width: u16) -> Self {
        Self {
            title: title.into(),
            width,
        }
    }
}
