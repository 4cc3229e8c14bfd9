//! Check your answers: everything that is asked, with what the gateway itself knows.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, SummaryList, SummaryRow};
use maud::{Markup, html};
use packs::{Parties, RecordType};

use crate::kernel::access::Action;
use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Ctx, Refusal};
use crate::organisations::partners;
use crate::organisations::setup::current_text_version;
use crate::pages::records::answers::Names;
use crate::pages::records::earlier_answers;
use crate::pages::records::full_text::Whole;
use crate::pages::records::section_scope::{or_refused, party_of};
use crate::records::{Record, fetch, leftovers, versions};
use crate::web::{Sheet, Visit};

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let page = page(&visit, &id.into()).await;
    or_refused(&visit, "/agreements", page)
}

async fn page(visit: &Visit, id: &RecordId) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let record_type = record.record_type(visit)?;
    let attachments = versions::attached(visit, id).await?;
    let view = record.view(visit)?;
    let leftovers = leftovers::of_record(visit, &record, &attachments).await?;
    let known = known(visit, &record, record_type).await?;
    let whole = Whole {
        record_type,
        view: &view,
        content: &record.content,
        names: Names {
            law: record.law(visit),
            parties: &record.parties,
            attachments: &attachments,
            record: id.as_str(),
        },
        leftovers: &leftovers,
        may_change: &|scope| record.may_draft(visit, party_of(scope)),
    };
    let body = html! {
        (known)
        (whole.show())
        (earlier_answers::summary(&record, leftovers::left_behind(visit, &record)?.len()))
        (Button::link("Continue", &format!("/records/{id}")))
    };
    let title = if record.may_draft(visit, "") {
        "Check your answers"
    } else {
        "All answers"
    };
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(record.title.clone())
            .back(format!("/records/{id}")),
    ))
}

/// What nobody types: who leads, who takes part, who has signed the memorandum.
async fn known(ctx: &Ctx, record: &Record, record_type: &RecordType) -> Result<Markup, Refusal> {
    let lead = record
        .party(record.lead.as_str())
        .map_or("", |party| party.name.as_str());
    let mut rows = vec![SummaryRow::new(
        if record_type.parties == Parties::Owner {
            "Organisation"
        } else {
            "Lead organisation"
        },
        lead,
    )];
    if record_type.parties == Parties::Many {
        let shown = partners::of_record(ctx, &record.id, &ctx.acting()?.organisation).await?;
        let current = current_text_version(ctx);
        let has_signed = |id: &OrganisationId| {
            let signed = shown.get(id).and_then(|s| s.memorandum.as_deref());
            signed.is_some() && signed == current.as_deref()
        };
        rows.push(SummaryRow::new(
            "Parties",
            html! {
                ul class="govuk-list" {
                    @for party in &record.parties {
                        li {
                            (party.name) ": "
                            @if has_signed(&party.id) { "has signed the memorandum of understanding" }
                            @else { "has not signed the memorandum of understanding" }
                        }
                    }
                }
            },
        ));
    }
    rows.push(SummaryRow::new("State", record.state_name(ctx)?));
    Ok(html! {
        h2 class="govuk-heading-m" { "What the gateway knows" }
        (SummaryList { rows, ..SummaryList::default() })
    })
}
