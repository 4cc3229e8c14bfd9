//! The direction of what people typed, kept to itself: words of a right-to-left script do not move what stands beside
//! them, and characters that would do so on purpose are shown as what they are.

use crate::gate::called;

/// First strong isolate, and its end.
const OPEN: char = '\u{2068}';
const CLOSE: char = '\u{2069}';

/// A plain text, such as a mail, with each run of right-to-left words isolated.
pub fn isolated(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    write(text, &mut shown, &OPEN.to_string(), &CLOSE.to_string());
    shown
}

/// A page with each run of right-to-left words in an element of its own (`bdi`). What stands in `bdi` already and what
/// is not shown is left alone.
pub fn isolated_html(page: String) -> String {
    if !page.chars().any(|c| is_right_to_left(c) || turns(c)) {
        return page;
    }
    let mut shown = String::with_capacity(page.len() + page.len() / 8);
    let (mut rest, mut within) = (page.as_str(), Within::Page);
    while let Some(at) = rest.find('<') {
        within.write(&rest[..at], &mut shown);
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let tag = &rest[at..end];
        within.pass(tag);
        shown.push_str(tag);
        rest = &rest[end..];
    }
    within.write(rest, &mut shown);
    shown
}

/// What a text on a page stands in.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Page,
    /// No elements are taken here.
    Plain,
    /// Isolated as it is.
    Isolated,
    /// Kept as it is.
    Raw,
}

impl Within {
    fn pass(&mut self, tag: &str) {
        let name = tag.trim_start_matches(['<', '/']);
        let name = name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        let inside = match name {
            "title" | "option" => Within::Plain,
            "bdi" => Within::Isolated,
            "textarea" | "script" | "style" => Within::Raw,
            _ => return,
        };
        *self = if tag.starts_with("</") {
            Within::Page
        } else {
            inside
        };
    }

    fn write(self, text: &str, shown: &mut String) {
        match self {
            Within::Page => write(text, shown, "<bdi>", "</bdi>"),
            Within::Plain => write(text, shown, &OPEN.to_string(), &CLOSE.to_string()),
            Within::Isolated => write(text, shown, "", ""),
            Within::Raw => shown.push_str(text),
        }
    }
}

/// Writes a text with what isolates its runs.
fn write(text: &str, shown: &mut String, open: &str, close: &str) {
    let mut rest = text;
    while let Some(start) = rest.find(|c| is_right_to_left(c) || turns(c)) {
        shown.push_str(&rest[..start]);
        rest = &rest[start..];
        let first = rest.chars().next().unwrap_or_default();
        if turns(first) {
            shown.push_str(&format!("[{}]", called(first)));
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let run = run(rest);
        shown.push_str(open);
        shown.push_str(&rest[..run]);
        shown.push_str(close);
        rest = &rest[run..];
    }
    shown.push_str(rest);
}

/// How long the run is that a text begins with: words with no more than spaces, hyphens and apostrophes between.
fn run(text: &str) -> usize {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if is_right_to_left(c) {
            end = at + c.len_utf8();
        } else if !matches!(
            c,
            ' ' | '\u{a0}' | '-' | '\'' | '’' | '\u{200c}' | '\u{200d}'
        ) {
            break;
        }
    }
    end
}

/// Hebrew, Arabic, Syriac, Thaana, NKo and the like, with their marks and presentation forms.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Whether a character turns the direction of what follows it.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_to_left_words_are_isolated() {
        let html = |page: &str| isolated_html(page.to_owned());
        assert_eq!(
            html("<p title=\"مثال\">مؤسسة الرحمة, 3 comments by دار</p>"),
            "<p title=\"مثال\"><bdi>مؤسسة الرحمة</bdi>, 3 comments by <bdi>دار</bdi></p>"
        );
        assert_eq!(
            html("<title>מרכז - Aldgate</title><textarea>מרכז</textarea><bdi>מרכז</bdi>"),
            "<title>\u{2068}מרכז\u{2069} - Aldgate</title><textarea>מרכז</textarea><bdi>מרכז</bdi>"
        );
        assert_eq!(html("<p>of \u{202e}nedmaC</p>"), "<p>of [U+202E]nedmaC</p>");
        assert_eq!(html("<p>Tŷ Gŵyl ’ é</p>"), "<p>Tŷ Gŵyl ’ é</p>");
        assert_eq!(isolated("From دار: 5"), "From \u{2068}دار\u{2069}: 5");
    }
}
