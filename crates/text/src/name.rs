//! Names of people and organisations, which cannot lie by what nobody sees.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript as _};
use unicode_security::MixedScript as _;
use unicode_security::confusable_detection::skeleton;

use crate::gate::{called, is_no_text, is_unseen, kept};

/// The longest name, in characters.
const MAX_CHARACTERS: usize = 200;
/// Marks on one letter (UTS 39, 5.4).
const MAX_MARKS: usize = 4;

/// A name on one line, with single spaces and in Unicode form C, of characters that are seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameFault {
    Empty,
    /// It has more characters than this.
    TooLong(usize),
    /// A character in it cannot be seen.
    Unseen(char),
    /// It has no letter and no digit.
    NoLetter,
    /// So many accents stand on one letter that they cover others.
    Marks,
    /// A word of it mixes the letters of two scripts, or looks like one of another script.
    Scripts(String),
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameFault::Empty => f.write_str("The name is empty"),
            NameFault::TooLong(most) => write!(f, "The name must be {most} characters or fewer"),
            NameFault::Unseen(c) => write!(
                f,
                "The name had a character in it that cannot be seen ({}). It was taken out: check the name, then send it \
                 again",
                called(*c)
            ),
            NameFault::NoLetter => f.write_str("The name must have a letter in it"),
            NameFault::Marks => f.write_str("The name has too many accents on one letter"),
            NameFault::Scripts(word) => write!(
                f,
                "“{word}” in the name mixes letters of different alphabets that look alike. Type the name instead of \
                 copying it"
            ),
        }
    }
}

impl std::error::Error for NameFault {}

impl Name {
    /// # Errors
    /// Why it is no name.
    pub fn new(typed: &str) -> Result<Name, NameFault> {
        let seen = typed.chars().filter(|c| !c.is_whitespace());
        if let Some(hidden) = seen.clone().find(|c| is_no_text(*c)) {
            return Err(NameFault::Unseen(hidden));
        }
        let name = one_line(typed);
        if name.is_empty() {
            return Err(NameFault::Empty);
        }
        if name.chars().count() > MAX_CHARACTERS {
            return Err(NameFault::TooLong(MAX_CHARACTERS));
        }
        if let Some(hidden) = hidden(&name) {
            return Err(NameFault::Unseen(hidden));
        }
        if !name.chars().any(char::is_alphanumeric) {
            return Err(NameFault::NoLetter);
        }
        if has_too_many_marks(&name) {
            return Err(NameFault::Marks);
        }
        match mixed(&name) {
            Some(word) => Err(NameFault::Scripts(word)),
            None => Ok(Name(name)),
        }
    }

    /// A name as it is, and another text without what cannot be seen.
    pub fn tidied(typed: &str) -> String {
        match Name::new(typed) {
            Ok(name) => name.0,
            Err(_) => {
                let is_seen = |c: &char| !is_unseen(*c) && !is_private(*c);
                one_line(&typed.chars().filter(is_seen).collect::<String>())
            }
        }
    }

