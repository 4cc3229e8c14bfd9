//! The fields in which a person is named and a password is set, and what is wrong with them.

use govuk::{Input, PasswordInput};
use maud::{Markup, html};

use super::breached::is_breached;
use super::store::is_email;
use crate::kernel::mail::holds_address;
use crate::kernel::{Ctx, Problem, Refusal};
use crate::web::credential::{self, LONGEST, SHORTEST};
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
///
/// # Errors
/// [`Refusal::NotNow`] when very many choose one at this moment.
pub async fn password_problem(
    ctx: &Ctx,
    password: &str,
    about: &[&str],
) -> Result<Option<Problem>, Refusal> {
    let sent = password.len() <= credential::MAX_SENT_BYTES;
    let prepared = if sent {
        credential::prepared(password)
    } else {
        String::new()
    };
    let characters = prepared.chars().count();
    let why = if password.is_empty() {
        "Choose a password".to_owned()
    } else if !sent || characters > LONGEST {
        format!("The password must be {LONGEST} characters or fewer")
    } else if prepared.chars().any(char::is_control) {
        "The password must be on one line, without control characters".to_owned()
    } else if characters < SHORTEST {
        format!("The password must be {SHORTEST} characters or more")
    } else if is_breached(&prepared) {
        "This password is in lists of stolen passwords, which attackers try first. Choose three random words"
            .to_owned()
    } else if credential::is_tried_first(ctx, &prepared, about).await? {
        "This password is easy to guess: it is a common one, a pattern, or your name. Choose three random words"
            .to_owned()
    } else {
        return Ok(None);
    };
    Ok(Some(Problem::new("password", why)))
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
    password_input("password", "Choose a password", problems)
}

/// The field in which a password is chosen.
pub fn password_input(id: &str, label: &str, problems: &[Problem]) -> Markup {
    let hint = format!(
        "At least {SHORTEST} characters. Three random words are easy to remember and hard to guess."
    );
    html! {
        (PasswordInput {
            id,
            name: id,
            label: label.into(),
            hint: Some(&hint),
            autocomplete: "new-password",
            error: error_of(problems, id),
            ..PasswordInput::default()
        })
    }
}
