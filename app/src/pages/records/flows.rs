//! The data flows of an agreement: added and removed; their answers are sections.

use axum::extract::Path;
use axum::response::Response;
use govuk::Button;
use maud::html;
use packs::{Answers, Each, Flow, Scope};

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Ctx, Refusal};
use crate::pages::records::full_text::section_href;
use crate::pages::records::section_scope::or_refused;
use crate::records::answers::flow_name;
use crate::records::{Record, fetch, moves};
use crate::web::{Posted, Sheet, Visit, see_other};

/// The most flows of one record.
const MOST: usize = 50;

async fn fetch_with_flows(ctx: &Ctx, id: &RecordId) -> Result<Record, Refusal> {
    let record = fetch(ctx, id, Action::Draft).await?;
    if record.record_type(ctx)?.flows {
        Ok(record)
    } else {
        Err(Refusal::NotFound)
    }
}

pub async fn add(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let added = visit
        .decide(|| async {
            let record = fetch_with_flows(visit, &id).await?;
            let mut content = record.content.clone();
            if content.flows.len() >= MOST {
                return Err(Refusal::NotNow(format!(
                    "There are {MOST} data flows already."
                )));
            }
            let flow = visit.new_id("flw");
            content.flows.push(Flow {
                id: flow.clone(),
                answers: Answers::new(),
            });
            let first = record
                .record_type(visit)?
                .form
                .sections
                .iter()
                .find(|section| section.each == Each::Flow);
            let next = first.map_or_else(
                || format!("/records/{id}#tasks"),
                |section| section_href(id.as_str(), section, &Scope::Flow(flow.clone())),
            );
            let act = Act::new("flow.added", &id).with("flow", flow.as_str());
            Ok((record.save(visit, &content, act)?, next))
        })
        .await;
    let added = moves::followed(visit, &id, added).await;
    or_refused(visit, &format!("/records/{id}"), added.map(see_other))
}

pub async fn ask_remove(
    visit: Visit,
    Path((id, flow)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let page = remove_page(&visit, &id.into(), &flow).await;
    or_refused(&visit, "/agreements", page)
}

async fn remove_page(visit: &Visit, id: &RecordId, flow: &str) -> Result<Response, Refusal> {
    let record = fetch_with_flows(visit, id).await?;
    let place = record.content.flows.iter().position(|f| f.id == flow);
    let place = place.ok_or(Refusal::NotFound)?;
    let name = flow_name(
        record.record_type(visit)?,
        &record.content.flows[place],
        place,
    );
    let body = html! {
        p class="govuk-body" { "Everything answered about this data flow is removed. This cannot be undone." }
        (visit.form(&format!("/records/{id}/flows/{flow}/remove"), html! {
            (Button::warning("Remove the data flow"))
            p class="govuk-body" { a class="govuk-link" href=(format!("/records/{id}")) { "Keep it" } }
        }))
    };
    let title = format!(
        "Do you want to remove {}?",
        name.replacen("Data flow", "data flow", 1)
    );
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(record.title.clone())
            .back(format!("/records/{id}")),
    ))
}

pub async fn remove(
    Path((id, flow)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let done = visit
        .decide(|| async {
            let record = fetch_with_flows(visit, &id).await?;
            let mut content = record.content.clone();
            content.flows.retain(|f| f.id != flow);
            if content.flows.len() == record.content.flows.len() {
                return Err(Refusal::NotFound);
            }
            content.settled.retain(|settled| settled.scope != flow);
            let act = Act::new("flow.removed", &id).with("flow", flow.as_str());
            Ok((record.save(visit, &content, act)?, ()))
        })
        .await;
    let done = moves::followed(visit, &id, done).await;
    let next = format!("/records/{id}?done=flow-removed#flows");
    or_refused(
        visit,
        &format!("/records/{id}"),
        done.map(|()| see_other(next)),
    )
}
