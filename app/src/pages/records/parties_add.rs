//! Adding a party: found by name in the directory.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, Input, Label, Radio, Radios, Size};
use maud::{Markup, html};

use crate::kernel::access::Action;
use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Act, Ctx, Problem, Refusal};
use crate::organisations::store as organisations;
use crate::pages::records::parties::{fetch_shared, may_add};
use crate::pages::records::section_scope::or_refused;
use crate::records::{Record, fetch, moves};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

sql! {
    NAME = "select name from organisations where id = $1";
}

/// The most that one search shows; a longer name finds fewer.
const SHOWN: i64 = 20;
/// The most parties of one record.
const MOST: usize = 100;

pub async fn show(
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = page(&visit, &id.into(), query.one("q"), Vec::new()).await;
    or_refused(&visit, "/agreements", page)
}

/// The record, when a party may be added to it now; and whether it joins a fixed text.
async fn fetch_to_add(ctx: &Ctx, id: &RecordId) -> Result<(Record, bool), Refusal> {
    let record = fetch_shared(ctx, id, Action::See).await?;
    match may_add(ctx, &record) {
        Some(joining) => Ok((record, joining)),
        // Refuses in the policy's own words.
        None => Ok((fetch(ctx, id, Action::Draft).await?, false)),
    }
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    text: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let (record, joining) = fetch_to_add(visit, id).await?;
    let text: String = text.trim().chars().take(200).collect();
    let mut found = Vec::new();
    if !text.is_empty() {
        found = organisations::search(visit, &text, "", ("", ""), SHOWN).await?;
        found.retain(|organisation| record.party(organisation.id.as_str()).is_none());
    }
    // Bringing somebody into a text that is fixed binds; adding them to a draft is drafting.
    let proof = if joining {
        step_up::fields(visit, joins(id), &problems).await?
    } else {
        Markup::default()
    };
    let law = &visit.app.packs.law;
    let here = format!("/records/{id}/parties/add");
    let error = problems.iter().find(|p| p.field == "party");
    let body = html! {
        @if joining {
            p class="govuk-body" { "The text is fixed, so this party joins it as it stands, with its own part, review and signature." }
        }
        form method="get" action=(here) {
            (Input {
                id: "q",
                name: "q",
                label: Label::sized("Words of its name, or its fee register number or ODS code", Size::S),
                value: &text,
                kind: "search",
                ..Input::default()
            })
            (Button::secondary("Search"))
        }
        @if !found.is_empty() {
            (visit.form(&here, html! {
                input type="hidden" name="q" value=(text);
                (Radios {
                    id: "party",
                    name: "party",
                    legend: Label::sized("Which organisation do you want to add?", Size::M),
                    error: error.map(|p| p.message.as_str()),
                    items: found.iter().map(|organisation| {
                        let details = &organisation.details;
                        let kind = law.kind(&details.kind).map_or("", |k| k.name.as_str());
                        let standing = if organisation.is_registered() && organisation.is_confirmed { "uses this gateway" } else if organisation.is_registered() { "uses this gateway; no one has confirmed who acts for it, so call it first" } else { "only listed: no one there can review or sign here yet" };
                        Radio {
                            hint: Some(format!("{kind}; {standing}").into()),
                            ..Radio::new(organisation.id.as_str(), details.name.as_str())
                        }
                    }).collect(),
                    ..Radios::default()
                })
                (proof)
                (Button::submit("Add"))
            }))
        } @else if !text.is_empty() {
            p class="govuk-body" id="party" { "No other organisation with “" (text) "” is listed." }
        }
        p class="govuk-body" {
            "Not there? "
            a class="govuk-link" href="/organisations/external/new" { "List an organisation that does not use this gateway" }
            ", then come back here."
        }
    };
    Ok(visit.show(
        Sheet::new("Add a party", body)
            .caption(record.title.clone())
            .back(format!("/records/{id}/parties"))
            .problems(problems),
    ))
}

pub async fn add(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let answer = match take(&posted, &id).await {
        Ok(()) => Ok(see_other(format!("/records/{id}/parties?done=added"))),
        Err(Refusal::Invalid(problems)) => page(visit, &id, posted.fields.one("q"), problems).await,
        Err(other) => Err(other),
    };
    or_refused(visit, &format!("/records/{id}/parties"), answer)
}

/// Adding a party that joins a fixed text.
fn joins(id: &RecordId) -> About<'_> {
    About::Act {
        kind: "party.added",
        subject: id.as_str(),
    }
}

/// The name of the organisation, if it can be added.
async fn addable(ctx: &Ctx, record: &Record, party: &OrganisationId) -> Result<String, Refusal> {
    let Some(row) = ctx.app.db.optional(&NAME, args![party]).await? else {
        let message = "Choose the organisation you want to add";
        return Err(Refusal::invalid("party", message));
    };
    let name = row.text("name")?;
    if record.party(party.as_str()).is_some() {
        return Err(Refusal::invalid(
            "party",
            format!("{name} takes part already"),
        ));
    }
    if record.parties.len() >= MOST {
        return Err(Refusal::NotNow(format!(
            "There are {MOST} parties already."
        )));
    }
    Ok(name)
}

async fn take(posted: &Posted, id: &RecordId) -> Result<(), Refusal> {
    let ctx = &posted.visit.ctx;
    let party = OrganisationId::from(posted.fields.one("party"));
    let (record, joining) = fetch_to_add(ctx, id).await?;
    addable(ctx, &record, &party).await?;
    if joining {
        step_up::check(posted, joins(id)).await?;
    }
    ctx.decide(|| async {
        let (record, joining) = fetch_to_add(ctx, id).await?;
        let name = addable(ctx, &record, &party).await?;
        let act = Act::new("party.added", id)
            .with("party", party.as_str())
            .with("name", name.as_str())
            .with("joining", joining)
            .binding(joining);
        let change = record.save(ctx, &record.content, act)?;
        Ok((record.add_party(ctx, &party, joining, change).await?, ()))
    })
    .await?;
    moves::follow(ctx, id).await
}
