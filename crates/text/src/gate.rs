//! The gate: what is kept of what somebody sent.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// What is kept of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub text: String,
    /// Something that is no text was dropped.
    pub dropped: bool,
}

/// Line breaks are LF, the text is in Unicode form C, and what is no text is dropped.
pub fn kept(text: &str) -> Kept {
    if is_kept(text) {
        return Kept {
            text: text.to_owned(),
            dropped: false,
        };
    }
    let mut dropped = false;
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                rest.next_if_eq(&'\n');
                plain.push('\n');
            }
            // What word processors write for a new line within a paragraph, and for a new page.
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => plain.push('\n'),
            FLAG => {
                plain.push(c);
                flag(&mut rest, &mut plain);
            }
            c if is_no_text(c) => dropped = true,
            c => plain.push(c),
        }
    }
    Kept {
        text: plain.nfc().collect(),
        dropped,
    }
}

/// Whether the gate leaves a text as it is.
pub fn is_kept(text: &str) -> bool {
    // Most texts: nothing below is true of a character of ASCII that can be printed.
    if text
        .bytes()
        .all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t'))
    {
        return true;
    }
    let is_break = |c: char| matches!(c, '\r' | '\u{2028}' | '\u{2029}');
    !text.chars().any(|c| is_break(c) || is_no_text(c)) && is_nfc(text)
}

/// Whether a character is no text: it controls a device, is not to be interchanged (Unicode 23.7), or reverses the
/// text around it (what is typed is shown in a direction of its own without that).
pub fn is_no_text(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control() || u32::from(c) & 0xfffe == 0xfffe,
    }
}

/// Whether nothing is seen of a character (Default_Ignorable_Code_Point, and format characters beside it).
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// "U+202E".
pub fn called(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// The black flag, which begins the flags of England, Scotland and Wales.
const FLAG: char = '\u{1f3f4}';
const FLAG_ENDS: char = '\u{e007f}';

/// The letters of a flag, where they are whole. They are no text anywhere else, because nobody sees them.
fn flag(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, plain: &mut String) {
    let is_letter = |c: char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let letters: String = rest.clone().take_while(|c| is_letter(*c)).take(6).collect();
    let count = letters.chars().count();
    if count > 0 && rest.clone().nth(count) == Some(FLAG_ENDS) {
        plain.push_str(&letters);
        plain.push(FLAG_ENDS);
        rest.nth(count);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_text_is_dropped() {
        for (typed, text, dropped) in [
            ("Youth\0 offer", "Youth offer", true),
            ("a\u{1b}[31mb\u{7f}\u{9b}", "a[31mb", true),
            ("of \u{202e}nedmaC\u{2067}", "of nedmaC", true),
            ("\u{feff}name\u{ffff}\u{fdd0}", "name", true),
            ("hid\u{e0064}\u{e0065}den", "hidden", true),
            (
                "one\r\ntwo\rthree\u{b}four\u{2028}",
                "one\ntwo\nthree\nfour\n",
                false,
            ),
            ("Jose\u{301} Tŷ\ttab", "José Tŷ\ttab", false),
            (
                "می\u{200c}خواهم 👩\u{200d}👩 ✈\u{fe0f}",
                "می\u{200c}خواهم 👩\u{200d}👩 ✈\u{fe0f}",
                false,
            ),
        ] {
            let text = text.to_owned();
            assert_eq!(kept(typed), Kept { text, dropped }, "{typed:?}");
        }
        let wales = "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}";
        assert_eq!(kept(wales).text, wales);
        assert_eq!(kept("🏴\u{e0067}x").text, "🏴x");
    }

    proptest! {
        #[test]
        fn what_is_kept_is_kept_again(text in any::<String>()) {
            let first = kept(&text);
            prop_assert!(is_nfc(&first.text));
            prop_assert!(first.text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
            let second = kept(&first.text);
            prop_assert_eq!(&second.text, &first.text);
            prop_assert!(!second.dropped);
        }

        #[test]
        fn plain_text_is_left_alone(text in "[ -~éŵŷ’“”–£€ءابتم]{0,60}") {
            prop_assert!(is_kept(&text));
            prop_assert_eq!(kept(&text).text, text);
        }
    }
}
