//! What people wrote, made fit to be set: every character is one a font of ours
//! shows, or its code point is written out. Nothing is dropped that a reader
//! could have seen, and nothing can reorder the letters around it.

use unicode_segmentation::UnicodeSegmentation;

use crate::world::one_font_shows;

/// A place where a word too long for its room may break. The template turns it
/// into a break without a character, so that copied text stays whole.
pub(crate) const BREAK: char = '\u{200B}';

/// Stands before and after a word that may be hyphenated. Like [`BREAK`] it
/// cannot come from what people wrote: [`printable`] leaves neither.
pub(crate) const HYPHENATE: char = '\u{E000}';

/// Longer than this, a run of letters is no word that could be hyphenated.
const LONGEST_WORD: usize = 40;

/// The text with only characters that can be shown.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.replace("\r\n", "\n").graphemes(true) {
        let sign: Vec<char> = sign.chars().filter(|c| !is_unseen(*c)).collect();
        if sign.iter().all(|c| !is_banned(*c)) && one_font_shows(&sign) {
            out.extend(&sign);
            continue;
        }
        for c in sign {
            match c {
                '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
                // A space that no font has, such as the ideographic one, and the tab.
                c if c.is_whitespace() => out.push(' '),
                // A mark on its own would sit on the letter before it.
                c if !is_banned(c) && one_font_shows(&[c]) && !is_mark(c) => out.push(c),
                c => out.push_str(&format!("[U+{:04X}]", c as u32)),
            }
        }
    }
    out
}

/// The text on one line, for titles and labels.
pub(crate) fn line(text: &str) -> String {
    printable(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Marks where words longer than the room, in characters, may break: words of
/// letters by hyphenation, addresses after their signs, the rest anywhere. Every
/// other word stays whole.
pub(crate) fn breakable(text: &str, room: usize) -> String {
    let room = room.max(4);
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        if piece.trim_end().chars().count() <= room {
            out.push_str(piece);
        } else {
            break_piece(piece, room, &mut out);
        }
    }
    out
}

fn break_piece(piece: &str, room: usize, out: &mut String) {
    let signs: Vec<&str> = piece.graphemes(true).collect();
    let mut runs = signs.chunk_by(|a, b| is_word(a) == is_word(b)).peekable();
    while let Some(run) = runs.next() {
        let text = run.concat();
        if run.len() > room {
            if run.len() <= LONGEST_WORD && text.chars().all(char::is_alphabetic) {
                out.extend([HYPHENATE]);
                out.push_str(&text);
                out.push(HYPHENATE);
            } else {
                let parts: Vec<String> = run
                    .chunks((room * 2 / 3).max(2))
                    .map(<[_]>::concat)
                    .collect();
                out.push_str(&parts.join(&BREAK.to_string()));
            }
        } else {
            out.push_str(&text);
        }
        let opens = text.ends_with(['(', '[', '{', '<', '"', '\'', '‘', '“']);
        if !is_word(run[0]) && !opens && runs.peek().is_some() {
            out.push(BREAK);
        }
    }
}

fn is_word(sign: &str) -> bool {
    sign.chars().next().is_some_and(char::is_alphanumeric)
}

/// The paragraphs of a text: parted by empty lines.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let printable = printable(text);
    let mut paragraphs = vec![Vec::new()];
    for line in printable.split('\n') {
        if line.trim().is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(last) = paragraphs.last_mut() {
            last.push(line.trim_end());
        }
    }
    paragraphs
        .into_iter()
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join("\n"))
        .collect()
}

/// The text cut to a number of characters, with an ellipsis where it was cut.
pub(crate) fn short(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut cut: String = text.graphemes(true).take(room.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Characters with no look of their own in text we set: joiners, selectors of
/// variants, marks of direction that only hint, byte order marks.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}'
        | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2065}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Characters that are never set as they are: controls, orders to change the
/// direction of the text (they make a signed text look like another), private
/// use, and what no character is.
fn is_banned(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{206F}' | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}'
            | '\u{FFF0}'..='\u{FFFC}' | '\u{F0000}'..='\u{10FFFF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

/// Whether the character combines with the one before it.
fn is_mark(c: char) -> bool {
    // A mark joins the grapheme of any letter before it.
    let mut pair = String::from("a");
    pair.push(c);
    pair.graphemes(true).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_the_fonts_show() {
        let text = "Gŵyl Tŷ’r Ŵyl — “£5” ✓ → Ελλάδα Україна العربية 😀 e\u{301}";
        assert_eq!(printable(text), text);
    }

    #[test]
    fn writes_out_what_no_font_shows() {
        assert_eq!(printable("a\u{1F9D1}b"), "a[U+1F9D1]b");
        assert_eq!(printable("বাংলা").matches("[U+").count(), 5);
        assert_eq!(printable("bell\u{7}"), "bell[U+0007]");
        // In the list of a font's characters, and yet without a look there.
        assert_eq!(printable("\u{E86}"), "[U+0E86]");
        assert_eq!(printable("\u{E000}\u{FFFE}"), "[U+E000][U+FFFE]");
    }

    #[test]
    fn a_text_cannot_turn_its_neighbours_round() {
        assert_eq!(printable("pay \u{202E}001"), "pay [U+202E]001");
        assert_eq!(printable("\u{2067}x\u{2069}"), "[U+2067]x[U+2069]");
    }

    #[test]
    fn drops_only_what_nobody_sees() {
        assert_eq!(printable("a\u{FEFF}b\u{200B}c\u{AD}d ✔\u{FE0F}"), "abcd ✔");
    }

    #[test]
    fn lines_and_tabs() {
        assert_eq!(printable("a\r\nb\rc\u{2028}d\te"), "a\nb\nc\nd e");
        assert_eq!(line("  a\n b\t c "), "a b c");
        assert_eq!(paragraphs("a\nb\n\n\n c \n"), ["a\nb", " c"]);
        assert!(paragraphs(" \n ").is_empty());
    }

    #[test]
    fn long_words_may_break_and_others_stay_whole() {
        let shown = |text: &str, room| {
            breakable(text, room)
                .replace(BREAK, "|")
                .replace(HYPHENATE, "~")
        };
        assert_eq!(
            shown("of responsibilities, (all)", 10),
            "of ~responsibilities~, (all)"
        );
        assert_eq!(shown("of responsibilities", 16), "of responsibilities");
        assert_eq!(
            shown(&"x".repeat(45), 30),
            format!("{}|{}|{}", "x".repeat(20), "x".repeat(20), "x".repeat(5))
        );
        assert_eq!(shown("9b74c9897bac770f", 9), "9b74c9|897bac|770f");
        assert_eq!(
            shown("at information.rights@camden.example now", 12),
            "at information.|rights@|camden.|example now"
        );
    }

    #[test]
    fn no_text_brings_its_own_marks() {
        let text = printable("a\u{200B}b\u{E000}c");
        assert!(!text.contains([BREAK, HYPHENATE]), "{text:?}");
    }

    #[test]
    fn short_says_that_it_is_short() {
        assert_eq!(short("abc", 3), "abc");
        assert_eq!(short("abcd", 3), "ab…");
    }
}
