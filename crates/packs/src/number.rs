//! Numbers as people write them: with commas or spaces between thousands, as in Britain, or the other way round, as on
//! the continent. What could be two numbers is asked about, never guessed.

/// Digits that a stored number keeps exactly.
const MAX_DIGITS: usize = 15;

/// A number as it is stored, such as "2500.5".
///
/// # Errors
/// What to do about it, after the name of the question.
pub(crate) fn plain(typed: &str) -> Result<String, String> {
    let (minus, text) = match typed.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest.trim()),
        None => ("", typed.strip_prefix('+').unwrap_or(typed).trim()),
    };
    let not_one = || Err("must be a number, like 250".to_owned());
    // A space stays between the digits of thousands; so does an apostrophe, as in Switzerland.
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\'' | '’');
    if text.chars().all(|c| !c.is_ascii_digit())
        || !text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ',' | '.') || is_space(c))
    {
        return not_one();
    }
    let (commas, dots) = (text.matches(',').count(), text.matches('.').count());
    let last = text.rfind([',', '.']);
    let (whole, decimals) = match (commas, dots) {
        (0, 0) => (text, ""),
        // Both: the last is the decimal point, and stands once.
        (1, 1..) | (1.., 1) if commas > 0 && dots > 0 => {
            let at = last.unwrap_or_default();
            let again = text[..at].contains(&text[at..=at]);
            if again {
                return not_one();
            }
            (&text[..at], &text[at + 1..])
        }
        (1.., 1..) => return not_one(),
        (0, 1) => {
            let at = last.unwrap_or_default();
            let (whole, decimals) = (&text[..at], &text[at + 1..]);
            if decimals.len() == 3 && is_group(whole) && !whole.starts_with('0') {
                return Err(two(minus, whole, decimals));
            }
            (whole, decimals)
        }
        // One comma with other than three digits after it is no comma between thousands.
        (1, 0) => {
            let at = last.unwrap_or_default();
            let (whole, after) = (&text[..at], &text[at + 1..]);
            if after.len() == 3 && is_group(whole) && !whole.starts_with('0') {
                (text, "")
            } else {
                (whole, after)
            }
        }
        _ => (text, ""),
    };
    let Some(whole) = grouped(whole) else {
        return not_one();
    };
    if !decimals.chars().all(|c| c.is_ascii_digit()) || whole.is_empty() && decimals.is_empty() {
        return not_one();
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let decimals = decimals.trim_end_matches('0');
    if whole.len() + decimals.len() > MAX_DIGITS {
        return Err(format!("must be a number of {MAX_DIGITS} digits or fewer"));
    }
    let minus = if whole == "0" && decimals.is_empty() {
        ""
    } else {
        minus
    };
    Ok(if decimals.is_empty() {
        format!("{minus}{whole}")
    } else {
        format!("{minus}{whole}.{decimals}")
    })
}

/// Whether digits can stand before a group of three.
fn is_group(digits: &str) -> bool {
    (1..=3).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())
}

/// "2.500" is 2½ in Britain and 2,500 on the continent.
fn two(minus: &str, whole: &str, decimals: &str) -> String {
    let point = decimals.trim_end_matches('0');
    let small = if point.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{point}")
    };
    format!("could be two numbers: enter {minus}{whole}{decimals} or {minus}{small}")
}

/// The digits of a whole number. One kind of separator may stand between groups of three; nothing else may.
fn grouped(text: &str) -> Option<String> {
    let separators: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let Some(first) = separators.first() else {
        return Some(text.to_owned());
    };
    let same = |c: &char| c == first || c.is_whitespace() && first.is_whitespace();
    if !separators.iter().all(same) {
        return None;
    }
    let groups: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let (first, rest) = groups.split_first()?;
    (is_group(first) && rest.iter().all(|group| group.len() == 3)).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn both_ways_of_writing_are_read() {
        for (typed, number) in [
            ("250", "250"),
            ("2,500", "2500"),
            ("1,234,567.50", "1234567.5"),
            ("2.500,00", "2500"),
            ("1.234.567,5", "1234567.5"),
            ("1.234.567", "1234567"),
            ("2 500", "2500"),
            ("2\u{a0}500", "2500"),
            ("2\u{202f}500,5", "2500.5"),
            ("1’000’000", "1000000"),
            ("1,5", "1.5"),
            ("0,125", "0.125"),
            ("0.125", "0.125"),
            ("12.5", "12.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "7"),
            ("-3", "-3"),
            ("\u{2212}3,5", "-3.5"),
            ("-0", "0"),
            ("1234.567", "1234.567"),
        ] {
            assert_eq!(plain(typed).as_deref(), Ok(number), "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_or_could_be_two_is_asked_about() {
        for typed in [
            "",
            "1,2,3",
            "1e3",
            "0x10",
            "inf",
            "NaN",
            "1,23,456",
            "12 34",
            "1.2.3",
            "1,234.567.8",
            "1,234,56",
            "--1",
            "£5",
            "5%",
            "1.5,5.5",
            "1 2,345",
            ",",
            ".",
            "٣",
            "1,000 000",
            "twenty",
        ] {
            let fault = plain(typed).expect_err(typed);
            assert!(fault.contains("a number, like 250"), "{typed}: {fault}");
        }
        assert_eq!(
            plain("2.500").unwrap_err(),
            "could be two numbers: enter 2500 or 2.5"
        );
        assert!(
            plain("12345678901234567890")
                .unwrap_err()
                .contains("15 digits")
        );
    }
}
