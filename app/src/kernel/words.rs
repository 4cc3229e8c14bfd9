/// Text folded for comparing and searching: lower case, letters and digits only, single spaces.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '&' => folded.push_str("and"),
            '\'' | '’' => {}
            c if c.is_alphanumeric() => folded.push(c),
            _ if !folded.ends_with(' ') && !folded.is_empty() => folded.push(' '),
            _ => {}
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// A pattern for `like … escape '\'` that finds `text` anywhere.
pub fn contains(text: &str) -> String {
    format!("%{}%", fold(text))
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
    fn folding_makes_names_comparable() {
        assert_eq!(
            fold("St. Mary’s  School & Nursery "),
            "st marys school and nursery"
        );
        assert_eq!(fold("Cyngor Sir Ddinbych"), "cyngor sir ddinbych");
    }
}
