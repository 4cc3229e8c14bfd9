//! The forms of a decision, and what they choose. What was typed is kept when it has to be sent again.

use govuk::{Button, CharacterCount, Label, Limit, Radio, Radios, Size, Textarea};
use maud::{Markup, html};

use crate::kernel::ids::{LineId, RecordId};
use crate::kernel::{Ctx, Problem, Refusal};
use crate::pages::records::moves::limited;
use crate::records::decisions;
use crate::records::decisions::Decision;
use crate::records::lines::{Advice, Line, Stage};
use crate::records::situation::Situation;
use crate::web::Fields;

/// The longest text that goes with a decision.
pub const LONGEST: usize = 4000;

/// What a form decides.
pub enum Choice {
    Review { advice: Advice, text: String },
    SignOff(Decision),
}

impl Choice {
    /// # Errors
    /// [`Refusal::Invalid`] on the fields of [`form`].
    pub fn read(fields: &Fields, stage: Stage) -> Result<Choice, Refusal> {
        match stage {
            Stage::Review => {
                let text = limited(fields, "text", LONGEST, "What you say")?;
                let advice = Advice::parse(fields.one("advice"))
                    .ok_or_else(|| Refusal::invalid("advice", "Choose what you advise"))?;
                decisions::says_enough(advice, &text)?;
                Ok(Choice::Review { advice, text })
            }
            Stage::SignOff => {
                let reason = limited(fields, "reason", LONGEST, "The reason")?;
                Ok(Choice::SignOff(match fields.one("decision") {
                    "sign" => Decision::Sign,
                    "decline" if reason.is_empty() => {
                        return Err(Refusal::invalid("reason", "Say why you decline"));
                    }
                    "decline" => Decision::Decline { reason },
                    _ => return Err(Refusal::invalid("decision", "Choose whether you sign")),
                }))
            }
        }
    }

    /// What the line then says.
    pub fn outcome(&self) -> &'static str {
        match self {
            Choice::Review { advice, .. } => advice.as_str(),
            Choice::SignOff(decision) => decision.outcome(),
        }
    }

    /// Whether nothing is in the way of it, before somebody shows who they are: a signature waits for an open gate.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] names everything that keeps the gate shut.
    pub async fn may_be_taken(
        &self,
        ctx: &Ctx,
        situation: &Situation,
        line: &Line,
    ) -> Result<(), Refusal> {
        match self {
            Choice::SignOff(Decision::Sign) => situation.may_sign(ctx, line).await.map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Decides the line. The caller has just checked who it is; `proof` says how.
    pub async fn take(
        &self,
        ctx: &Ctx,
        id: &RecordId,
        line: &LineId,
        seen: &str,
        proof: &serde_json::Value,
    ) -> Result<(), Refusal> {
        match self {
            Choice::Review { advice, text } => {
                decisions::review(ctx, id, line, seen, *advice, text, proof).await
            }
            Choice::SignOff(decision) => {
                decisions::sign_off(ctx, id, line, seen, decision, proof).await
            }
        }
    }
}

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

/// The form that decides a line; in `proof` the person shows who they are.
pub fn form(line: &Line, typed: &Typed, problems: &[Problem], proof: &Markup) -> Markup {
    match line.stage {
        Stage::Review => review_form(line, typed, problems, proof),
        Stage::SignOff => sign_form(line, typed, problems, proof),
    }
}

fn review_form(line: &Line, typed: &Typed, problems: &[Problem], proof: &Markup) -> Markup {
    let hint = |advice: Advice| match advice {
        Advice::Agrees => "You are content that this goes to sign-off as it is.",
        Advice::Conditions => "The author must answer your conditions before anyone can sign.",
        Advice::Against => {
            "No one can sign unless your own senior officer overrules you, with a reason every signer sees."
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

fn sign_form(line: &Line, typed: &Typed, problems: &[Problem], proof: &Markup) -> Markup {
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
