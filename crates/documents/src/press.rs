//! From data to bytes: typeset, then write as PDF/UA-1 and PDF/A-3a in one file.

use std::sync::OnceLock;

use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::content::data;
use crate::world::DocumentWorld;
use crate::{Document, Moment};

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PdfFault {
    /// Neither title nor reference.
    #[error("the document has neither title nor reference")]
    NoTitle,
    /// Not a language tag such as `en` or `en-GB`.
    #[error("not a language: {0:?}")]
    Language(String),
    /// Not a moment of the calendar.
    #[error("not a date and time: {0:?}")]
    Moment(Moment),
    /// A row with more cells than the table has columns.
    #[error("table {caption:?}: row {row} has {cells} cells for {columns} column(s)")]
    RowTooLong {
        /// The table's caption.
        caption: String,
        /// The row, from 1.
        row: usize,
        /// The cells in it.
        cells: usize,
        /// The columns of the table.
        columns: usize,
    },
    /// Too long for a QR code.
    #[error("the address cannot be shown as a code: {0}")]
    Address(String),
    /// The data could not be written for the template.
    #[error("the document could not be handed to the typesetter: {0}")]
    Data(#[from] serde_json::Error),
    /// The typesetter refused: a mistake in the template or a document that
    /// would not meet the standards.
    #[error("the document could not be set: {0}")]
    Typesetting(String),
}

/// The document as PDF. The same document gives the same bytes.
pub fn pdf(document: &Document) -> Result<Vec<u8>, PdfFault> {
    let data = data(document)?;
    let moment = document.made_at;
    let made_at = Datetime::from_ymd_hms(
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
    )
    .filter(|_| (0..=9999).contains(&moment.year))
    .ok_or(PdfFault::Moment(moment))?;
    let world = DocumentWorld::new(serde_json::to_vec(&data)?, document.attached.as_ref());
    let bytes = set(&world, &options(document, made_at));
    // The typesetter remembers what it worked out, for an editor's next key
    // stroke. Here the next document is another one.
    comemo::evict(0);
    bytes
}

fn set(world: &DocumentWorld, options: &PdfOptions) -> Result<Vec<u8>, PdfFault> {
    let pages = typst::compile::<PagedDocument>(world)
        .output
        .map_err(|faults| said(world, &faults))?;
    typst_pdf::pdf(&pages, options).map_err(|faults| said(world, &faults))
}

fn options(document: &Document, made_at: Datetime) -> PdfOptions {
    PdfOptions {
        // The identifier follows what the document is of, not when it was made.
        ident: Smart::Custom(format!("{} {}", document.reference, document.version)),
        creator: Smart::Custom(Some("Aldgate".to_owned())),
        timestamp: Some(Timestamp::new_utc(made_at)),
        standards: standards(),
        ..PdfOptions::default()
    }
}

fn standards() -> PdfStandards {
    static STANDARDS: OnceLock<PdfStandards> = OnceLock::new();
    STANDARDS
        .get_or_init(|| {
            PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a])
                .expect("PDF/UA-1 and PDF/A-3a share PDF 1.7")
        })
        .clone()
}

/// What the typesetter said, with the lines of the template it speaks of.
fn said(world: &DocumentWorld, faults: &[SourceDiagnostic]) -> PdfFault {
    let words: Vec<String> = faults
        .iter()
        .map(|fault| match world.line(fault.span) {
            Some(line) => format!("{} (template line {line})", fault.message),
            None => fault.message.to_string(),
        })
        .collect();
    PdfFault::Typesetting(words.join("; "))
}
