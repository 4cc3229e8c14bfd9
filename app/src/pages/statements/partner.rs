//! A partner's assurance statement: the version in force, with its evidence, for organisations that
//! it shares an agreement with by its own doing.

use axum::extract::Path;
use axum::response::Response;
use db::{args, sql};
use govuk::{SummaryList, SummaryRow, WarningText};
use maud::html;
use packs::Scope;

use crate::kernel::access::Action;
use crate::kernel::clock::{day_text, moment};
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal};
use crate::pages::statements::own;
use crate::records::answers::size;
use crate::records::fetch;
use crate::records::presented_text::Reading;
use crate::records::versions;
use crate::records::versions::Version;
use crate::web::page::download;
use crate::web::{Sheet, Visit};

sql! {
    BLOB = "select bytes from blobs where digest = $1";
}

pub async fn show(
    visit: Visit,
    Path(organisation): Path<OrganisationId>,
) -> Result<Response, Refusal> {
    let (version, reading) = in_force(&visit, &organisation).await?;
    let record_type = reading.record_type()?;
    let view = reading.view(record_type);
    let name = reading
        .party_name(organisation.as_str())
        .unwrap_or_default()
        .to_owned();
    let expires = reading
        .content
        .answers
        .get("expires")
        .and_then(|v| v.as_str())
        .unwrap_or_default()
        .to_owned();
    let sections: Vec<_> = record_type
        .form
        .sections
        .iter()
        .map(|section| {
            let rows: Vec<SummaryRow<'_>> = section
                .questions
                .iter()
                .filter(|q| !q.hidden && view.relevant(&Scope::Record, q))
                .map(|q| (q, reading.shown(q, &Scope::Record)))
                .filter(|(_, shown)| !shown.is_empty())
                .map(|(q, shown)| {
                    SummaryRow::new(
                        q.short.as_str(),
                        html! { @for line in &shown { p class="govuk-body" { (line) } } },
                    )
                })
                .collect();
            (section.title.as_str(), rows)
        })
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let files = format!("/organisations/{organisation}/assurance/files");
    let body = html! {
        @if !expires.is_empty() && expires < visit.now.today().to_string() {
            (WarningText::new(format!("This statement ran out on {}.", day_text(&expires))))
        }
        p class="govuk-body" {
            "Version " (version.number) ", published on " (moment(version.fixed_at))
            @if !expires.is_empty() { ". It runs out on " (day_text(&expires)) } "."
        }
        p class="govuk-body" { "It is what the organisation says about itself. Decide for yourself whether it is enough." }
        @for (title, rows) in sections {
            h2 class="govuk-heading-m" { (title) }
            (SummaryList { rows, ..SummaryList::default() })
        }
        h2 class="govuk-heading-m" { "Evidence" }
        @if reading.attachments.is_empty() { p class="govuk-body" { "No files are attached." } }
        @else {
            ul class="govuk-list" {
                @for file in &reading.attachments {
                    li { a class="govuk-link" href=(format!("{files}/{}", file.id)) { (file.name) } " (" (size(file.size)) ")" }
                }
            }
        }
    };
    Ok(visit.show(Sheet::new(format!("Assurance statement of {name}"), body).back("/in-tray")))
}

pub async fn file(
    visit: Visit,
    Path((organisation, file)): Path<(OrganisationId, String)>,
) -> Result<Response, Refusal> {
    let (_, reading) = in_force(&visit, &organisation).await?;
    // Only what the published version names: the working text is the organisation's own.
    let file = reading
        .attachments
        .iter()
        .find(|a| a.id == file)
        .ok_or(Refusal::NotFound)?;
    let row = visit
        .app
        .db
        .optional(&BLOB, args![file.digest.as_str()])
        .await?
        .ok_or(Refusal::NotFound)?;
    Ok(download(&file.media_type, &file.name, row.bytes("bytes")?))
}

async fn in_force(ctx: &Ctx, organisation: &OrganisationId) -> Result<(Version, Reading), Refusal> {
    ctx.acting()?;
    let records = own(ctx, organisation, "assurance").await?;
    let published = records
        .iter()
        .find_map(|own| Some((&own.id, own.effective_version?)));
    let (id, number) = published.ok_or(Refusal::NotFound)?;
    fetch(ctx, id, Action::SeeInForce).await?;
    let (version, text) = versions::read(ctx, id, number).await?;
    Ok((version, Reading::from_text(ctx, text).await?))
}
