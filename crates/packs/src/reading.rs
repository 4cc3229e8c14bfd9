//! How hard a text is to read: the Flesch–Kincaid grade plus five, as an age.

/// The reading age of a text.
pub(crate) fn reading_age(text: &str) -> f64 {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect();
    if words.is_empty() {
        return 0.0;
    }
    let ends = text
        .split(['.', '!', '?', ':', ';'])
        .filter(|part| part.split_whitespace().count() > 1);
    let sentences = ends.count().max(1) as f64;
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let count = words.len() as f64;
    0.39 * count / sentences + 11.8 * syllables as f64 / count - 15.59 + 5.0
}

/// Groups of vowels, without a silent e at the end; numbers and letters alone count as one.
fn syllables(word: &str) -> usize {
    let word = word.to_lowercase();
    let word = word.trim_end_matches("'s").trim_end_matches("’s");
    let vowel = |c: char| "aeiouy".contains(c);
    let mut count = 0;
    let mut before = false;
    for c in word.chars() {
        let is = vowel(c);
        count += usize::from(is && !before);
        before = is;
    }
    let silent = word.ends_with('e') && !word.ends_with("le")
        || word.ends_with("es")
            && !word.ends_with("ses")
            && !word.ends_with("ces")
            && !word.ends_with("ges")
        || word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded");
    if silent && count > 1 {
        count -= 1;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::{reading_age, syllables};

    #[test]
    fn syllables_are_counted_as_spoken() {
        for (word, count) in [
            ("share", 1),
            ("agreement", 3),
            ("data", 2),
            ("people", 2),
            ("police", 2),
            ("used", 1),
            ("needed", 2),
            ("6", 1),
            ("council's", 2),
            ("names", 1),
            ("purposes", 3),
        ] {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn long_sentences_of_long_words_ask_for_more() {
        let easy = reading_age("Say why you need the data. Say who sees it.");
        let hard = reading_age(
            "Demonstrate compliance with applicable proportionality requirements notwithstanding \
             contractual confidentiality considerations.",
        );
        assert!(easy < 9.0, "{easy}");
        assert!(hard > 20.0, "{hard}");
    }
}
