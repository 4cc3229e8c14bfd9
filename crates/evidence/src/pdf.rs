//! A signed PDF: the bundle as an attached file, and a seal over every other byte.
//!
//! The seal is one comment line before the last `startxref`:
//!
//! ```text
//! %aldgate-seal-v1 BASE64(key hash ‖ signature)⏎
//! ```
//!
//! It is the signature line of a C2SP signed note by the log's key over [`seal_text`]. A comment is
//! white space to a PDF reader, and no object comes after it, so nothing else in the file moves.

use std::io::Read as _;

use flate2::bufread::ZlibDecoder;
use memchr::memmem;

use crate::{Body, LARGEST, LARGEST_PDF, Note, digest};

const MARK: &[u8] = b"\n%aldgate-seal-v1 ";
const END: &[u8] = b"startxref";
/// How every bundle begins.
const FIRST: [u8; 9] = *b"{\"body\":{";

/// Why nothing could be taken from a PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfFault {
    #[error("the PDF is larger than {LARGEST_PDF} bytes")]
    TooLarge,
    #[error(
        "the PDF carries no evidence: it is not a signed document of a gateway, or another program has saved it anew"
    )]
    NoEvidence,
    #[error("the PDF carries evidence more than once")]
    Several,
    #[error("the PDF names more attached files than a document of a gateway")]
    TooMany,
    #[error("this is not a finished PDF")]
    NotPdf,
}

/// The evidence attached to a PDF. The file is searched for attached files and not followed from
/// its table of contents, so that nothing can be shown to one reader and hidden from another.
pub fn extract(pdf: &[u8]) -> Result<Vec<u8>, PdfFault> {
    if pdf.len() > LARGEST_PDF {
        return Err(PdfFault::TooLarge);
    }
    let mut found: Option<Content> = None;
    for (count, name) in memmem::find_iter(pdf, NAME).enumerate() {
        if count >= MAX_NAMES {
            return Err(PdfFault::TooMany);
        }
        let Some(content) = attached(pdf, name + NAME.len()) else {
            continue;
        };
        match found {
            // Its dictionary says twice what it is.
            Some(known) if known.at == content.at => {}
            Some(_) => return Err(PdfFault::Several),
            None => found = Some(content),
        }
    }
    // Only the one is taken out of the file, and once.
    let content = found.ok_or(PdfFault::NoEvidence)?;
    read(pdf, &content).ok_or(PdfFault::NoEvidence)
}

const NAME: &[u8] = b"/EmbeddedFile";
/// How often a file may name attached files. Documents of a gateway do so twice.
pub const MAX_NAMES: usize = 32;
/// How far the dictionary of an attached file may reach from the name of its type.
const NEAR: usize = 4096;

/// An attached file that begins as a bundle does.
#[derive(Clone, Copy)]
struct Content {
    at: usize,
    packed: bool,
}

/// The attached file whose dictionary holds the place `at`, if it begins as a bundle does.
fn attached(pdf: &[u8], at: usize) -> Option<Content> {
    let after = &pdf[at..pdf.len().min(at + NEAR)];
    let start = at + find(after, b"stream")?;
    let before = at.saturating_sub(NEAR);
    let begin = before + rfind(&pdf[before..at], b" obj")?;
    let dictionary = &pdf[begin..start];
    if find(dictionary, b"endobj").is_some() {
        return None;
    }
    let rest = &pdf[start + b"stream".len()..];
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    let rest = rest.strip_prefix(b"\n")?;
    let packed = find(dictionary, b"/FlateDecode").is_some();
    let mut first = [0; FIRST.len()];
    if packed {
        ZlibDecoder::new(rest).read_exact(&mut first).ok()?;
    } else {
        first = *rest.first_chunk()?;
    }
    (first == FIRST).then_some(Content {
        at: pdf.len() - rest.len(),
        packed,
    })
}

fn read(pdf: &[u8], content: &Content) -> Option<Vec<u8>> {
    let rest = &pdf[content.at..];
    if content.packed {
        let mut bytes = Vec::new();
        let mut inflated = ZlibDecoder::new(rest).take(LARGEST as u64 + 1);
        inflated.read_to_end(&mut bytes).ok()?;
        return (bytes.len() <= LARGEST).then_some(bytes);
    }
    let bytes = &rest[..find(rest, b"endstream")?];
    Some(bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec())
}

/// The PDF without its seal, and the seal; none where there is not exactly one, at its place.
pub(crate) fn parts(pdf: &[u8]) -> Option<(Vec<u8>, String)> {
    let at = find(pdf, MARK)?;
    let line = at + MARK.len();
    let end = line + find(&pdf[line..], b"\n")? + 1;
    let last = rfind(pdf, END)?;
    if end != last || find(&pdf[line..], MARK).is_some() {
        return None;
    }
    let seal = std::str::from_utf8(&pdf[line..end - 1]).ok()?.to_owned();
    Some(([&pdf[..=at], &pdf[end..]].concat(), seal))
}

/// What is sealed: six lines, each ended by a line feed. `pdf` is the file without the seal.
pub fn seal_text(body: &Body, bundle: &[u8], pdf: &[u8]) -> String {
    format!(
        "aldgate-document-v1\n{}\n{}\n{}\n{}\n{}\n",
        body.gateway,
        body.record.id,
        body.version,
        digest(bundle),
        digest(pdf)
    )
}

/// Puts the seal, a signed note over [`seal_text`], into the file that it is about.
pub fn insert_seal(pdf: &[u8], note: &str) -> Result<Vec<u8>, PdfFault> {
    let at = rfind(pdf, END).ok_or(PdfFault::NotPdf)?;
    let line = note.trim_end().rsplit(' ').next().unwrap_or_default();
    if Note::read(note).is_none() || at == 0 || pdf[at - 1] != b'\n' {
        return Err(PdfFault::NotPdf);
    }
    let mut sealed = pdf[..at].to_vec();
    sealed.extend_from_slice(&MARK[1..]);
    sealed.extend_from_slice(line.as_bytes());
    sealed.push(b'\n');
    sealed.extend_from_slice(&pdf[at..]);
    Ok(sealed)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memmem::find(bytes, what)
}

fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memmem::rfind(bytes, what)
}
