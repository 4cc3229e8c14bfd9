//! Reviews and sign-offs on the record's page: whose decision, on which version, and what they
//! decided.

use govuk::{Colour, Tag};
use maud::{Markup, html};

use crate::adapters::undelivered_mail::Found;
use crate::kernel::ids::RecordId;
use crate::pages::records::decisions_html::{said, tag};
use crate::records::lines::{Line, Stage};

/// The lines of one stage, newest version first.
pub fn table(record: &RecordId, lines: &[Line], stage: Stage, undelivered: &Found) -> Markup {
    let (heading, anchor) = match stage {
        Stage::Review => ("Reviews", "reviews"),
        Stage::SignOff => ("Sign-offs", "sign-offs"),
    };
    let shown: Vec<&Line> = lines.iter().filter(|line| line.stage == stage).collect();
    html! {
        h2 class="govuk-heading-m" id=(anchor) { (heading) }
        @if shown.is_empty() {
            p class="govuk-body" { "None has been asked for yet." }
        } @else {
            ul class="app-lines" {
                @for line in shown {
                    li class="app-lines__line" {
                        span class="app-lines__who" {
                            a class="govuk-link" href=(format!("/records/{record}/lines/{}", line.id)) {
                                (line.organisation_name) ": " (line.role.title()) ", version " (line.version)
                            }
                        }
                        (tag(line))
                        @if undelivered.keys().any(|(about, _)| about == line.id.as_str()) {
                            " " (Tag::new("Email not delivered", Colour::Red))
                        }
                        (said(line))
                    }
                }
            }
        }
    }
}
