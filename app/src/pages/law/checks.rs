//! Every legal check: what it says, the law it rests on, and how that law was checked.

use axum::response::Response;
use govuk::InsetText;
use maud::html;

use crate::kernel::Refusal;
use crate::pages::records::prompts::severity_tag;
use crate::web::{Sheet, Visit};

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let law = &visit.app.packs.law;
    let rules = visit.app.packs.types.values().flat_map(|t| &t.rules);
    let body = html! {
        (InsetText::new("This is information, not legal advice. Ask your data protection officer or a lawyer before you rely on it."))
        p class="govuk-body" {
            "These are the checks made on the answers of an agreement. A check is only as sure as the least sure law it rests on."
        }
        @for rule in rules {
            h2 class="govuk-heading-s" id=(rule.id) { (rule.id) " " (severity_tag(rule.severity)) }
            p class="govuk-body" { (rule.prompt) }
            p class="govuk-body-s" {
                "The law: "
                @for (place, provision) in rule.provisions.iter().filter_map(|id| law.provision(id)).enumerate() {
                    @if place > 0 { "; " }
                    a class="govuk-link" href=(format!("/law/provisions/{}", provision.id)) { (provision.title) }
                }
            }
            p class="govuk-body-s" { "How it was checked: " (rule.checking(law).words()) }
            @if let Some(caution) = rule.caution(law) { p class="govuk-body-s" { (caution) } }
        }
    };
    Ok(visit.show(Sheet::new("Every legal check", body).back("/law")))
}
