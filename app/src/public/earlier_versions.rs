//! An agreement as the register had it at the end of a day. Its passages are not shown: what was
//! published then may have been withheld or withdrawn since.

use ::evidence::RecordName;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::{InsetText, SummaryList, SummaryRow};
use maud::html;

use crate::kernel::as_of::AsOf;
use crate::kernel::clock::{Now, day};
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::public::register::status;
use crate::records::as_of::file;
use crate::records::publication::store;
use crate::records::publication::store::Item;
use crate::web::downloads::day_file;
use crate::web::{Fields, Sheet, Visit};

pub async fn show(visit: &Visit, id: &RecordId, on: &AsOf) -> Result<Response, Refusal> {
    let found = store::on(visit, id, on.until()).await?;
    let now = store::of_record(visit, id)
        .await?
        .is_some_and(|p| !p.withdrawn);
    let text = |name: &str| match &found {
        Some(Item { item, .. }) => item[name].as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    let title = match &found {
        Some(_) => text("title"),
        None => "Not in the register on that day".to_owned(),
    };
    let body = html! {
        (InsetText::new(format!("This is what the register said at the end of {}.", on.words())))
        @if let Some(found) = &found {
            (SummaryList {
                rows: vec![
                    SummaryRow::new("Status", status(found.in_force)),
                    SummaryRow::new("Led by", text("lead")),
                    SummaryRow::new("Parties", parties(found)),
                    SummaryRow::new("Version", format!("{}, published on {}", text("version"), day(Now(found.published_at).today()))),
                    SummaryRow::new("Digest of the signed text (SHA-256)", html! { span class="app-code app-break" { (text("digest")) } }),
                ],
                ..SummaryList::default()
            })
        } @else {
            p class="govuk-body" { "The agreement was not published at the end of that day, or it had been withdrawn." }
        }
        p class="govuk-body" {
            a class="govuk-link" href=(format!("/register/{id}/day.json?{}", on.query())) { "Get what proves this (JSON)" }
            ", and " a class="govuk-link" href="/verify" { "check it" } "."
        }
        @if now {
            p class="govuk-body" { a class="govuk-link" href=(format!("/register/{id}")) { "Read it as it is published today" } }
        } @else {
            p class="govuk-body" { "It is not published today." }
        }
    };
    Ok(visit.show(
        Sheet::new(title, body)
            .caption("Information sharing agreement")
            .back(format!("/register?{}", on.query())),
    ))
}

fn parties(found: &Item) -> String {
    let names = found.item["parties"].as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(|name| name.as_str()).collect();
    names.join(", ")
}

/// What proves it, for everybody.
pub async fn proof(
    visit: Visit,
    Path(id): Path<RecordId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let on = AsOf::read(&Fields::parse(&query.unwrap_or_default()), visit.now)?;
    let on = on.ok_or_else(|| Refusal::invalid("on", "Say which day: ?on=2026-11-21"))?;
    Ok(day_file(
        &file(
            &visit,
            name(&visit, &id).await?,
            &on,
            shown_until(&visit, &id).await?,
        )
        .await?,
    ))
}

/// The title it was last published under.
async fn name(ctx: &Ctx, id: &RecordId) -> Result<RecordName, Refusal> {
    let title = store::last_title(ctx, id).await?.ok_or(Refusal::NotFound)?;
    Ok(RecordName {
        id: id.to_string(),
        title,
    })
}

/// What happens to an agreement after it was withdrawn is nobody's to know.
async fn shown_until(ctx: &Ctx, id: &RecordId) -> Result<i64, Refusal> {
    let newest = store::of_record(ctx, id).await?.ok_or(Refusal::NotFound)?;
    Ok(if newest.withdrawn {
        newest.at + 1
    } else {
        i64::MAX
    })
}
