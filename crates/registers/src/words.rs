use std::collections::BTreeSet;

const STOP_WORDS: &str = "a an and are as at be by for from has have in into is it its of on or our that the their them \
they this to we what when where which who why will with you your";

/// Words under this many letters say nothing.
const LEAST_LETTERS: usize = 3;

/// A word that begins another one stands for it from this many letters on.
const LEAST_STEM: usize = 4;

/// The words of a text that say what it is about: without stop words and short ones, each once, a plural s taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(BTreeSet<String>);

impl Words {
    /// The text must be folded as the index of words folds: lower case, letters and digits, single spaces.
    pub fn of(folded: &str) -> Words {
        let is_stop = |word: &str| STOP_WORDS.split(' ').any(|stop| stop == word);
        Words(
            folded
                .split(' ')
                .filter(|word| word.chars().count() >= LEAST_LETTERS && !is_stop(word))
                .map(|word| singular(word).to_owned())
                .collect(),
        )
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many words both have.
    pub fn shared(&self, other: &Words) -> usize {
        self.0.intersection(&other.0).count()
    }

    /// A word matches one that is equal, or that it begins or that begins it, if the shorter has four letters.
    pub fn matches(&self, word: &str) -> bool {
        self.iter().any(|own| {
            let (short, long) = if own.len() < word.len() {
                (own, word)
            } else {
                (word, own)
            };
            short == long || (short.chars().count() >= LEAST_STEM && long.starts_with(short))
        })
    }
}

/// Without a plural s. "Process" is no plural.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if !one.ends_with('s') => one,
        _ => word,
    }
}
