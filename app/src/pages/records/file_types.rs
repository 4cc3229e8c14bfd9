//! Which files may be attached, told by what is in them and not by what they are called.

/// The kinds that are taken: ending, media type, and what the content is recognised as.
const KINDS: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("txt", "text/plain; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
];

/// The media type of a file that may be attached.
///
/// # Errors
/// Why it may not, as a sentence that follows "… was not attached."
pub fn media_type(name: &str, bytes: &[u8]) -> Result<&'static str, String> {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default();
    let Some((_, media_type)) = KINDS.iter().find(|(known, _)| *known == ending) else {
        return Err(
            "Only PDF, Word (docx), Excel (xlsx), OpenDocument (odt, ods), PNG, JPEG, text and CSV files are taken"
                .to_owned(),
        );
    };
    let fits = match ending.as_str() {
        "txt" | "csv" => match text_type(&ending, bytes) {
            Some(media_type) => return Ok(media_type),
            None => false,
        },
        "docx" => is(bytes, media_type) || is_zip_with(bytes, b"word/document.xml"),
        "xlsx" => is(bytes, media_type) || is_zip_with(bytes, b"xl/workbook.xml"),
        _ => is(bytes, media_type),
    };
    if fits {
        Ok(media_type)
    } else {
        Err(format!(
            "What is in it is not what .{ending} files hold. Save it again as .{ending} from the program that made it"
        ))
    }
}

fn is(bytes: &[u8], media_type: &str) -> bool {
    infer::get(bytes).is_some_and(|kind| kind.mime_type() == media_type)
}

/// Programs order the parts of office files differently, so they are also known by their names in
/// the archive.
fn is_zip_with(bytes: &[u8], part: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && bytes.windows(part.len()).any(|window| window == part)
}

/// Plain words in an encoding that office programs write, and no web page. What the words begin with says nothing
/// about them.
fn text_type(ending: &str, bytes: &[u8]) -> Option<&'static str> {
    let decoded = text::decoded(bytes)?;
    let is_page =
        infer::get(decoded.text.as_bytes()).is_some_and(|kind| kind.mime_type() == "text/html");
    let of = |types: [&'static str; 4]| {
        let known = ["UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"];
        let at = known.iter().position(|name| *name == decoded.encoding)?;
        (!is_page).then_some(types[at])
    };
    if ending == "csv" {
        of([
            "text/csv; charset=utf-8",
            "text/csv; charset=utf-16le",
            "text/csv; charset=utf-16be",
            "text/csv; charset=windows-1252",
        ])
    } else {
        of([
            "text/plain; charset=utf-8",
            "text/plain; charset=utf-16le",
            "text/plain; charset=utf-16be",
            "text/plain; charset=windows-1252",
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let pdf = b"%PDF-1.7\n1 0 obj";
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(media_type("a.PDF", pdf), Ok("application/pdf"));
        assert_eq!(media_type("a.png", png), Ok("image/png"));
        assert_eq!(
            media_type("a.csv", "name,città\n".as_bytes()),
            Ok("text/csv; charset=utf-8")
        );
        for words in [
            "BMA guidance",
            "MZ,1",
            "ID3 tags",
            "#!/bin/sh",
            "%!PS",
            "<?xml",
            "{\\rtf",
        ] {
            assert!(media_type("a.txt", words.as_bytes()).is_ok(), "{words}");
        }
        assert_eq!(
            media_type("a.csv", b"O\x92Brien,\xa35\r\n"),
            Ok("text/csv; charset=windows-1252")
        );
        assert_eq!(
            media_type("a.txt", b"\xff\xfeT\0y\0"),
            Ok("text/plain; charset=utf-16le")
        );
        let exe = [b"MZ\x90\0\x03\0\0\0".as_slice(), &[0; 64]].concat();
        for (name, bytes) in [
            ("a.pdf", exe.as_slice()),
            ("a.txt", exe.as_slice()),
            ("a.png", b"<!DOCTYPE html><script>".as_slice()),
            ("a.txt", b"<html><script>alert(1)</script>".as_slice()),
            ("a.pdf", png.as_slice()),
            ("a.exe", exe.as_slice()),
            ("a.docx", b"PK\x03\x04 something else".as_slice()),
            ("pdf", pdf.as_slice()),
        ] {
            assert!(media_type(name, bytes).is_err(), "{name}");
        }
    }
}
