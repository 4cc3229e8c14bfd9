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

use crate::{Body, LARGEST, LARGEST_PDF, Note, digest};

const MARK: &[u8] = b"\n%aldgate-seal-v1 ";
const END: &[u8] = b"startxref";
/// How every bundle begins.
const FIRST: &[u8] = b"{\"body\":{";

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
    #[error("this is not a finished PDF")]
    NotPdf,
}

/// The evidence attached to a PDF. The file is searched for attached files and not followed from
/// its table of contents, so that nothing can be shown to one reader and hidden from another.
pub fn extract(pdf: &[u8]) -> Result<Vec<u8>, PdfFault> {
    if pdf.len() > LARGEST_PDF {
        return Err(PdfFault::TooLarge);
    }
    let mut found = None;
    let mut from = 0;
    while let Some(at) = find(&pdf[from..], b"/EmbeddedFile") {
        from += at + b"/EmbeddedFile".len();
        if let Some(bytes) = attached(pdf, from) {
            if found.is_some() {
                return Err(PdfFault::Several);
            }
            found = Some(bytes);
        }
    }
    found.ok_or(PdfFault::NoEvidence)
}

/// How far the dictionary of an attached file may reach from the name of its type.
const NEAR: usize = 4096;

/// The content of the attached file whose dictionary holds the place `at`, if it is a bundle.
fn attached(pdf: &[u8], at: usize) -> Option<Vec<u8>> {
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
    if find(dictionary, b"/FlateDecode").is_some() {
        let mut bytes = vec![0; FIRST.len()];
        let mut inflated = ZlibDecoder::new(rest).take(LARGEST as u64 + 1);
        inflated.read_exact(&mut bytes).ok()?;
        if bytes != FIRST {
            return None;
        }
        inflated.read_to_end(&mut bytes).ok()?;
        (bytes.len() <= LARGEST).then_some(bytes)
    } else {
        if !rest.starts_with(FIRST) {
            return None;
        }
        let bytes = &rest[..find(rest, b"endstream")?];
        Some(bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec())
    }
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
    bytes.windows(what.len()).position(|window| window == what)
}

fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}
