//! The powers, duties and limits by which bodies share, searched.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::InsetText;
use maud::html;

use crate::kernel::Refusal;
use crate::pages::records::power_search;
use crate::pages::records::power_search::Search;
use crate::web::{Fields, Sheet, Visit};

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let search = Search::of(&Fields::parse(&query.unwrap_or_default()));
    let body = html! {
        (InsetText::new("This is information, not legal advice. Ask a lawyer before you rely on it."))
        p class="govuk-body" {
            "A public body may only share when a law lets it or makes it. These are the laws that do, and some that limit it."
        }
        (power_search::form(&visit, &search, "/law/gateways"))
        (power_search::results(&visit, &search, "/law/gateways", &|_| html! {}))
    };
    Ok(visit.show(Sheet::new("Laws that let or make bodies share", body).back("/law")))
}
