//! The forms of a decision. What was typed is kept when it has to be sent again.

use govuk::{Button, CharacterCount, Label, Limit, Radio, Radios, Size, Textarea};
use maud::{Markup, html};

use super::lines::LONGEST;
use crate::kernel::Problem;
use crate::records::lines::{Advice, Line};
use crate::web::Fields;

/// What a person had chosen and typed. Never the password.
#[derive(Default)]
pub struct Typed {
    pub choice: String,
    pub text: String,
}

impl Typed {
    pub fn of(fields: &Fields) -> Typed {
        let either = |one: &str, other: &str| {
            let first = fields.one(one);
            (if first.is_empty() {
                fields.one(other)
            } else {
                first
            })
            .to_owned()
        };
        Typed {
            choice: either("advice", "decision"),
            text: either("text", "reason"),
        }
    }
}

pub fn error<'a>(problems: &'a [Problem], field: &str) -> Option<&'a str> {
    problems
        .iter()
        .find(|p| p.field == field)
        .map(|p| p.message.as_str())
}

pub fn long_text<'a>(
    id: &'a str,
    label: &'a str,
    hint: &'a str,
    value: &'a str,
    problems: &'a [Problem],
) -> Markup {
    html! {
        (CharacterCount::new(Textarea {
            id,
            name: id,
            label: Label::sized(label, Size::S),
            hint: Some(hint).filter(|hint| !hint.is_empty()),
            error: error(problems, id),
            value,
            ..Textarea::default()
        }, Limit::Characters(LONGEST)))
    }
}

pub fn review_form(line: &Line, typed: &Typed, problems: &[Problem], proof: &Markup) -> Markup {
    let hint = |advice: Advice| match advice {
        Advice::Agrees => "You are content that this goes to sign-off as it is.",
        Advice::Conditions => "The author must answer your conditions before anybody can sign.",
        Advice::Against => {
            "Nobody can sign unless your own senior officer overrules you, with a reason every signer sees."
        }
    };
    html! {
        h2 class="govuk-heading-l" { "Your advice" }
        input type="hidden" name="seen" value=(line.digest);
        (Radios {
            id: "advice",
            name: "advice",
            legend: Label::sized("What do you advise?", Size::M),
            error: error(problems, "advice"),
            value: Some(typed.choice.as_str()),
            items: Advice::ALL.into_iter()
                .map(|advice| Radio { hint: Some(hint(advice).into()), ..Radio::new(advice.as_str(), advice.words()) })
                .collect(),
            ..Radios::default()
        })
        (long_text("text", "Your conditions or reasons", "Every party will see this. You need not write anything if you agree.", &typed.text, problems))
        (proof)
        (Button { prevent_double_click: true, ..Button::submit("Record my advice") })
    }
}

pub fn sign_form(line: &Line, typed: &Typed, problems: &[Problem], proof: &Markup) -> Markup {
    html! {
        h2 class="govuk-heading-l" { "Your decision" }
        p class="govuk-body" { "What you sign is version " (line.version) ", with this digest:" }
        p class="govuk-body" { span class="app-code app-break" { (line.digest) } }
        input type="hidden" name="seen" value=(line.digest);
        (Radios {
            id: "decision",
            name: "decision",
            legend: Label::sized(format!("Do you sign for {}?", line.organisation_name), Size::M),
            error: error(problems, "decision"),
            value: Some(typed.choice.as_str()),
            items: vec![
                Radio { hint: Some("You sign exactly this text for your organisation.".into()), ..Radio::new("sign", "Yes, sign") },
                Radio { hint: Some("Say why below. Every party will see it.".into()), ..Radio::new("decline", "No, decline") },
            ],
            ..Radios::default()
        })
        (long_text("reason", "Your reason, if you decline", "", &typed.text, problems))
        (proof)
        (Button { prevent_double_click: true, ..Button::submit("Confirm my decision") })
    }
}
