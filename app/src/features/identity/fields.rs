//! The fields in which a person is named and a password is set, and what is wrong with them.

use govuk::{Input, PasswordInput};
use maud::{Markup, html};
use zxcvbn::{Score, zxcvbn};

use super::store::is_email;
use crate::kernel::Problem;
use crate::kernel::mail::holds_address;
use crate::web::credential::{LONGEST, SHORTEST};
use crate::web::error_of;

/// What is wrong with a name, said at the field `field`.
pub fn name_problem(field: &str, name: &str) -> Option<Problem> {
    let name = name.trim();
    if name.is_empty() {
        Some(Problem::new(field, "Enter the person’s full name"))
    } else if name.chars().count() > 200 {
        Some(Problem::new(
            field,
            "The name must be 200 characters or fewer",
        ))
    } else if name
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    {
        Some(Problem::new(field, "The name must be on one line"))
    } else if holds_address(name) {
        Some(Problem::new(
            field,
            "The name must not include a web or email address",
        ))
    } else {
        None
    }
}

pub fn email_problem(email: &str) -> Option<Problem> {
    (!is_email(email.trim())).then(|| {
        Problem::new(
            "email",
            "Enter an email address in the form name@example.org",
        )
    })
}

/// What is wrong with a new password: its length, and whether it is one that is tried first. `about` is
/// what others know of the person: name, address, organisation. There is no rule of composition.
pub fn password_problem(password: &str, about: &[&str]) -> Option<Problem> {
    if password.is_empty() {
        Some(Problem::new("password", "Choose a password"))
    } else if password.chars().count() < SHORTEST {
        Some(Problem::new(
            "password",
            format!("The password must be {SHORTEST} characters or more"),
        ))
    } else if password.len() > LONGEST {
        Some(Problem::new(
            "password",
            format!("The password must be {LONGEST} characters or fewer"),
        ))
    } else if is_tried_first(password, about) {
        Some(Problem::new(
            "password",
            "This password is easy to guess: it is a common one, a pattern, or your name. Choose three random words",
        ))
    } else {
        None
    }
}

/// Whether a million guesses find it. zxcvbn counts them, from 30,000 common passwords, names, English
/// words, keys that lie side by side, dates and repetitions.
fn is_tried_first(password: &str, about: &[&str]) -> bool {
    let mut known = vec!["aldgate"];
    for text in about {
        known.push(text);
        known.extend(
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.len() > 2),
        );
    }
    zxcvbn(password, &known).score() < Score::Two
}

pub fn name(id: &str, label: &str, value: &str, problems: &[Problem], own: bool) -> Markup {
    html! {
        (Input {
            id,
            name: id,
            label: label.into(),
            value,
            autocomplete: if own { "name" } else { "off" },
            spellcheck: Some(false),
            error: error_of(problems, id),
            ..Input::default()
        })
    }
}

pub fn email(
    label: &str,
    hint: Option<&str>,
    value: &str,
    problems: &[Problem],
    own: bool,
) -> Markup {
    html! {
        (Input {
            id: "email",
            name: "email",
            kind: "email",
            label: label.into(),
            hint,
            value,
            autocomplete: if own { "email" } else { "off" },
            spellcheck: Some(false),
            error: error_of(problems, "email"),
            ..Input::default()
        })
    }
}

pub fn new_password(problems: &[Problem]) -> Markup {
    let hint = format!(
        "At least {SHORTEST} characters. Three random words are easy to remember and hard to guess."
    );
    html! {
        (PasswordInput {
            id: "password",
            name: "password",
            label: "Choose a password".into(),
            hint: Some(&hint),
            autocomplete: "new-password",
            error: error_of(problems, "password"),
            ..PasswordInput::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused() {
        let about = ["Asha Rai", "asha.rai@camden.gov.uk", "Camden Council"];
        for bad in [
            "password1234",
            "Passw0rd1234",
            "passwordpassword",
            "qwertyuiop12",
            "123456789012",
            "aaaaaaaaaaaa",
            "iloveyou1234",
            "aldgatealdgate",
            "camdencouncil",
            "asha.rai@camden.gov.uk",
        ] {
            let problem = password_problem(bad, &about);
            assert!(
                problem.is_some_and(|p| p.message.contains("easy to guess")),
                "{bad}"
            );
        }
        for good in [
            "correct horse battery",
            "three random words",
            "three other random words",
            "gravel-otter-timetable",
            "Vk3#nq9z!Lw2",
        ] {
            assert_eq!(password_problem(good, &about), None, "{good}");
        }
    }
}
