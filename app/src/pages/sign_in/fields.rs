//! The fields in which a person is named and a password is set, and what is wrong with them.

use govuk::{Input, PasswordInput};
use maud::{Markup, html};
use text::{Name, NameFault};

use crate::adapters::smtp::{address, holds_address};
use crate::identity::breached_passwords::is_breached;
use crate::identity::credential;
use crate::identity::credential::{LONGEST, SHORTEST};
use crate::kernel::{Ctx, Problem, Refusal};
use crate::web::Fields;
use crate::web::error_of;

/// What is wrong with the name of a person in the field `field`.
pub fn name_problem(fields: &Fields, field: &str) -> Option<Problem> {
    let name = fields.one(field);
    let message = match Name::new(name) {
        _ if fields.lost(field) => UNSEEN.to_owned(),
        Err(NameFault::Empty) => "Enter the person’s full name".to_owned(),
        Err(fault) => fault.to_string(),
        Ok(_) if name.trim().contains(['\n', '\r']) => "The name must be on one line".to_owned(),
        Ok(_) if holds_address(name) => {
            "The name must not include a web or email address".to_owned()
        }
        Ok(_) => return None,
    };
    Some(Problem::new(field, message))
}

/// Said of a name from which something was dropped before anybody saw it.
pub const UNSEEN: &str = "The name had characters in it that cannot be seen. They were taken out: check the name, then \
                          send it again";

pub fn email_problem(email: &str) -> Option<Problem> {
    let fault = address(email).err()?;
    Some(Problem::new("email", fault))
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
            value: &Name::shown(value),
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
