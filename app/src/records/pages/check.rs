//! Check your answers: everything that is asked, with what the gateway itself knows.

use axum::extract::Path;
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, SummaryList, SummaryRow};
use maud::{Markup, html};
use packs::{Parties, RecordType};

use super::answers::Names;
use super::content::Whole;
use super::spot::{or_refused, party_of};
use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::records::setup::current_text_version;
use crate::records::{Record, fetch, versions};
use crate::web::{Sheet, Visit};

sql! {
    MEMORANDA = "select p.organisation_id, v.text from record_parties p
        join records m on m.organisation_id = p.organisation_id and m.type = 'memorandum'
        join versions v on v.record_id = m.id and v.number = m.effective_version
        where p.record_id = $1 and p.left_at is null";
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let page = page(&visit, &id.into()).await;
    or_refused(&visit, "/agreements", page)
}

async fn page(visit: &Visit, id: &RecordId) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let record_type = record.record_type(visit)?;
    let attachments = versions::attached(visit, id).await?;
    let view = record.view(visit)?;
    let whole = Whole {
        record_type,
        view: &view,
        content: &record.content,
        names: Names {
            law: &visit.app.packs.law,
            parties: &record.parties,
            attachments: &attachments,
            record: id.as_str(),
        },
        may_change: &|scope| record.may_draft(visit, party_of(scope)),
    };
    let body = html! {
        (known(visit, &record, record_type).await?)
        (whole.show())
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
        let signed = signed_memorandum(ctx, &record.id).await?;
        rows.push(SummaryRow::new(
            "Parties",
            html! {
                ul class="govuk-list" {
                    @for party in &record.parties {
                        li {
                            (party.name) ": "
                            @if signed.iter().any(|id| id == party.id.as_str()) { "has signed the memorandum of understanding" }
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

/// The parties that have signed the memorandum's current words.
async fn signed_memorandum(ctx: &Ctx, record: &RecordId) -> Result<Vec<String>, Refusal> {
    let current = current_text_version(ctx);
    let mut signed = Vec::new();
    for row in ctx.app.db.all(&MEMORANDA, args![record]).await? {
        let text: versions::VersionText =
            serde_json::from_str(&row.text("text")?).map_err(Refusal::broken)?;
        let words = text.clauses.as_ref().and_then(|c| c["version"].as_str());
        if words == current.as_deref() {
            signed.push(row.text("organisation_id")?);
        }
    }
    Ok(signed)
}
