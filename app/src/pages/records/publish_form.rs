//! What is published now, and the first choice about it.

use govuk::{Button, Label, Radio, Radios, Size};
use maud::{Markup, html};

use crate::kernel::clock::{Now, day};
use crate::kernel::{Ctx, Problem, Refusal};
use crate::records::presented_text::Reading;
use crate::records::publication::store::Publication;
use crate::records::publication::{Choice, Extent, passage_name};
use crate::records::situation::Situation;
use crate::web::Visit;

pub async fn published(
    ctx: &Ctx,
    situation: &Situation,
    public: &Publication,
) -> Result<Markup, Refusal> {
    let id = &situation.record.id;
    let reading = Reading::fixed(ctx, situation, public.version).await?;
    let record_type = reading.record_type()?;
    Ok(html! {
        p class="govuk-body" {
            "Version " (public.version) " was published on " (day(Now(public.at).today()))
            @match public.choice.extent { Extent::Full => ", in full", Extent::Summary => ", as a summary" } ". "
            a class="govuk-link" href=(format!("/register/{id}")) { "See the public page" }
        }
        @if !public.choice.withheld.is_empty() {
            p class="govuk-body" { "Withheld:" }
            ul class="govuk-list govuk-list--bullet" {
                @for one in &public.choice.withheld {
                    li { (passage_name(record_type, &one.what).unwrap_or_else(|| one.what.clone())) ". " (one.sentence()) }
                }
            }
        }
        p class="govuk-body" { a class="govuk-link" href=(format!("/records/{id}/publish/withdraw")) { "Withdraw it from the public register" } }
    })
}

pub fn extent_form(
    visit: &Visit,
    action: &str,
    chosen: Option<&Choice>,
    problems: &[Problem],
) -> Markup {
    let error = |field: &str| {
        problems
            .iter()
            .find(|p| p.field == field)
            .map(|p| p.message.as_str())
    };
    let withholds = chosen.map(|c| if c.withheld.is_empty() { "no" } else { "yes" });
    visit.form(action, html! {
        (choice_field(chosen))
        (Radios {
            id: "extent",
            name: "extent",
            legend: Label::sized("How much do you publish?", Size::M),
            error: error("extent"),
            value: chosen.map(|c| c.extent.as_str()),
            items: vec![
                Radio { hint: Some("Every answer, but for contacts, security details and attachments, which are never published.".into()), ..Radio::new("full", "In full") },
                Radio { hint: Some("Who shares what, why, under which law and for how long.".into()), ..Radio::new("summary", "A summary") },
            ],
            ..Radios::default()
        })
        (Radios {
            id: "withhold",
            name: "withhold",
            legend: Label::sized("Must any passage be withheld?", Size::M),
            hint: Some("Each needs a ground, and a day when you look at it again."),
            error: error("withhold"),
            value: withholds,
            items: vec![Radio::new("no", "No"), Radio::new("yes", "Yes")],
            inline: true,
            ..Radios::default()
        })
        (Button { name: "step", value: "choose", ..Button::submit("Continue") })
    })
}

/// The choice so far, carried from page to page.
pub fn choice_field(choice: Option<&Choice>) -> Markup {
    let text = choice
        .and_then(|c| serde_json::to_string(c).ok())
        .unwrap_or_default();
    html! { @if !text.is_empty() { input type="hidden" name="choice" value=(text); } }
}
