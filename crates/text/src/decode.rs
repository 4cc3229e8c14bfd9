//! Text in the encodings that office programs write.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The bytes of a file as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// "UTF-8", "UTF-16LE", "UTF-16BE" or "windows-1252", as browsers know it.
    pub encoding: &'static str,
}

/// Reads a file of text: UTF-8, UTF-16 with or without its mark, or else Windows-1252, which Excel writes as “CSV”.
/// Nothing where it is none of them: a picture, a program, a document.
pub fn decoded(bytes: &[u8]) -> Option<Decoded> {
    // Old programs end a file with control-Z.
    let bytes = bytes.strip_suffix(b"\x1a").unwrap_or(bytes);
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => unmarked(bytes)?,
    };
    let (text, _, broken) = encoding.decode(bytes);
    // Those five bytes stand for nothing in Windows-1252.
    let undefined = |c: char| {
        encoding == WINDOWS_1252
            && matches!(c, '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}')
    };
    let is_text = !broken && !text.chars().any(|c| is_binary(c) || undefined(c));
    is_text.then(|| Decoded {
        text: text.into_owned(),
        encoding: encoding.name(),
    })
}

/// The line and the control character that make a file in UTF-8 something else than text.
pub fn first_control(bytes: &[u8]) -> Option<(usize, char)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (at, c) = text.char_indices().find(|(_, c)| is_binary(*c))?;
    let before = text[..at].replace("\r\n", "\n");
    Some((before.matches(['\n', '\r']).count() + 1, c))
}

fn unmarked(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.contains(&0) {
        return sixteen(bytes);
    }
    Some(if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    })
}

/// UTF-16 without a mark: every other byte is zero in nearly all of a text in Latin letters.
fn sixteen(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |odd: usize| {
        bytes
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (half, even, odd) = (bytes.len() / 2, zeros(0), zeros(1));
    match () {
        () if even == 0 && odd * 10 > half * 7 => Some(UTF_16LE),
        () if odd == 0 && even * 10 > half * 7 => Some(UTF_16BE),
        () => None,
    }
}

/// Characters that no text has, so that the file is something else.
fn is_binary(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_office_programs_write_is_read() {
        let sixteen = |text: &str, bom: &[u8], order: fn(u16) -> [u8; 2]| {
            let mut bytes = bom.to_vec();
            text.encode_utf16()
                .for_each(|unit| bytes.extend(order(unit)));
            bytes
        };
        for (bytes, text, encoding) in [
            (
                b"O\x92Brien,\xa35\r\n".to_vec(),
                "O’Brien,£5\r\n",
                "windows-1252",
            ),
            ("O’Brien".into(), "O’Brien", "UTF-8"),
            ("\u{feff}O’Brien".into(), "O’Brien", "UTF-8"),
            (
                sixteen("Tŷ,1\r\n", b"\xff\xfe", u16::to_le_bytes),
                "Tŷ,1\r\n",
                "UTF-16LE",
            ),
            (
                sixteen("Tŷ,1\r\n", b"\xfe\xff", u16::to_be_bytes),
                "Tŷ,1\r\n",
                "UTF-16BE",
            ),
            (
                sixteen("name,kind", b"", u16::to_le_bytes),
                "name,kind",
                "UTF-16LE",
            ),
            (b"a\n\x1a".to_vec(), "a\n", "UTF-8"),
            (b"".to_vec(), "", "UTF-8"),
        ] {
            let text = text.to_owned();
            assert_eq!(decoded(&bytes), Some(Decoded { text, encoding }));
        }
    }

    #[test]
    fn two_letters_make_no_program_of_a_text() {
        for text in [
            "BMA guidance",
            "MZ,count\nA,1\n",
            "ID3 tags",
            "BZh is a name",
            "#!/bin/sh",
            "%!PS",
            "<?xml version=\"1.0\"?>",
            "{\\rtf1 words}",
            "%PDF is a format",
            "PK,1",
            "GIF8 sizes",
            "II*,1",
        ] {
            assert!(decoded(text.as_bytes()).is_some(), "{text}");
        }
        let exe: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff";
        for bytes in [
            exe,
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"\x1f\x8b\x08\0abc",
            b"PK\x03\x04\x14",
            b"a\0b",
        ] {
            assert_eq!(decoded(bytes), None, "{bytes:?}");
        }
    }
}
