//! Which texts are the same to a search, and which to the eye.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_security::confusable_detection::skeleton;

use crate::gate::is_unseen;

/// Text folded for comparing and searching: lower case, without accents and apostrophes, letters and digits only,
/// single spaces. "Tŷ Gŵyl" is "ty gwyl".
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        match c {
            '&' => folded.push_str("and"),
            c if is_unseen(c) || is_apostrophe(c) || is_accent(c) => {}
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ð' | 'đ' => folded.push('d'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            c if c.is_alphanumeric() || is_combining_mark(c) => folded.push(c),
            _ if !folded.ends_with(' ') && !folded.is_empty() => folded.push(' '),
            _ => {}
        }
    }
    folded.truncate(folded.trim_end().len());
    folded.nfc().collect()
}

/// What a name looks like: names that look the same look like this (UTS 39, skeleton). Case counts, because a
/// capital I looks like a small l.
pub fn looks(name: &str) -> String {
    let plain: String = name.nfkd().filter(|c| !is_unseen(*c)).collect();
    fold(&skeleton(&plain).collect::<String>())
}

/// What a name looks like in lower case.
pub fn looks_folded(name: &str) -> String {
    fold(&skeleton(&fold(name)).collect::<String>())
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '’'
            | '‘'
            | '‛'
            | '`'
            | '´'
            | '′'
            | 'ʹ'
            | 'ʻ'
            | 'ʼ'
            | 'ʽ'
            | 'ʾ'
            | 'ʿ'
            | '\u{55a}'
            | '\u{5f3}'
            | 'ꞌ'
    )
}

/// A mark that people leave out when they search: an accent, a point of Hebrew or a vowel of Arabic. The vowels
/// of Indian scripts are letters to their readers, and have no class.
fn is_accent(c: char) -> bool {
    !matches!(canonical_combining_class(c), 0 | 7 | 8 | 9)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_makes_names_comparable() {
        for (text, folded) in [
            (
                "St. Mary’s  School & Nursery ",
                "st marys school and nursery",
            ),
            ("Cyngor Sir Ddinbych", "cyngor sir ddinbych"),
            ("Canolfan Tŷ Gŵyl", "canolfan ty gwyl"),
            ("Canolfan Ty\u{302} Gw\u{302}yl", "canolfan ty gwyl"),
            ("O’Brien", "obrien"),
            ("O'Brien", "obrien"),
            ("Oʼbrien", "obrien"),
            ("José", "jose"),
            ("Straße", "strasse"),
            ("Łódź Øst", "lodz ost"),
            ("İstanbul", "istanbul"),
            ("London Bor\u{200b}ough", "london borough"),
            ("Ｌondon", "london"),
            ("مُحَمَّد", "محمد"),
            ("हिन्दी", "हिन्दी"),
            ("ΟΔΟΣ", "οδοσ"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn look_alikes_look_alike() {
        let same = |one: &str, other: &str| {
            looks(one) == looks(other)
                || looks_folded(one) == fold(other)
                || fold(one) == fold(other)
        };
        for other in [
            "London B\u{43e}rough of Camden",
            "London Borough of Cam\u{ad}den",
            "\u{ff2c}ondon Borough of Camden",
            "London Borough of Carnden",
            "London B0rough of Camden",
            "Lond\u{3bf}n Borough of Camden.",
            "London Bor\u{3164}ough of Camden",
        ] {
            assert!(same(other, "London Borough of Camden"), "{other}");
        }
        assert!(same("lslington Council", "Islington Council"));
        assert!(same("СОСОА", "COCOA"), "Cyrillic throughout");
        assert!(!same("Hill Trust", "Hull Trust") && !same("Barnet", "Barnes"));
        assert!(!same("Hail Trust", "Hall Trust"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
