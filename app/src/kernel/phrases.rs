pub use text::fold;

/// A pattern for `like … escape '\'` that finds `text` anywhere.
pub fn contains(text: &str) -> String {
    format!("%{}%", fold(text))
}

/// The words of a text, as an index of words is asked for them: each begins a word of what is found,
/// with `mark` before it. Empty where the text has no word.
pub fn begins(text: &str, mark: &str) -> String {
    let words: Vec<String> = fold(text)
        .split_terminator(' ')
        .map(|word| format!("{mark}{word}*"))
        .collect();
    words.join(" ")
}

/// An id, as an index of words is asked for it. Empty where there is none.
pub fn exactly(id: &str, mark: &str) -> String {
    let of_an_id = |c: char| c.is_alphanumeric() || c == '_';
    match id {
        "" => String::new(),
        // What no id has in it is no syntax of the index either.
        id => format!("{mark}{}", id.replace(|c| !of_an_id(c), "_")),
    }
}

/// "one", "one and two", "one, two and three".
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_asked_for_beginnings() {
        assert_eq!(begins("Rough sleep", ""), "rough* sleep*");
        assert_eq!(begins("St. Mary’s", "o_"), "o_st* o_marys*");
        assert_eq!(begins(" -- ", ""), "");
        assert_eq!(exactly("fire_safety", "p_"), "p_fire_safety");
        assert_eq!(exactly("a\" OR *", "p_"), "p_a__OR__");
        assert_eq!(exactly("", "p_"), "");
    }
}