    /// What a form shows again: what was typed, or its seen part where something in it cannot be seen.
    pub fn shown(typed: &str) -> Cow<'_, str> {
        match Name::new(typed) {
            Err(NameFault::Unseen(_)) => Name::tidied(typed).into(),
            _ => typed.into(),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn one_line(typed: &str) -> String {
    kept(typed)
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A character that cannot be seen. Joiners between letters of scripts that need them are letters to their readers.
fn hidden(name: &str) -> Option<char> {
    let mut before = ' ';
    for c in name.chars() {
        let joins = matches!(c, '\u{200c}' | '\u{200d}') && !is_plain_script(before.script());
        if is_unseen(c) && !joins || is_private(c) {
            return Some(c);
        }
        before = c;
    }
    None
}

/// Without a meaning that others know (Private_Use).
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

fn is_plain_script(script: Script) -> bool {
    matches!(
        script,
        Script::Latin | Script::Cyrillic | Script::Greek | Script::Common | Script::Unknown
    )
}

fn has_too_many_marks(name: &str) -> bool {
    let (mut marks, mut before) = (0, ' ');
    for c in name.nfd() {
        if !is_combining_mark(c) {
            marks = 0;
        } else {
            marks += 1;
            if marks > MAX_MARKS || c == before {
                return true;
            }
        }
        before = c;
    }
    false
}

/// The first word that mixes scripts, or that stands among Latin words and is made of another script's look-alikes.
fn mixed(name: &str) -> Option<String> {
    let is_part = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let words =
        || name.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '/' | '–' | '—'));
    let letters = |word: &str| word.chars().filter(|c| is_part(*c)).collect::<String>();
    let has_latin = name.chars().any(|c| c.script() == Script::Latin);
    words()
        .find(|word| {
            let letters = letters(word);
            if letters.is_ascii() {
                return false;
            }
            !letters.as_str().is_single_script() || has_latin && is_disguised(&letters)
        })
        .map(str::to_owned)
}

/// Whether a word of another script looks like one in Latin letters.
fn is_disguised(word: &str) -> bool {
    let is_latin = |c: char| {
        matches!(
            c.script(),
            Script::Latin | Script::Common | Script::Inherited
        )
    };
    !word.chars().all(is_latin)
        && word.chars().any(char::is_alphabetic)
        && skeleton(word).all(is_latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_names_are_names() {
        for name in [
            "London Borough of Camden",
            "Siân Ŵyn-Jones",
            "O’Brien & Sons (Holdings) Ltd.",
            "D'Arcy Ní Dhomhnaill",
            "Nguyễn Thị Ánh",
            "Zoë Łukasiewicz",
            "مؤسسة الرحمة الخيرية",
            "Muslim Welfare House (دار الرعاية الإسلامية)",
            "می\u{200c}رزا",
            "श्रीमती गुप्ता",
            "ශ්\u{200d}රී ලංකා",
            "山田太郎",
            "ヤマダ 山田",
            "Союз українців",
            "Association of Ukrainians (Об’єднання українців)",
            "Ελληνική Κοινότητα",
            "Żółć 24/7 £5 Club",
            "42nd Street",
            "Ysgol y Bryn",
        ] {
            assert_eq!(
                Name::new(name).map(|n| n.to_string()),
                Ok(name.to_owned()),
                "{name}"
            );
        }
        assert_eq!(
            Name::new("  Jose\u{301}\u{a0} Pérez\n").unwrap().as_str(),
            "José Pérez"
        );
    }

    #[test]
    fn names_that_lie_are_refused() {
        for (name, what) in [
            ("", "empty"),
            ("  \u{3000}", "empty"),
            ("London Bor\u{200b}ough of Camden", "U+200B"),
            ("London Borough of Cam\u{ad}den", "U+00AD"),
            ("Metro\u{2060}politan Police", "U+2060"),
            ("London Borough of \u{202e}nedmaC", "U+202E"),
            ("\u{2067}Camden\u{2069} London", "U+2067"),
            ("London Boro\u{34f}ugh", "U+034F"),
            ("London Bo\0rough", "U+0000"),
            ("London Bo\u{1b}rough", "U+001B"),
            ("Camden \u{e0061}", "U+E0061"),
            ("Camd\u{fe0f}en", "U+FE0F"),
            ("Bor\u{3164}ough", "U+3164"),
            ("Cam\u{200d}den", "U+200D"),
            ("Rosa Newcomb\u{200e}", "U+200E"),
            ("Rosa \u{e001}", "U+E001"),
            ("\u{200f}", "U+200F"),
            ("---", "letter"),
            ("London B\u{43e}rough", "alphabets"),
            ("London Сосо", "alphabets"),
            ("Αthena Trust", "alphabets"),
            ("Cam-\u{434}en", "alphabets"),
        ] {
            let fault = Name::new(name).expect_err(name).to_string();
            assert!(fault.contains(what), "{name:?}: {fault}");
        }
        let zalgo = format!("A{}", "\u{301}".repeat(190));
        assert_eq!(Name::new(&zalgo), Err(NameFault::Marks));
        assert_eq!(Name::new(&"x".repeat(201)), Err(NameFault::TooLong(200)));
        assert_eq!(Name::tidied("of \u{202e}nedm\u{200b}aC "), "of nedmaC");
        assert_eq!(Name::tidied("Rosa\u{e001} \u{f0000}N"), "Rosa N");
        assert_eq!(Name::tidied("می\u{200c}رزا"), "می\u{200c}رزا");
        assert_eq!(Name::shown("Cam\u{200b}den  "), "Camden");
        assert_eq!(Name::shown("Two\nlines, kept "), "Two\nlines, kept ");
    }
}
