//! `/in-tray/{list}`: the whole of one list of the in-tray, page by page.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use maud::{Markup, html};

use crate::kernel::Refusal;
use crate::organisations::roles;
use crate::pages::in_tray::{draft, one};
use crate::records::in_tray::lists;
use crate::records::in_tray::lists::{After, Lines};
use crate::web::{Fields, Sheet, Visit};

const PAGE: usize = 50;

pub async fn show(
    visit: Visit,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let acting = visit.ctx.member()?;
    let query = Fields::parse(&query.unwrap_or_default());
    let after = query.one("after").parse().ok();
    let after = after.map(|at| (at, query.one("id").to_owned()));
    let (title, items, next) = match Lines::ALL.into_iter().find(|list| list.as_str() == name) {
        Some(list) => {
            let page = list.page(&visit, acting, after, PAGE).await?;
            let asked = page.items.iter().map(|item| item.role).collect();
            let held = roles::held_as(&visit, &acting.organisation, &asked).await?;
            let items = page.items.iter().map(|item| one(&visit, &held, list, item));
            (list.title(), items.collect::<Vec<Markup>>(), page.next)
        }
        None if name == "drafts" => {
            let page = lists::drafts(&visit, acting, after, PAGE).await?;
            let items = page.items.iter().map(draft);
            ("Drafts you can work on", items.collect(), page.next)
        }
        None => return Err(Refusal::NotFound),
    };
    let body = html! {
        @if items.is_empty() { p class="govuk-body" { "There is nothing more." } }
        ul class="app-lines" { @for item in items { (item) } }
        @if let Some(next) = next {
            p class="govuk-body" { a class="govuk-link" rel="next" href=(address(&name, &next)) { "Next page" } }
        }
    };
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(acting.organisation_name.clone())
            .back("/in-tray"),
    ))
}

fn address(name: &str, (at, id): &After) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("after", &at.to_string())
        .append_pair("id", id)
        .finish();
    format!("/in-tray/{name}?{query}")
}
